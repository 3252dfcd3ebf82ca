import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { projectPath } from '../../lib/project-path.ts';
import { until } from './until.ts';

export interface StartedProcess {
  readonly pid: number;
  readonly child: ChildProcess;
  /** Everything printed so far, line by line. */
  readonly lines: readonly string[];
  /** Waits for a line. */
  line(pattern: RegExp, timeoutMs?: number): Promise<string>;
  /** Sends a signal; `exited` tells when it is gone. */
  kill(signal?: NodeJS.Signals): void;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/**
 * Starts a program with its output kept. A program of the product is named by its path below dist/, for example api/main.js,
 * or by its source, which then runs without a build: test/support/postgres-user.mjs.
 */
export function startProcess(
  program: string,
  args: readonly string[] = [],
  options: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string } = {},
): StartedProcess {
  const [command, ...rest] = commandOf(program);
  const child = spawn(command, [...rest, ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TZ: 'UTC', ...options.env },
    cwd: options.cwd ?? projectPath(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => lines.push(line));
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('error', (error) => {
      lines.push(error.message);
      resolve({ code: null, signal: null });
    });
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  return {
    pid: child.pid ?? 0,
    child,
    lines,
    line: (pattern, timeoutMs = 20_000) =>
      until(() => lines.find((one) => pattern.test(one)), {
        what: `${program} printing ${pattern}\n${lines.slice(-20).join('\n')}`,
        timeoutMs,
      }),
    kill: (signal = 'SIGTERM') => void child.kill(signal),
    exited,
  };
}

function commandOf(program: string): readonly [string, ...string[]] {
  if (program.startsWith('/')) return [program];
  if (program.endsWith('.js')) return [process.execPath, projectPath('dist', program)];
  if (/\.(ts|mjs)$/.test(program)) return [process.execPath, '--import', 'tsx', projectPath(program)];
  return [program];
}
