import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProcess } from './process.ts';

let file: string;
beforeAll(() => {
  file = path.join(mkdtempSync(path.join(os.tmpdir(), 'process-')), 'program.mjs');
  writeFileSync(
    file,
    `console.log('given ' + process.argv[2] + ' ' + process.env.GIVEN + ' ' + process.env.SECRET_OF_THE_TEST_RUN);
console.error('complaint');
setInterval(() => {}, 1000);`,
  );
});
afterAll(() => rmSync(path.dirname(file), { recursive: true }));

test('lines of both outputs are kept; the environment is the one given', async () => {
  process.env.SECRET_OF_THE_TEST_RUN = 'x';
  const program = startProcess(process.execPath, [file, 'a'], { env: { GIVEN: 'b' } });

  expect(await program.line(/^given/)).toBe('given a b undefined');
  await program.line(/^complaint$/);
  program.kill('SIGKILL');
  expect(await program.exited).toEqual({ code: null, signal: 'SIGKILL' });
  delete process.env.SECRET_OF_THE_TEST_RUN;
});

test('a program that cannot be started has ended, with the reason among its lines', async () => {
  const program = startProcess('/nowhere/at-all');

  expect(await program.exited).toEqual({ code: null, signal: null });
  expect(program.lines.join()).toContain('ENOENT');
});

test('a line that never comes is an error that shows what came instead', async () => {
  const program = startProcess(process.execPath, [file, 'a']);
  await program.line(/^complaint$/);

  await expect(program.line(/^never$/, 10)).rejects.toThrow(/never[\s\S]*complaint/);
  program.kill('SIGKILL');
  await program.exited;
});
