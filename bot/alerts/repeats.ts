/** What became of a post that was stored. */
export interface StoredPost {
  readonly accepted: number;
  readonly duplicates: number;
  readonly quarantined: number;
}

/** Remembers posts the api has committed, so that the same bytes again cost nothing. */
export interface Repeats {
  /**
   * Runs `store` unless the same post was stored lately or is being stored now. The answer to a repeat counts all of it as
   * duplicates, as the api would. A post that was not stored is not remembered.
   */
  once(key: string, store: () => Promise<StoredPost>): Promise<StoredPost>;
}

/** A memory of this process: after a restart, or at another bot, the api finds the repeats by itself. */
export function createRepeats(options: {
  readonly keptMs: number;
  readonly most: number;
  readonly now: () => number;
}): Repeats {
  const stored = new Map<string, { readonly at: number; readonly alerts: number }>();
  const underWay = new Map<string, Promise<StoredPost>>();
  const repeatOf = (alerts: number): StoredPost => ({ accepted: 0, duplicates: alerts, quarantined: 0 });
  const sizeOf = (post: StoredPost) => post.accepted + post.duplicates + post.quarantined;
  return {
    async once(key, store) {
      const known = stored.get(key);
      if (known !== undefined && options.now() - known.at < options.keptMs) return repeatOf(known.alerts);
      const other = underWay.get(key);
      if (other !== undefined) return repeatOf(sizeOf(await other));
      const mine = store();
      underWay.set(key, mine);
      try {
        const post = await mine;
        stored.delete(key);
        stored.set(key, { at: options.now(), alerts: sizeOf(post) });
        for (const oldest of stored.keys()) {
          if (stored.size <= options.most) break;
          stored.delete(oldest);
        }
        return post;
      } finally {
        underWay.delete(key);
      }
    },
  };
}
