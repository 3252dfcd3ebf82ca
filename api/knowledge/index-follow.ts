import type { Logger } from '../../lib/log.ts';
import type { Db, SearchIndex } from '../db.ts';
import type { PointAnswer, PointSearch, VectorStore } from '../ports/vector-store.ts';
import type { FeedMark } from './index-feed.ts';
import { countChunks } from './index-feed.ts';
import { fillIndex, followIndex } from './index-fill.ts';
import { readIndexSettings } from './index-settings.ts';

/** The embedded index of this process, kept like the record. */
export interface FollowedIndex extends PointSearch {
  /** Looks for changes now. */
  refresh(): Promise<void>;
  /** Compares the number of chunks with the record and fills the index again when they differ without a change to explain it. */
  check(): Promise<void>;
}

export interface FollowOptions {
  readonly db: Db;
  readonly store: VectorStore & { readonly lives: () => number };
  /** The configured embedding model. */
  readonly denseModel: string | null;
  readonly log: Logger;
  /** Age from which a search looks for changes before it answers. */
  readonly staleMs?: number;
  /** How long a search waits for changes that are being read. */
  readonly refreshMs?: number;
  /** How long a search waits for an index that is being filled for the first time. */
  readonly loadMs?: number;
}

/**
 * Fills the store from the record and follows what changes: when woken, and before a search that comes more than a second after the
 * last look. One look runs at a time. While PostgreSQL is away the index answers with what it has.
 */
export function followManuals({ db, store, denseModel, log, ...waits }: FollowOptions): FollowedIndex {
  const { staleMs = 1_000, refreshMs = 500, loadMs = 2_000 } = waits;
  let state: { readonly settings: SearchIndex; readonly mark: FeedMark; readonly life: number } | null = null;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | null = null;
  let again = false;

  const fill = async (settings: SearchIndex): Promise<void> => {
    const begun = performance.now();
    const draft = await store.begin({ denseSize: settings.denseSize });
    const life = store.lives();
    try {
      let points = 0;
      const mark = await fillIndex(db, draft, settings, (written) => {
        points = written;
      });
      await draft.use();
      state = { settings, mark, life };
      log.info({ points, tookMs: Math.round(performance.now() - begun) }, 'the search index is filled');
    } catch (error) {
      await draft.drop().catch(() => undefined);
      throw error;
    }
  };
  const look = async (): Promise<void> => {
    const settings = await readIndexSettings(db, denseModel);
    if (state === null || state.settings.generation !== settings.generation || state.life !== store.lives())
      await fill(settings);
    else state = { ...state, mark: await followIndex(db, store, settings, state.mark) };
    lookedAt = performance.now();
  };
  /** A look that is asked for while one runs is made after it: what woke us may have come too late for that one. */
  const refresh = (): Promise<void> => {
    if (looking !== null) {
      again = true;
      return looking;
    }
    const run = async (): Promise<void> => {
      do {
        again = false;
        await look();
      } while (again);
    };
    looking = run().finally(() => {
      looking = null;
    });
    return looking;
  };
  const bounded = async (work: Promise<void>, ms: number): Promise<boolean> => {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, ms, false);
    });
    const done = work.then(
      () => true,
      (error: unknown) => {
        log.warn({ err: error }, 'the search index could not be brought up to date');
        return false;
      },
    );
    return Promise.race([done, limit]).finally(() => clearTimeout(timer));
  };

  /** A thread that died took the index with it. */
  const isLoaded = (): boolean => state?.life === store.lives();

  return {
    refresh,
    async check() {
      await refresh();
      const before = state?.mark;
      const [kept, wanted] = [await store.count(), await countChunks(db)];
      await refresh();
      if (kept === wanted || before === undefined || state?.mark !== before) return;
      log.warn({ kept, wanted }, 'the search index differs from the record and is filled again');
      state = null;
      await refresh();
    },
    async search(query): Promise<PointAnswer> {
      const isStale = performance.now() - lookedAt > staleMs || !isLoaded();
      const current = isStale ? await bounded(refresh(), isLoaded() ? refreshMs : loadMs) : true;
      if (!isLoaded()) return { hits: [], store: 'embedded', degraded: 'the index is being loaded' };
      const answer = await store.search(query);
      return current ? answer : { ...answer, degraded: 'changes of the last moments may be missing' };
    },
  };
}
