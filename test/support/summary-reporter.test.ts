import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { projectPath } from '../../lib/project-path.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'reporter-'));
  const reporters = JSON.stringify(['default', projectPath('test/support/summary-reporter.ts')]);
  writeFileSync(
    path.join(folder, 'vitest.config.mjs'),
    `export default { test: { globals: true, reporters: ${reporters} } };`,
  );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The last line and the exit code of a run of the given test files. */
function run(files: Readonly<Record<string, string>>): {
  readonly last: string | undefined;
  readonly code: number | null;
} {
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
  const { VITEST: _, VITEST_POOL_ID: __, VITEST_WORKER_ID: ___, ...env } = process.env;
  const done = spawnSync(process.execPath, [projectPath('node_modules/vitest/vitest.mjs'), 'run', '--root', folder], {
    encoding: 'utf8',
    env,
  });
  return { last: done.stdout.trimEnd().split('\n').at(-1), code: done.status };
}

test('the last line counts what passed, failed and was skipped', () => {
  expect(
    run({
      'a.test.mjs': `test('one', () => {}); test('two', () => { expect(1).toBe(2); }); test.skip('three', () => {});`,
      'b.test.mjs': `test('four', () => {});`,
    }),
  ).toEqual({ last: '2 passed, 1 failed, 1 skipped', code: 1 });
});

test('a file that cannot be loaded counts as failed', () => {
  expect(run({ 'a.test.mjs': `throw new Error('broken');`, 'b.test.mjs': `test('one', () => {});` })).toEqual({
    last: '1 passed, 1 failed, 0 skipped',
    code: 1,
  });
});

test('a rejection nobody handles fails the run', () => {
  expect(
    run({
      'a.test.mjs': `test('one', async () => { void Promise.reject(new Error('lost')); await new Promise((r) => setTimeout(r, 20)); });`,
    }),
  ).toEqual({ last: '1 passed, 1 failed, 0 skipped', code: 1 });
});

test('a run in which all is well ends with 0', () => {
  expect(run({ 'a.test.mjs': `test('one', () => {});` })).toEqual({ last: '1 passed, 0 failed, 0 skipped', code: 0 });
});
