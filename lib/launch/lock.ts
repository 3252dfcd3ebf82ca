import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const holderSchema = z.object({ pid: z.number().int().positive(), startedAt: z.string() });

/** Start time of a process as the kernel counts it, so that a reused pid is not taken for the old process; `unknown` where /proc is missing. */
function processStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    try {
      process.kill(pid, 0);
      return 'unknown';
    } catch (error) {
      return error instanceof Error && 'code' in error && error.code === 'EPERM' ? 'unknown' : null;
    }
  }
}

export type Lock = { readonly held: true; release(): void } | { readonly held: false; readonly pid: number };

/**
 * Takes the launcher's lock of a data folder. A lock left by a dead process is taken over; a living holder is named.
 * The file appears whole or not at all, so two starters never both win.
 */
export function takeLock(home: string): Lock {
  mkdirSync(home, { recursive: true });
  const file = path.join(home, 'launcher.lock');
  const draft = path.join(home, `launcher.lock.${process.pid}`);
  writeFileSync(draft, JSON.stringify({ pid: process.pid, startedAt: processStart(process.pid) ?? 'unknown' }));
  try {
    for (let attempt = 0; attempt < 3; attempt++) {
      try {
        linkSync(draft, file);
        return { held: true, release: () => rmSync(file, { force: true }) };
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      }
      const holder = readHolder(file);
      if (holder !== null && processStart(holder.pid) === holder.startedAt) return { held: false, pid: holder.pid };
      rmSync(file, { force: true });
    }
    throw new Error(`the lock ${file} keeps changing hands; try again`);
  } finally {
    rmSync(draft, { force: true });
  }
}

function readHolder(file: string): z.infer<typeof holderSchema> | null {
  try {
    return holderSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}
