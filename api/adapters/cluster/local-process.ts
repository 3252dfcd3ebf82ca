import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../../../lib/errors.ts';
import type { AllowedCommand, ChangeAnswer, Cluster, WorkloadRef, WorkloadState } from '../../ports/cluster.ts';
import { runAllowedCommand } from './allowed-command.ts';
import type { ProcessFile, ProcessSpec } from './process-file.ts';
import { processSpecSchema, readProcessFile, writeProcessFile } from './process-file.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { identify, isAlive, startedFromStat } from './process-identity.ts';
import { withProcessLock } from './process-lock.ts';
import { boundOutput, lastLines } from './process-output.ts';

/** Where the runner keeps its files, and which commands it may run. */
export interface LocalProcessOptions {
  readonly home: string;
  readonly commands?: readonly AllowedCommand[];
}

/** The local process runner: a Cluster, and what the starter of the product needs besides. */
export interface LocalProcesses extends Cluster {
  /** Defines a process and starts it once per `run`: one that died since is left as it is. */
  ensure(spec: ProcessSpec, run: string): Promise<void>;
  /** Ends every process of this home, for an orderly stop of the whole product. */
  stopAll(): Promise<void>;
}

const stopWaitMs = 3_000;
const startWaitMs = 3_000;
// The starter writes its own number (and start time, where the system tells it) before it becomes the program.
const starter = '{ echo $$; cat /proc/$$/stat 2>/dev/null; } > "$0.tmp" && mv "$0.tmp" "$0" && exec "$@"';

const paths = (home: string, name: string) => ({
  state: join(home, 'processes', `${name}.json`),
  lock: join(home, 'processes', `${name}.lock`),
  output: join(home, 'processes', `${name}.log`),
  birth: (generation: number) => join(home, 'processes', `${name}.${generation}.pid`),
});
type Paths = ReturnType<typeof paths>;
/** Hands over the writing down of an exit, which happens at any moment. */
type OnExit = (write: () => Promise<void>) => void;

async function born(path: string): Promise<ProcessIdentity | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return null;
  const [number, ...stat] = text.split('\n');
  const pid = Number(number);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  const now = await identify(pid);
  const started = startedFromStat(stat.join('\n'));
  return now === null || (started !== null && started !== now.started) ? null : now;
}

async function kill(identity: ProcessIdentity, signal: AbortSignal): Promise<void> {
  for (const [name, waitMs] of [
    ['SIGTERM', stopWaitMs],
    ['SIGKILL', stopWaitMs],
  ] as const) {
    if (!(await isAlive(identity))) return;
    try {
      process.kill(-identity.pid, name);
    } catch {
      // Its group is gone or it never had one of its own: the process itself is tried.
      try {
        process.kill(identity.pid, name);
      } catch {
        continue;
      }
    }
    const until = performance.now() + waitMs;
    while (performance.now() < until && (await isAlive(identity))) {
      signal.throwIfAborted();
      await pause(20);
    }
  }
  if (await isAlive(identity)) throw new AppError('UPSTREAM_REJECTED', 'The process does not end.');
}

async function start(
  files: Paths,
  state: ProcessFile,
  generation: number,
  signal: AbortSignal,
  onExit: OnExit,
): Promise<ProcessIdentity> {
  const birth = files.birth(generation);
  await unlink(birth).catch(() => undefined);
  await boundOutput(files.output);
  const output = openSync(files.output, 'a', 0o600);
  let failed: Error | null = null;
  try {
    const child = spawn('/bin/sh', ['-c', starter, birth, ...state.argv], {
      cwd: state.cwd,
      env: { PATH: process.env.PATH ?? '/usr/bin:/bin', ...state.env },
      detached: true,
      stdio: ['ignore', output, output],
    });
    child.on('error', (error) => {
      failed = error;
    });
    child.on('exit', (code, name) => onExit(() => recordExit(files, child.pid, code, name)));
    child.unref();
  } finally {
    closeSync(output);
  }
  const until = performance.now() + startWaitMs;
  while (performance.now() < until) {
    if (failed !== null) break;
    const identity = await born(birth);
    if (identity !== null) return identity;
    signal.throwIfAborted();
    await pause(10);
  }
  throw new AppError('UPSTREAM_REJECTED', 'The process did not start.', { cause: failed });
}

/** How it ended is only known to the process that started it; written when it still is the one in the file. */
async function recordExit(
  files: Paths,
  pid: number | undefined,
  code: number | null,
  name: string | null,
): Promise<void> {
  await withProcessLock(files.lock, AbortSignal.timeout(10_000), async () => {
    const state = await readProcessFile(files.state);
    if (state === null || pid === undefined || state.identity?.pid !== pid) return;
    await writeProcessFile(files.state, { ...state, exit: name === null ? `exit code ${code}` : `signal ${name}` });
  }).catch(() => undefined);
}

/** Brings the process of this file to `generation`: ends what runs, starts it anew, unless the new one was already born. */
async function replace(
  files: Paths,
  state: ProcessFile,
  generation: number,
  signal: AbortSignal,
  onExit: OnExit,
): Promise<ProcessIdentity> {
  const already = await born(files.birth(generation));
  if (already !== null && already.pid !== state.identity?.pid) return already;
  if (state.identity !== null) await kill(state.identity, signal);
  return start(files, state, generation, signal, onExit);
}

