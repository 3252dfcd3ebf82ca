import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { ConfigError, documentConfig, readConfig } from './env.ts';

const schema = z.object({
  PORT: z.coerce.number().int().min(1).max(65_535).describe('Port it listens on').default(8000),
  TOKEN: z.string().min(8).describe('Token of the sender'),
  MODE: z.enum(['a', 'b']).default('a').describe('How it works'),
  ADDRESS: z.url().optional().describe('Where the other one is'),
});

function problemsOf(env: Record<string, string>): ConfigError {
  try {
    readConfig(schema, env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

test('values are parsed and defaults filled in; what the schema does not name is left out', () => {
  expect(readConfig(schema, { TOKEN: 'long-enough', OTHER: 'x' })).toEqual({
    PORT: 8000,
    TOKEN: 'long-enough',
    MODE: 'a',
  });
});

test('an empty variable counts as not set', () => {
  expect(readConfig(schema, { TOKEN: 'long-enough', PORT: '', ADDRESS: '' }).PORT).toBe(8000);
  expect(problemsOf({ TOKEN: '' }).problems).toEqual([{ name: 'TOKEN', problem: 'is required' }]);
});

test('all problems are reported at once, by name', () => {
  const { problems } = problemsOf({ PORT: '99999', MODE: 'c', ADDRESS: 'nowhere' });

  expect(problems).toEqual([
    { name: 'PORT', problem: 'is too big or too long (at most 65535)' },
    { name: 'TOKEN', problem: 'is required' },
    { name: 'MODE', problem: 'must be one of a, b' },
    { name: 'ADDRESS', problem: 'is not a valid url' },
  ]);
});

test('no value is ever repeated', () => {
  const values = { PORT: 'hunter-one', TOKEN: 'hunter2', MODE: 'hunter-3', ADDRESS: 'hunter four' };

  const { message, problems } = problemsOf(values);

  expect(problems).toHaveLength(4);
  expect(message).not.toContain('hunter');
  for (const name of Object.keys(values)) expect(message).toContain(name);
});

test('the documentation names every variable with meaning and default; only required ones are not commented out', () => {
  expect(documentConfig(schema)).toBe(
    [
      '# Port it listens on\n# PORT=8000',
      '# Token of the sender (required)\nTOKEN=',
      '# How it works\n# MODE=a',
      '# Where the other one is\n# ADDRESS=',
    ].join('\n\n'),
  );
});

test('a value may stand in a file of its own or in a folder of secrets; the variable itself wins', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'agentic-env-'));
  try {
    writeFileSync(path.join(folder, 'TOKEN'), 'from-the-folder\n');
    writeFileSync(path.join(folder, 'PORT'), '9000');
    writeFileSync(path.join(folder, 'own'), 'from-its-file\r\n');

    expect(readConfig(schema, { SECRETS_FOLDER: folder })).toMatchObject({ TOKEN: 'from-the-folder', PORT: 9000 });
    expect(readConfig(schema, { SECRETS_FOLDER: folder, TOKEN_FILE: path.join(folder, 'own') }).TOKEN).toBe(
      'from-its-file',
    );
    expect(readConfig(schema, { SECRETS_FOLDER: folder, TOKEN: 'from-the-variable' }).TOKEN).toBe('from-the-variable');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a file that is named and not there is a problem of its variable; its path is not shown', () => {
  expect(problemsOf({ TOKEN_FILE: '/nowhere/token' }).problems).toEqual([
    { name: 'TOKEN', problem: 'stands in a file that cannot be read' },
  ]);
});
