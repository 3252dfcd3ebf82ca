/** Short-lived values. Emptying it at any moment loses nothing but time. */
export interface Cache {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, ttlMs: number): Promise<void>;
  /** Counts calls in a window that starts with the first one; answers the count including this one. */
  increment(key: string, windowMs: number): Promise<number>;
  /** Answers within its time limit whether the cache can be used now. */
  ping(): Promise<boolean>;
  close(): Promise<void>;
}
