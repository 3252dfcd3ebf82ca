import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { projectPath } from '../../lib/project-path.ts';
import { type StartedProcess, startProcess } from '../support/process.ts';

let folder: string;
let running: StartedProcess | undefined;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'shutdown-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => running?.kill('SIGKILL'));

/** A process that registers its stops by the given code and then waits. */
async function start(code: string): Promise<StartedProcess> {
  const file = path.join(folder, 'program.mjs');
  const of = (name: string) => JSON.stringify(pathToFileURL(projectPath('lib', name)).href);
  writeFileSync(
    file,
    `import { createShutdown } from ${of('shutdown.ts')};
import { createLogger } from ${of('log.ts')};
const say = (line) => process.stdout.write(line + '\\n');
const shutdown = createShutdown({ log: createLogger({ name: 'x', level: 'error' }) });
${code}
setInterval(() => {}, 1000);
say('ready');`,
  );
  running = startProcess(process.execPath, ['--import', 'tsx', file]);
  await running.line(/^ready$/);
  return running;
}

test.each(['SIGTERM', 'SIGINT'] as const)('%s stops the parts backwards and ends with 0', async (signal) => {
  const program = await start(`for (const name of ['database', 'queue', 'server'])
    shutdown.add(name, async () => { await new Promise((r) => setTimeout(r, 5)); say('stopped ' + name); });`);

  program.kill(signal);

  expect(await program.exited).toEqual({ code: 0, signal: null });
  expect(program.lines).toEqual(['ready', 'stopped server', 'stopped queue', 'stopped database']);
});

test('a part that fails or takes too long does not keep the others from stopping', async () => {
  const program = await start(`shutdown.add('first', () => say('stopped first'));
    shutdown.add('stuck', () => new Promise(() => {}), 50);
    shutdown.add('broken', () => { throw new Error('no'); });`);

  program.kill();

  expect(await program.exited).toEqual({ code: 0, signal: null });
  expect(program.lines).toContain('stopped first');
  expect(program.lines.filter((line) => line.includes('could not stop a part'))).toHaveLength(2);
});

test('a second signal ends at once', async () => {
  const program = await start(
    `shutdown.add('stuck', () => { say('stopping'); return new Promise(() => {}); }, 60_000);`,
  );
  program.kill();
  await program.line(/^stopping$/);

  program.kill();

  expect((await program.exited).code).toBe(130);
});

test('a process that stops for a reason of its own ends with the code it gave', async () => {
  const program = await start(`setTimeout(() => void shutdown.stop('lease lost', 3), 10);
    shutdown.add('only', () => say('stopped only'));`);

  expect((await program.exited).code).toBe(3);
  expect(program.lines).toContain('stopped only');
});
