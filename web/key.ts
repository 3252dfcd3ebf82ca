import { useSyncExternalStore } from 'react';

/** The API key a person typed: in this page's memory alone, gone with a reload. Null: the console asks with its own read-only key. */
let held: string | null = null;
const listeners = new Set<() => void>();

/** Takes a key, or forgets it. */
export function holdKey(key: string | null): void {
  const trimmed = key?.trim() ?? '';
  held = trimmed === '' ? null : trimmed;
  for (const listener of listeners) listener();
}

/** The key that is held, followed as it changes. */
export function useHeldKey(): string | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => held,
  );
}

/** The credential of a request, when a person gave one. */
export const authorization = (): Record<string, string> => (held === null ? {} : { authorization: `Bearer ${held}` });
