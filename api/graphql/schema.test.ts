import { readFileSync } from 'node:fs';
import { buildSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { expect, it } from 'vitest';
import { projectPath } from '../../lib/project-path.ts';
import { printApiSchema } from './schema.ts';

it('the committed schema says exactly what the code makes', () => {
  const committed = buildSchema(readFileSync(projectPath('api', 'graphql', 'schema.graphql'), 'utf8'));

  const printed = printApiSchema();

  expect(printed).toBe(`${printSchema(lexicographicSortSchema(committed))}\n`);
});