/** Processes of this machine under our own supervision. Safe when several programs use the same home at once. */
export function createLocalProcesses(options: LocalProcessOptions): LocalProcesses {
  const filesOf = (name: string): Paths => paths(options.home, processSpecSchema.shape.name.parse(name));
  const defined = new Set<string>();
  const writing = new Set<Promise<void>>();
  let stopping = false;
  const onExit: OnExit = (write) => {
    if (stopping) return;
    const one: Promise<void> = write().finally(() => writing.delete(one));
    writing.add(one);
  };
  const prepare = () => mkdir(join(options.home, 'processes'), { recursive: true, mode: 0o700 });

  async function read(ref: WorkloadRef): Promise<WorkloadState> {
    const files = filesOf(ref.name);
    const state = await readProcessFile(files.state);
    const base = { kind: 'process' as const, name: ref.name, namespace: null };
    if (state === null) {
      return {
        ...base,
        status: 'missing',
        desiredReplicas: 0,
        readyReplicas: 0,
        generation: 0,
        startedAt: null,
        exit: null,
        lastChangeKey: null,
        notes: [],
      };
    }
    await boundOutput(files.output);
    const halfway = state.change === null ? null : await born(files.birth(state.change.generation));
    const alive = halfway !== null || (state.identity !== null && (await isAlive(state.identity)));
    return {
      ...base,
      status: alive ? 'running' : 'stopped',
      desiredReplicas: 1,
      readyReplicas: alive ? 1 : 0,
      generation: state.generation,
      startedAt: state.startedAt,
      exit: alive ? null : (state.exit ?? 'ended; the way it ended is not known'),
      lastChangeKey: state.lastChangeKey,
      notes: await lastLines(files.output, 20),
    };
  }

  async function restart(ref: WorkloadRef, key: string, signal: AbortSignal): Promise<ChangeAnswer> {
    const files = filesOf(ref.name);
    await prepare();
    return withProcessLock(files.lock, signal, async () => {
      const state = await readProcessFile(files.state);
      if (state === null) return { accepted: false, answer: `No process named ${ref.name} is defined here.` };
      if (state.keys.includes(key)) {
        return { accepted: true, answer: `Already restarted for this request (generation ${state.generation}).` };
      }
      const mine = state.change?.key === key;
      const generation =
        mine && state.change !== null ? state.change.generation : (state.change?.generation ?? state.generation) + 1;
      if (state.change !== null && !mine) {
        // Another change stopped halfway: what it may have started ends too.
        const halfway = await born(files.birth(state.change.generation));
        if (halfway !== null) await kill(halfway, signal);
      }
      await writeProcessFile(files.state, { ...state, change: { key, generation } });
      const identity = await replace(files, state, generation, signal, onExit);
      await writeProcessFile(files.state, {
        ...state,
        identity,
        generation,
        startedAt: new Date().toISOString(),
        exit: null,
        lastChangeKey: key,
        keys: [...state.keys, key].slice(-50),
        change: null,
      });
      return { accepted: true, answer: `Restarted as process ${identity.pid}, generation ${generation}.` };
    });
  }

  return {
    read,
    restart,
    runCommand: (name, _key, signal) => runAllowedCommand(options.commands ?? [], name, signal),
    commands: () => options.commands ?? [],
    describeRestart: (ref) => ({
      command: `agentic-processes restart ${ref.name}`,
      effect: `The local process ${ref.name} ends and starts again; requests in flight are lost.`,
      undo: 'A restart cannot be taken back; the process keeps its definition and can be restarted again.',
    }),
    async ensure(spec, run) {
      const parsed = processSpecSchema.parse(spec);
      const files = filesOf(parsed.name);
      const signal = AbortSignal.timeout(15_000);
      await prepare();
      await withProcessLock(files.lock, signal, async () => {
        const kept = await readProcessFile(files.state);
        const fresh: ProcessFile = {
          ...(kept ?? {
            identity: null,
            generation: 0,
            startedAt: null,
            exit: null,
            lastChangeKey: null,
            keys: [],
            change: null,
          }),
          ...parsed,
          run,
        };
        const alive = kept !== null && kept.identity !== null && (await isAlive(kept.identity));
        if (alive || kept?.run === run) {
          await writeProcessFile(files.state, fresh);
          return;
        }
        const generation = fresh.generation + 1;
        const identity = await start(files, fresh, generation, signal, onExit);
        await writeProcessFile(files.state, {
          ...fresh,
          identity,
          generation,
          startedAt: new Date().toISOString(),
          exit: null,
          change: null,
        });
      });
      defined.add(parsed.name);
    },
    async stopAll() {
      stopping = true;
      await Promise.all(writing);
      for (const name of defined) {
        const files = filesOf(name);
        const signal = AbortSignal.timeout(15_000);
        await withProcessLock(files.lock, signal, async () => {
          const state = await readProcessFile(files.state);
          if (state === null) return;
          if (state.identity !== null) await kill(state.identity, signal);
          await writeProcessFile(files.state, { ...state, run: null, exit: 'stopped with the product' });
        });
      }
    },
  };
}
