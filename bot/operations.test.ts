import { readFileSync } from 'node:fs';
import { buildSchema, type DocumentNode, Kind, Lexer, print, Source, TokenKind, validate, visit } from 'graphql';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { projectPath } from '../lib/project-path.ts';
import * as operations from './operations.ts';

const schema = buildSchema(readFileSync(projectPath('api/graphql/schema.graphql'), 'utf8'));
const isDocument = z.custom<DocumentNode>(
  (value) => typeof value === 'object' && value !== null && 'kind' in value && value.kind === Kind.DOCUMENT,
);
const documents = Object.entries(operations).map(([name, value]) => [name, isDocument.parse(value)] as const);

function tokensOf(text: string): number {
  const lexer = new Lexer(new Source(text));
  let count = 0;
  while (lexer.advance().kind !== TokenKind.EOF) count++;
  return count;
}

function depthOf(document: DocumentNode): number {
  const fragments = new Map<string, number>();
  const inside = (node: DocumentNode['definitions'][number]): number => {
    let depth = 0;
    let most = 0;
    visit(node, {
      Field: {
        enter: () => {
          depth++;
          most = Math.max(most, depth);
        },
        leave: () => {
          depth--;
        },
      },
      FragmentSpread: (spread) => {
        most = Math.max(most, depth + (fragments.get(spread.name.value) ?? 0));
      },
    });
    return most;
  };
  for (let round = 0; round < 3; round++)
    for (const one of document.definitions)
      if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, inside(one));
  return Math.max(...document.definitions.map(inside));
}

test.each(documents)('%s is valid against the committed schema and within its limits', (_, document) => {
  expect(validate(schema, document).map(({ message }) => message)).toEqual([]);
  expect(tokensOf(print(document))).toBeLessThanOrEqual(1_000);
  expect(depthOf(document)).toBeLessThanOrEqual(10);
});

test('every operation has a name of its own', () => {
  const names = documents.map(
    ([, document]) => document.definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION)?.name?.value,
  );

  expect(new Set(names).size).toBe(documents.length);
});
