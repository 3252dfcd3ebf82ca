import { setTimeout as pause } from 'node:timers/promises';
import { databaseFault } from '../db.ts';

/** How long, and what counts as an outage; by default every lost connection does. */
export interface RetryOptions {
  readonly forMs?: number;
  readonly isOutage?: (error: unknown) => boolean;
}

/**
 * Repeats `fn` while the database cannot be reached: a restart of the server must not fail a step. `fn` does nothing but talk to
 * the database, and may be carried out twice with the effect of once (its rows have keys).
 */
export async function retryingWrites<T>(fn: () => Promise<T>, options: RetryOptions = {}): Promise<T> {
  const isOutage = options.isOutage ?? ((error: unknown) => databaseFault(error) === 'connection');
  const until = performance.now() + (options.forMs ?? 60_000);
  for (;;) {
    try {
      return await fn();
    } catch (error) {
      if (!isOutage(error) || performance.now() > until) throw error;
      await pause(200);
    }
  }
}
