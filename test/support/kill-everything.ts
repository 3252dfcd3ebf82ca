import { readdirSync, readFileSync } from 'node:fs';
import type { RunningProduct } from './product.ts';
import { until } from './until.ts';

/** Cuts a whole product at once, its database and all it started too, as a power loss would. */
export async function killEverything(product: RunningProduct): Promise<void> {
  const pids = [product.launcher.pid, ...childrenOf(product.launcher.pid)];
  for (const pid of pids) kill(pid);
  await until(() => pids.every((pid) => !alive(pid)), { what: 'the end of every process' });
}

/** Processes below this one that belong to the product, children before grandchildren. */
export function childrenOf(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentOf(Number(name));
    if (parent !== null) parents.set(Number(name), parent);
  }
  const found: number[] = [];
  for (let level = [pid]; level.length > 0; ) {
    level = [...parents].filter(([, parent]) => level.includes(parent)).map(([child]) => child);
    found.push(...level);
  }
  return found;
}

function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

/** A killed process whose parent has not taken note yet has ended too. */
function alive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !['Z', 'X'].includes(stat.slice(stat.lastIndexOf(')') + 2).charAt(0));
  } catch {
    return false;
  }
}
