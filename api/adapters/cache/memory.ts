import type { Cache } from '../../ports/cache.ts';

interface Entry {
  readonly value: string;
  readonly until: number;
}

const sweepAbove = 10_000;

/** The twin: a map with expiry, bounded by throwing away what is old, and at last what was written first. */
export function createMemoryCache(
  options: { readonly monotonicMs?: () => number; readonly maxEntries?: number } = {},
): Cache {
  const now = options.monotonicMs ?? (() => performance.now());
  const maxEntries = options.maxEntries ?? sweepAbove;
  const entries = new Map<string, Entry>();

  const live = (key: string): Entry | undefined => {
    const entry = entries.get(key);
    if (entry === undefined || entry.until > now()) return entry;
    entries.delete(key);
    return undefined;
  };
  const put = (key: string, entry: Entry): void => {
    entries.delete(key);
    if (entries.size >= maxEntries) for (const old of entries.keys()) live(old);
    for (const first of entries.keys()) {
      if (entries.size < maxEntries) break;
      entries.delete(first);
    }
    entries.set(key, entry);
  };

  return {
    get: (key) => Promise.resolve(live(key)?.value),
    set: (key, value, ttlMs) => {
      put(key, { value, until: now() + ttlMs });
      return Promise.resolve();
    },
    increment: (key, windowMs) => {
      const entry = live(key);
      const count = Number(entry?.value ?? 0) + 1;
      put(key, { value: String(count), until: entry?.until ?? now() + windowMs });
      return Promise.resolve(count);
    },
    ping: () => Promise.resolve(true),
    close: () => {
      entries.clear();
      return Promise.resolve();
    },
  };
}
