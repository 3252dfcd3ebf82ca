import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { temporaryHome } from '../../../test/support/temporary-home.ts';
import { until } from '../../../test/support/until.ts';
import { clusterContract } from './contract.ts';
import { createLocalProcesses, type LocalProcesses } from './local-process.ts';
import { readProcessFile, writeProcessFile } from './process-file.ts';
import { identify, startedFromStat } from './process-identity.ts';

const ref = { kind: 'process' as const, namespace: null, name: 'sleeper' };
const signal = () => AbortSignal.timeout(10_000);
let home: string;
let processes: LocalProcesses;
const define = (argv: string[] = ['sleep', '600'], run = 'run-1') =>
  processes.ensure({ name: 'sleeper', argv, cwd: home, env: {} }, run);
const file = () => join(home, 'processes', 'sleeper.json');
const pid = async () => (await readProcessFile(file()))?.identity?.pid ?? 0;

beforeEach(() => {
  home = temporaryHome('agentic-processes-');
  processes = createLocalProcesses({
    home,
    commands: [
      { name: 'greet', argv: ['echo', 'hello there'], effect: 'prints', undo: null },
      { name: 'fail', argv: ['sh', '-c', 'echo no >&2; exit 3'], effect: 'fails', undo: null },
      { name: 'absent', argv: ['no-such-program-here'], effect: 'none', undo: null },
    ],
  });
});
afterEach(async () => {
  await processes.stopAll();
  await rm(home, { recursive: true, force: true });
});

test('what was never defined is missing, and a restart of it is refused', async () => {
  expect((await processes.read(ref, signal())).status).toBe('missing');
  expect(await processes.restart(ref, 'k', signal())).toMatchObject({ accepted: false });
});

test('a defined process runs; killed, it is stopped and says how it ended', async () => {
  await define();
  expect(await processes.read(ref, signal())).toMatchObject({ status: 'running', generation: 1 });

  process.kill(await pid(), 'SIGKILL');

  const state = await until(
    async () => {
      const read = await processes.read(ref, signal());
      return read.status === 'stopped' && read.exit?.includes('SIGKILL') ? read : null;
    },
    { what: 'stopped' },
  );
  expect(state.readyReplicas).toBe(0);
});

test('a restart replaces the process; the same key changes nothing more', async () => {
  await define();
  const first = await pid();

  expect(await processes.restart(ref, 'key-1', signal())).toMatchObject({ accepted: true });
  const second = await pid();
  expect(await processes.restart(ref, 'key-1', signal())).toMatchObject({ accepted: true });

  expect(second).not.toBe(first);
  expect(await pid()).toBe(second);
  expect(await identify(first)).toBeNull();
  expect(await processes.read(ref, signal())).toMatchObject({
    status: 'running',
    generation: 2,
    lastChangeKey: 'key-1',
  });
});

test('a restart that was killed between stop and start shows as stopped, and the same key completes it once', async () => {
  await define();
  const kept = await readProcessFile(file());
  if (kept === null) throw new Error('no state');
  await writeProcessFile(file(), { ...kept, change: { key: 'key-1', generation: 2 } });
  process.kill(await pid(), 'SIGKILL');
  await until(async () => (await processes.read(ref, signal())).status === 'stopped', { what: 'stopped' });
  expect((await processes.read(ref, signal())).lastChangeKey).toBeNull();

  await processes.restart(ref, 'key-1', signal());
  await processes.restart(ref, 'key-1', signal());

  expect(await processes.read(ref, signal())).toMatchObject({
    status: 'running',
    generation: 2,
    lastChangeKey: 'key-1',
  });
});

test('a restart that was killed after the start, before it was written down, finds what it started', async () => {
  await define();
  const before = await readProcessFile(file());
  await processes.restart(ref, 'key-1', signal());
  const started = await pid();
  if (before === null) throw new Error('no state');
  await writeProcessFile(file(), { ...before, change: { key: 'key-1', generation: 2 } });
  expect((await processes.read(ref, signal())).status).toBe('running');

  await processes.restart(ref, 'key-1', signal());

  expect(await pid()).toBe(started);
});

test('of many restarts under one key at once, by several runners, one takes place', async () => {
  await define();
  const others = [1, 2, 3].map(() => createLocalProcesses({ home }));

  const answers = await Promise.all(
    [processes, ...others, processes, ...others].map((one) => one.restart(ref, 'key-1', signal())),
  );

  expect(answers.every((one) => one.accepted)).toBe(true);
  expect((await processes.read(ref, signal())).generation).toBe(2);
});

test('a lock whose owner is dead is taken over', async () => {
  await define();
  await writeFile(
    join(home, 'processes', 'sleeper.lock'),
    JSON.stringify({ pid: 999_999_999, started: '1', token: 'x' }),
  );

  expect(await processes.restart(ref, 'key-1', signal())).toMatchObject({ accepted: true });
});

test('a number that now belongs to another process is not mistaken for ours', async () => {
  await define();
  const kept = await readProcessFile(file());
  if (kept?.identity == null) throw new Error('no state');
  const real = kept.identity;
  await writeProcessFile(file(), { ...kept, identity: { pid: process.pid, started: 'another time' } });

  expect((await processes.read(ref, signal())).status).toBe('stopped');
  await processes.restart(ref, 'key-1', signal());
  expect((await processes.read(ref, signal())).status).toBe('running');
  process.kill(real.pid, 'SIGKILL');
});

test('ensure starts once per run: a process that died since is left for somebody to decide about', async () => {
  await define();
  process.kill(await pid(), 'SIGKILL');
  await until(async () => (await processes.read(ref, signal())).status === 'stopped', { what: 'stopped' });

  await define();
  expect((await processes.read(ref, signal())).status).toBe('stopped');

  await define(undefined, 'run-2');
  expect((await processes.read(ref, signal())).status).toBe('running');
});

test('the last lines of output are notes, newest first', async () => {
  await define(['sh', '-c', 'echo one; echo two; exec sleep 600']);

  const state = await until(
    async () => {
      const read = await processes.read(ref, signal());
      return read.notes.length === 2 ? read : null;
    },
    { what: 'output' },
  );

  expect(state.notes).toEqual(['two', 'one']);
});

test('only commands of the list run, without a shell, and their refusal is an answer', async () => {
  expect(await processes.runCommand('greet', 'k', signal())).toEqual({ accepted: true, answer: 'hello there' });
  expect(await processes.runCommand('fail', 'k', signal())).toMatchObject({
    accepted: false,
    answer: 'Exit code 3. no',
  });
  expect(await processes.runCommand('absent', 'k', signal())).toMatchObject({ accepted: false });
  expect(await processes.runCommand('rm -rf /', 'k', signal())).toMatchObject({ accepted: false });
});

test('a name that could leave the folder is refused', async () => {
  await expect(processes.read({ ...ref, name: '../../etc/passwd' }, signal())).rejects.toThrow();
});

test.each([
  ['12 (a b) c) S 1 12 12 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 777 1000', '777'],
  ['12 (dead) Z 1 12 12 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 777 1000', null],
])('start time of %s', (stat, expected) => {
  expect(startedFromStat(stat)).toBe(expected);
});

describe('contract of the port', () => {
  clusterContract(async () => {
    await define();
    return { cluster: processes, ref, absent: { ...ref, name: 'absent' } };
  });
});
