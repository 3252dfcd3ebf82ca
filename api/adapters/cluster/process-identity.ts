import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A process that runs now, told apart from a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When the system started it, in the system's own words; compared, never read. */
  readonly started: string;
}

/** The start time in one line of /proc/<pid>/stat; null for a zombie, which runs nothing. */
export function startedFromStat(stat: string): string | null {
  const fields = stat
    .slice(stat.lastIndexOf(')') + 1)
    .trim()
    .split(/\s+/);
  const state = fields[0];
  return state === undefined || state === 'Z' || state === 'X' ? null : (fields[19] ?? null);
}

/** Who runs under this number now; null when nobody does. */
export async function identify(pid: number): Promise<ProcessIdentity | null> {
  if (process.platform === 'linux') {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
    const started = stat === null ? null : startedFromStat(stat);
    return started === null ? null : { pid, started };
  }
  const answer = await run('ps', ['-o', 'lstart=,state=', '-p', String(pid)], { timeout: 2_000 }).catch(() => null);
  const line = answer?.stdout.trim() ?? '';
  return line === '' || /\sZ\S*$/.test(line) ? null : { pid, started: line.replace(/\s+\S+$/, '') };
}

/** True while exactly this process runs. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  return (await identify(identity.pid))?.started === identity.started;
}
