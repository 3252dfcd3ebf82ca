import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { AppError, appErrorCodes, isAppError } from './errors.ts';
import { projectPath } from './project-path.ts';

test('every code of the API is a code of ours', () => {
  const schema = readFileSync(projectPath('api/graphql/schema.graphql'), 'utf8');
  const body = /enum UserErrorCode \{([\s\S]*?)\n\}/.exec(schema)?.[1] ?? '';
  const codes = body.replace(/"""[\s\S]*?"""|"[^"\n]*"/g, '').match(/[A-Z_]{3,}/g) ?? [];

  expect(codes.length).toBeGreaterThan(10);
  for (const code of codes) expect(appErrorCodes).toContain(code);
});

test('an error keeps its cause and whether it may be tried again', () => {
  const cause = new Error('socket');

  const error = new AppError('UPSTREAM_UNAVAILABLE', 'Prometheus did not answer.', {
    cause,
    retryable: true,
    path: ['input', 'host'],
  });

  expect(error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', cause, retryable: true, path: ['input', 'host'] });
  expect(isAppError(error)).toBe(true);
  expect(isAppError(cause)).toBe(false);
});

test('without a word about it an error is not to be tried again', () => {
  expect(new AppError('CONFLICT', 'x')).toMatchObject({ retryable: false, retryAfterMs: undefined, path: undefined });
});
