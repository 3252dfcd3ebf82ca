import { AppError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import type { Db, SearchIndex } from '../db.ts';
import type { VectorStore } from '../ports/vector-store.ts';
import { claimIndex, type IndexClaim } from './index-claim.ts';
import { countChunks, type FeedMark } from './index-feed.ts';
import { fillIndex, followIndex } from './index-fill.ts';
import { manualIndex, readIndexSettings, renewIndexSettings, reviseIndexSettings } from './index-settings.ts';

export interface SyncOptions {
  readonly db: Db;
  /** The index outside the record. */
  readonly store: VectorStore;
  readonly denseModel: string | null;
  readonly log: Logger;
}

/** How old the last proof may be before an index outside the record counts as behind. */
export const currentWithinSeconds = 30;
const reviseEveryMs = 30_000;
const followEveryMs = 5_000;

/** Says in the record what the index holds now. */
async function note(db: Db, data: Partial<Pick<SearchIndex, 'collection' | 'filledWith'>> & FeedMark): Promise<void> {
  await db.$transaction(async (tx) => {
    await tx.searchIndex.update({ where: { name: manualIndex }, data });
    await tx.$executeRaw`update "SearchIndex" set "followedAt" = now() where name = ${manualIndex}`;
  });
}

/**
 * Fills another index and puts it in use; searches are answered from the old one, which is followed meanwhile. Needs the claim.
 * Nothing is lost when it stops halfway: the draft is dropped by the next one that begins.
 */
async function fillAnother(
  { db, store, log }: SyncOptions,
  claim: IndexClaim,
  settings: SearchIndex,
  onProgress: (points: number) => void,
): Promise<number> {
  const begun = performance.now();
  const old = await store.describe();
  let followed = performance.now();
  let state: FeedMark = settings;
  const draft = await store.begin({ denseSize: settings.denseSize });
  let points = 0;
  const mark = await fillIndex(db, draft, settings, async (written) => {
    points = written;
    onProgress(written);
    if (performance.now() - followed < followEveryMs) return;
    followed = performance.now();
    if (!(await claim.renew()))
      throw new AppError('CONFLICT', 'Another process fills the search index now.', { retryable: true });
    if (old === null || old.name !== settings.collection) return;
    // The old index may hold embeddings of another length: it goes on with the terms alone.
    state = await followIndex(
      db,
      store,
      old.denseSize === settings.denseSize ? settings : { ...settings, denseSize: null, denseModel: null },
      state,
    );
    await note(db, { manualSeq: state.manualSeq, chunkSeq: state.chunkSeq });
  });
  await draft.use();
  await note(db, { ...mark, collection: draft.name, filledWith: settings.generation });
  log.info(
    { index: draft.name, points, tookMs: Math.round(performance.now() - begun) },
    'the search index was filled and is in use',
  );
  return points;
}

/** Fills the index again from the record whatever state it is in. Answers the number of points. */
export async function rebuildIndex(
  options: SyncOptions,
  onProgress: (points: number) => void = () => undefined,
  waitMs = 90_000,
): Promise<number> {
  const { db, denseModel } = options;
  await readIndexSettings(db, denseModel);
  const deadline = performance.now() + waitMs;
  let claim = await claimIndex(db);
  while (claim === null) {
    if (performance.now() > deadline)
      throw new AppError('CONFLICT', 'Another process is filling the search index. Try again when it is done.');
    await new Promise((resolve) => setTimeout(resolve, 500));
    claim = await claimIndex(db);
  }
  try {
    return await fillAnother(options, claim, await renewIndexSettings(db, denseModel), onProgress);
  } finally {
    await claim.release();
  }
}

/** One look of the worker at the index outside the record. */
export type SyncOutcome = 'followed' | 'filled' | 'busy';

/**
 * Keeps the index outside the record like the record. What happened while it was away is caught up by its mark, an index that was
 * lost, emptied or made with other settings is filled again, and one whose number of points is wrong without a reason as well.
 */
export function createIndexSync(options: SyncOptions): () => Promise<SyncOutcome> {
  const { db, store, denseModel, log } = options;
  let revisedAt = Number.NEGATIVE_INFINITY;
  let revisedMark: FeedMark | null = null;

  const needsFilling = async (settings: SearchIndex): Promise<string | null> => {
    const found = await store.describe();
    if (found === null) return 'there is no index';
    if (found.name !== settings.collection) return 'it is not the index that was filled last';
    if (settings.filledWith !== settings.generation) return 'vectors are made differently now';
    if (found.denseSize !== settings.denseSize) return 'embeddings have another length';
    return null;
  };
  const countsDiffer = async (): Promise<boolean> => {
    const [kept, wanted] = [await store.count(), await countChunks(db)];
    if (kept !== wanted) log.warn({ kept, wanted }, 'the search index has another number of points than the record');
    return kept !== wanted;
  };

  return async () => {
    let settings = await readIndexSettings(db, denseModel);
    const claim = await claimIndex(db);
    if (claim === null) return 'busy';
    try {
      const due = performance.now() - revisedAt > reviseEveryMs;
      const moved = revisedMark?.manualSeq !== settings.manualSeq || revisedMark.chunkSeq !== settings.chunkSeq;
      if (due && moved) {
        settings = await reviseIndexSettings(db, denseModel);
        revisedMark = { manualSeq: settings.manualSeq, chunkSeq: settings.chunkSeq };
      }
      let reason = await needsFilling(settings);
      if (reason === null) {
        const mark = await followIndex(db, store, settings, settings);
        await note(db, { manualSeq: mark.manualSeq, chunkSeq: mark.chunkSeq });
        const unmoved = mark.manualSeq === settings.manualSeq && mark.chunkSeq === settings.chunkSeq;
        if (due && unmoved && (await countsDiffer())) reason = 'the number of points is wrong';
      }
      if (due) revisedAt = performance.now();
      if (reason === null) return 'followed';
      log.info({ reason }, 'the search index is filled from the record');
      await fillAnother(options, claim, settings, () => undefined);
      return 'filled';
    } finally {
      await claim.release();
    }
  };
}

/** Whether the index outside the record was seen to be up to date a moment ago. */
export async function isIndexCurrent(db: Db): Promise<boolean> {
  const [row] = await db.$queryRaw<{ current: boolean }[]>`
    select coalesce("followedAt" > now() - make_interval(secs => ${currentWithinSeconds}), false) as current
    from "SearchIndex" where name = ${manualIndex}`;
  return row?.current ?? false;
}

/** An index that was restored from a copy answers at once; every manual is then compared with the record again. */
export async function noteRestoredIndex(db: Db, collection: string, denseModel: string | null): Promise<void> {
  const { generation } = await readIndexSettings(db, denseModel);
  await db.searchIndex.update({
    where: { name: manualIndex },
    data: { collection, filledWith: generation, manualSeq: 0n, chunkSeq: 0n },
  });
}
