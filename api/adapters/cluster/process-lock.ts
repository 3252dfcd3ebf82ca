import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { AppError } from '../../../lib/errors.ts';
import { newId } from '../../../lib/ids.ts';
import { identify, isAlive } from './process-identity.ts';

const holderSchema = z.object({ pid: z.number().int(), started: z.string(), token: z.string() });

async function holderOf(path: string): Promise<z.infer<typeof holderSchema> | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/**
 * Runs `work` while this process alone holds the lock file. A lock whose process is gone is taken over: its file is moved aside first,
 * so that of two who see it only one removes it.
 */
export async function withProcessLock<T>(path: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const me = await identify(process.pid);
  const token = newId();
  const draft = `${path}.${token}`;
  await writeFile(draft, JSON.stringify({ pid: process.pid, started: me?.started ?? '', token }), { mode: 0o600 });
  try {
    for (;;) {
      signal.throwIfAborted();
      // A hard link appears whole or not at all, so a reader never sees half a holder.
      const taken = await link(draft, path).then(
        () => true,
        () => false,
      );
      if (taken) break;
      const holder = await holderOf(path);
      if (holder !== null && !(await isAlive(holder))) {
        const aside = `${path}.stale.${token}`;
        const moved = await rename(path, aside).then(
          () => true,
          () => false,
        );
        const mine = moved ? await holderOf(aside) : null;
        // Between reading and moving, another may have taken it: give it back.
        if (mine !== null && mine.token !== holder.token) await link(aside, path).catch(() => undefined);
        if (moved) await unlink(aside).catch(() => undefined);
        continue;
      }
      await pause(50, undefined, { signal });
    }
    try {
      return await work();
    } finally {
      await unlink(path).catch(() => undefined);
    }
  } catch (error) {
    if (signal.aborted) {
      throw new AppError('UPSTREAM_UNAVAILABLE', 'The process runner was busy until the time limit.', {
        cause: error,
        retryable: true,
      });
    }
    throw error;
  } finally {
    await unlink(draft).catch(() => undefined);
  }
}
