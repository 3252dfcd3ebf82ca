import { type DocumentNode, parse, print, specifiedRules, validate } from 'graphql';
import { expect, it } from 'vitest';
import { limitRules, limits } from '../../api/graphql/limits.ts';
import { buildApiSchema } from '../../api/graphql/schema.ts';
import * as operations from '../../bot/operations.ts';

const isDocument = (value: unknown): value is DocumentNode =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'Document';
const documents = Object.entries(operations).flatMap(([name, value]) =>
  isDocument(value) ? [[name, value] as const] : [],
);

it('the bot sends operations at all', () => {
  expect(documents.length).toBeGreaterThan(20);
});

it.each(documents)('the api accepts %s of the bot, within its limits', (_, document) => {
  const read = parse(print(document), { maxTokens: limits.tokens });

  const problems = validate(buildApiSchema(), read, [...specifiedRules, ...limitRules()]);

  expect(problems.map((problem) => problem.message)).toEqual([]);
});
