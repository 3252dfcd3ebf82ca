import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, renameSync, statSync, type WriteStream } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** Exit code of a process whose configuration is wrong (sysexits EX_CONFIG); its problems stand on its standard error. */
export const EXIT_CONFIG = 78;
const LOG_LIMIT_BYTES = 10 * 1024 * 1024;

export interface ProcessSpec {
  readonly name: string;
  /** Program relative to dist/. */
  readonly program: string;
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Address that answers 200 when the process is ready. */
  readonly readyUrl: string;
  readonly stopWithinMs: number;
}

export interface Supervised {
  readonly spec: ProcessSpec;
  readonly pid: () => number | undefined;
  /** Resolves when the ready address answers; rejects with the reason when the process ends for good before. */
  ready(timeoutMs: number): Promise<void>;
  /** Asks to stop, ends it when it does not within its time. Resolves when it is gone. */
  stop(): Promise<void>;
}

interface SuperviseOptions {
  readonly dist: string;
  readonly logs: string;
  readonly onConfigProblems: (name: string, text: string) => void;
  readonly onRestart: (name: string, reason: string) => void;
}

/** Starts a process and keeps it running: one that dies is started again after a growing pause, one with a wrong configuration is not. */
export function supervise(spec: ProcessSpec, options: SuperviseOptions): Supervised {
  mkdirSync(options.logs, { recursive: true });
  const log = boundedLog(path.join(options.logs, `${spec.name}.log`));
  let child: ChildProcess | undefined;
  let stopping = false;
  let restarts = 0;
  let failed: string | undefined;
  let gone: Promise<void> = Promise.resolve();
  let restartTimer: NodeJS.Timeout | undefined;

  const start = () => {
    const startedAt = performance.now();
    const lastErrors: string[] = [];
    // Detached: Ctrl-C in the terminal reaches the launcher alone, which stops everything in order. The open stdin tells the child when the launcher dies.
    const own = spawn(process.execPath, [path.join(options.dist, spec.program), ...(spec.args ?? [])], {
      env: { ...process.env, ...spec.env, AGENTIC_LAUNCHED: '1' },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    child = own;
    own.stdin.on('error', () => undefined);
    copyLines(own.stdout, log.write);
    copyLines(own.stderr, (line) => {
      log.write(line);
      lastErrors.push(line);
      if (lastErrors.length > 60) lastErrors.shift();
    });
    gone = new Promise((resolve) => {
      own.once('close', (code, signal) => {
        resolve();
        if (stopping) return;
        if (code === EXIT_CONFIG) {
          failed = `${spec.name}: configuration refused`;
          options.onConfigProblems(spec.name, lastErrors.join('\n'));
          return;
        }
        if (performance.now() - startedAt > 30_000) restarts = 0;
        restarts++;
        const pauseMs = Math.min(10_000, 100 * 2 ** (restarts - 1));
        if (restarts > 8) {
          failed = `${spec.name} ended ${restarts} times in a row (${signal ?? `exit code ${code}`}); see ${log.file}`;
          options.onRestart(spec.name, failed);
          return;
        }
        options.onRestart(spec.name, `${signal ?? `exit code ${code}`}, started again in ${pauseMs} ms`);
        restartTimer = setTimeout(start, pauseMs);
      });
    });
  };
  start();

  return {
    spec,
    pid: () => child?.pid,
    async ready(timeoutMs) {
      const deadline = performance.now() + timeoutMs;
      for (;;) {
        if (failed !== undefined) throw new Error(failed);
        if (await answersOk(spec.readyUrl)) return;
        if (performance.now() > deadline)
          throw new Error(`${spec.name} was not ready after ${timeoutMs / 1000} s; see ${log.file}`);
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    },
    async stop() {
      stopping = true;
      clearTimeout(restartTimer);
      const own = child;
      if (own === undefined || own.exitCode !== null || own.signalCode !== null) return;
      own.kill('SIGTERM');
      const hard = setTimeout(() => own.kill('SIGKILL'), spec.stopWithinMs);
      await gone;
      clearTimeout(hard);
      log.close();
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

function copyLines(from: Readable, write: (line: string) => void): void {
  createInterface({ input: from }).on('line', write);
}

/** Appends to a file that is set aside (one older copy is kept) when it grows over its limit. A full disk loses lines, not the process. */
function boundedLog(file: string): { readonly file: string; write(line: string): void; close(): void } {
  let size = 0;
  try {
    size = statSync(file).size;
  } catch {
    size = 0;
  }
  const open = (): WriteStream => createWriteStream(file, { flags: 'a', mode: 0o600 }).on('error', () => undefined);
  let stream = open();
  return {
    file,
    write(line) {
      size += Buffer.byteLength(line) + 1;
      if (size > LOG_LIMIT_BYTES) {
        stream.end();
        renameSync(file, `${file}.1`);
        stream = open();
        size = 0;
      }
      stream.write(`${line}\n`);
    },
    close: () => stream.end(),
  };
}
