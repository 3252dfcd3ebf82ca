import type { Logger } from '../../lib/log.ts';
import type { Db } from '../db.ts';
import type { PointSearch, VectorStore } from '../ports/vector-store.ts';
import { createFallbackStore, type FallbackReason } from './fallback-store.ts';
import { type FollowedIndex, followManuals } from './index-follow.ts';
import { reviseIndexSettings } from './index-settings.ts';
import { createIndexSync, isIndexCurrent } from './index-sync.ts';

/** The index of all manuals as one process uses it. */
export interface ManualPoints extends PointSearch {
  /** Looks for changes of the record now. */
  refresh(): Promise<void>;
  /** Compares the embedded index with the record. */
  check(): Promise<void>;
  /** Work of a worker: keeps Qdrant like the record, or without one sees to it that weights fit the collection. */
  tend(): Promise<void>;
  /** What the index outside the record holds, and why searches go past it; null without one. */
  readonly outside: (() => Promise<{ readonly points: number | null; readonly fallback: string | null }>) | null;
}

const trustCurrentMs = 1_000;

/** Puts the embedded index, Qdrant where there is one, and the record together. */
export function createManualPoints(options: {
  readonly db: Db;
  readonly log: Logger;
  readonly embedded: VectorStore & { readonly lives: () => number };
  readonly qdrant: VectorStore | null;
  /** The configured embedding model. */
  readonly denseModel: string | null;
  readonly onFallback: (reason: FallbackReason) => void;
}): ManualPoints {
  const { db, log, embedded, qdrant, denseModel, onFallback } = options;
  const followed: FollowedIndex = followManuals({ db, store: embedded, denseModel, log });
  const parts = { refresh: followed.refresh, check: followed.check };
  if (qdrant === null)
    return {
      ...parts,
      search: followed.search,
      outside: null,
      async tend() {
        await reviseIndexSettings(db, denseModel);
      },
    };
  let current = false;
  let askedAt = Number.NEGATIVE_INFINITY;
  const fallback = createFallbackStore({
    primary: qdrant,
    embedded: followed,
    onFallback,
    log,
    async isCurrent() {
      if (performance.now() - askedAt > trustCurrentMs) {
        current = await isIndexCurrent(db);
        askedAt = performance.now();
      }
      return current;
    },
  });
  const sync = createIndexSync({ db, store: qdrant, denseModel, log });
  return {
    ...parts,
    search: fallback.search,
    async tend() {
      await sync();
    },
    outside: async () => ({
      points: await qdrant.count().catch(() => null),
      fallback: fallback.state().reason === null ? null : 'searches are answered by the embedded index',
    }),
  };
}
