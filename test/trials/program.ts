import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { projectPath } from '../../lib/project-path.ts';

/** How one process of the product is started. */
export interface ProgramSpec {
  readonly name: string;
  /** Below dist/. */
  readonly file: string;
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly readyUrl: string;
  readonly logs: string;
}

/** A process that is killed and started again. */
export interface Program {
  readonly name: string;
  readonly pid: () => number;
  readonly alive: () => boolean;
  /** Starts it and resolves when it is ready; answers the milliseconds that took. */
  start(): Promise<number>;
  /** kill -9, resolves when it is gone. */
  kill(): Promise<void>;
  /** Asks it to stop, and ends it when it does not. */
  stop(): Promise<void>;
}

const readyWithinMs = 60_000;

/** A program that is not started yet. It ends with this process, however that ends. */
export function program(spec: ProgramSpec): Program {
  let child: ChildProcess | undefined;
  let gone: Promise<void> = Promise.resolve();
  const alive = () => child !== undefined && child.exitCode === null && child.signalCode === null;
  const logFile = path.join(spec.logs, `${spec.name}.log`);
  return {
    name: spec.name,
    pid: () => child?.pid ?? 0,
    alive,
    async start() {
      const begun = performance.now();
      mkdirSync(spec.logs, { recursive: true });
      const log = createWriteStream(logFile, { flags: 'a' });
      const own = spawn(process.execPath, [projectPath('dist', spec.file), ...(spec.args ?? [])], {
        env: { PATH: process.env.PATH, HOME: process.env.HOME, TZ: 'UTC', AGENTIC_LAUNCHED: '1', ...spec.env },
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      child = own;
      own.stdin.on('error', () => undefined);
      own.stdout.pipe(log, { end: false });
      own.stderr.pipe(log, { end: false });
      gone = new Promise((resolve) => {
        own.once('error', () => resolve());
        own.once('exit', () => resolve());
      });
      void gone.then(() => log.end());
      while (!(await answersOk(spec.readyUrl))) {
        if (child !== own || !alive()) throw new Error(`${spec.name} ended while starting; see ${logFile}`);
        if (performance.now() - begun > readyWithinMs) throw new Error(`${spec.name} is not ready; see ${logFile}`);
        await pause(25);
      }
      return performance.now() - begun;
    },
    async kill() {
      if (!alive()) return;
      child?.kill('SIGKILL');
      await gone;
    },
    async stop() {
      if (!alive()) return;
      const own = child;
      own?.kill('SIGTERM');
      const hard = setTimeout(() => own?.kill('SIGKILL'), 12_000);
      await gone;
      clearTimeout(hard);
    },
  };
}

async function answersOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(1_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
