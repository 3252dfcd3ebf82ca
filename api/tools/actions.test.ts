import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryHome } from '../../test/support/temporary-home.ts';
import { silentSources } from '../../test/support/tool-ports.ts';
import { createLocalProcesses, type LocalProcesses } from '../adapters/cluster/local-process.ts';
import { runCommand } from './run-command.ts';
import type { ToolPorts } from './tool.ts';
import { workloadRead } from './workload-read.ts';
import { workloadRestart } from './workload-restart.ts';

const args = { kind: 'process' as const, namespace: null, name: 'sleeper' };
const signal = () => AbortSignal.timeout(10_000);
let home: string;
let processes: LocalProcesses;
let ports: ToolPorts;

beforeEach(async () => {
  home = temporaryHome('agentic-actions-');
  processes = createLocalProcesses({
    home,
    commands: [{ name: 'greet', argv: ['echo', 'hello there'], effect: 'Prints a greeting.', undo: null }],
  });
  ports = {
    ...silentSources,
    processes,
    kubernetes: null,
    metrics: null,
    probe: { get: () => Promise.reject(new Error('not asked here')) },
    manuals: { findRunbook: async () => null, search: async () => [] },
  };
  await processes.ensure({ name: 'sleeper', argv: ['sleep', '600'], cwd: home, env: {} }, 'run-1');
});
afterEach(async () => {
  await processes.stopAll();
  await rm(home, { recursive: true, force: true });
});

test('a card of a restart is made from its arguments', () => {
  expect(workloadRestart.describe(args, ports)).toMatchObject({
    target: 'process/sleeper',
    title: 'Restart sleeper',
    diff: null,
  });
});

test('the state a restart was approved for changes with every restart, whoever did it', async () => {
  const approved = await workloadRestart.precondition(args, ports, signal());
  expect(await workloadRestart.precondition(args, ports, signal())).toEqual(approved);

  await processes.restart(args, 'somebody', signal());

  expect(await workloadRestart.precondition(args, ports, signal())).not.toEqual(approved);
});

test('the target tells whether a key arrived', async () => {
  expect(await workloadRestart.check?.(args, 'key-1', ports, signal())).toBe('not_arrived');
  await workloadRestart.perform(args, 'key-1', ports, signal());
  expect(await workloadRestart.check?.(args, 'key-1', ports, signal())).toBe('arrived');
});

test('a deployment without Kubernetes is refused as not configured', async () => {
  const deployment = { kind: 'deployment' as const, namespace: 'shop', name: 'web' };

  await expect(workloadRead.run(deployment, ports, signal())).rejects.toMatchObject({ code: 'NOT_CONFIGURED' });
  expect(() => workloadRestart.describe(deployment, ports)).toThrow(/not configured/);
});

test('a command shows its exact line, runs when it is listed, and cannot be asked afterwards', async () => {
  expect(runCommand.describe({ command: 'greet' }, ports)).toMatchObject({
    command: "echo 'hello there'",
    target: 'command/greet',
  });
  expect(await runCommand.perform({ command: 'greet' }, 'k', ports, signal())).toEqual({
    accepted: true,
    answer: 'hello there',
  });
  expect(runCommand.check).toBeUndefined();
  expect(() => runCommand.describe({ command: 'shutdown' }, ports)).toThrow(/not an allowed command/);
});
