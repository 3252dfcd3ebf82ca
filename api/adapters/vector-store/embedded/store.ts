import { setImmediate as pause } from 'node:timers/promises';
import type { Logger } from '../../../../lib/log.ts';
import type { ChunkPoint, IndexShape, ManualPoints, PointWriter, VectorStore } from '../../../ports/vector-store.ts';
import { checkDense, checkQuery } from '../check.ts';
import { normalise, type PackedPoints, packPoints, transferOf } from './pack.ts';
import { type IndexThread, startIndexThread } from './thread.ts';

const limitMs = 10_000;
const pointsInAMessage = 256;
/** Packing must not hold up the process: between packs it may do something else. */
const pointsInAPack = 64;

/** The embedded index with what only this one can tell. */
export interface EmbeddedStore extends VectorStore {
  /** Rises when the index was lost with its thread: whoever fills it begins again. */
  readonly lives: () => number;
  /** Ends the thread as a crash would. */
  kill(): Promise<void>;
  /** Waits until the parts of the index are put together, for measurements. */
  settle(): Promise<void>;
}

/**
 * Vectors and ids in the memory of a thread of their own, searched exactly. Nothing is kept on disk: the record fills it again after
 * every start.
 */
export function createEmbeddedStore(options: { readonly log: Logger } & Partial<IndexShape>): EmbeddedStore {
  const thread = startIndexThread({
    limitMs,
    onDeath: (error) => options.log.error({ err: error }, 'the thread of the search index died and is started again'),
  });
  let made = 0;
  let current = { index: made++, denseSize: options.denseSize ?? null, life: -1 };

  /** Opens the index in use when the thread is new. */
  const inUse = async (): Promise<{ readonly index: number; readonly denseSize: number | null }> => {
    if (current.life !== thread.lives()) {
      const opened = current;
      const life = thread.lives();
      await thread.ask<'open'>({ kind: 'open', index: opened.index, denseSize: opened.denseSize });
      opened.life = life;
    }
    return current;
  };

  return {
    kind: 'embedded',
    lives: thread.lives,
    ...createWriter(thread, inUse),
    async search(query) {
      checkQuery(query);
      const { index, denseSize } = await inUse();
      if (query.dense !== null) checkDense(query.dense.length, denseSize);
      const dense = query.dense === null ? null : normalise(query.dense);
      const value = await thread.ask<'search'>({ kind: 'search', index, query: { ...query, dense } });
      return { hits: Array.isArray(value) ? value : [], store: 'embedded', degraded: null };
    },
    async count() {
      return Number(await thread.ask<'count'>({ kind: 'count', index: (await inUse()).index }));
    },
    async describe() {
      const { index, denseSize } = await inUse();
      return {
        name: `memory-${index}`,
        denseSize,
        points: Number(await thread.ask<'count'>({ kind: 'count', index })),
      };
    },
    async begin(shape) {
      const draft = { index: made++, denseSize: shape.denseSize, life: -1 };
      await thread.ask<'open'>({ kind: 'open', index: draft.index, denseSize: draft.denseSize });
      draft.life = thread.lives();
      return {
        name: `memory-${draft.index}`,
        ...createWriter(thread, async () => draft),
        async use() {
          const old = current;
          current = draft;
          await thread.ask<'drop'>({ kind: 'drop', index: old.index });
        },
        async drop() {
          await thread.ask<'drop'>({ kind: 'drop', index: draft.index });
        },
      };
    },
    async settle() {
      await thread.ask<'settle'>({ kind: 'settle', index: (await inUse()).index });
    },
    kill: thread.kill,
    close: thread.close,
  };
}

function createWriter(
  thread: IndexThread,
  target: () => Promise<{ readonly index: number; readonly denseSize: number | null }>,
): PointWriter {
  const put = async (points: readonly ChunkPoint[], manuals: readonly string[] | null): Promise<void> => {
    const { index, denseSize } = await target();
    for (const { dense } of points) if (dense !== null) checkDense(dense.length, denseSize);
    const packs: PackedPoints[] = [];
    for (let from = 0; from < points.length; from += pointsInAPack) {
      if (from > 0) await pause();
      packs.push(packPoints(points.slice(from, from + pointsInAPack), denseSize ?? 0));
    }
    await thread.ask<'put'>({ kind: 'put', index, packs, manuals }, packs.flatMap(transferOf));
  };
  return {
    async upsert(points) {
      for (let from = 0; from < points.length; from += pointsInAMessage)
        await put(points.slice(from, from + pointsInAMessage), null);
    },
    async putManuals(manuals: readonly ManualPoints[]) {
      // A document is replaced by one message, so that no search sees half of it.
      for (const batch of batches(manuals))
        await put(
          batch.flatMap((one) => one.points),
          batch.map((one) => one.manualId),
        );
    },
    async removeManuals(manualIds) {
      const { index } = await target();
      await thread.ask<'remove'>({ kind: 'remove', index, manualIds });
    },
  };
}

/** Documents in groups of about one message. */
function* batches(manuals: readonly ManualPoints[]): Generator<readonly ManualPoints[]> {
  let held: ManualPoints[] = [];
  let points = 0;
  for (const manual of manuals) {
    held.push(manual);
    points += manual.points.length;
    if (points < pointsInAMessage) continue;
    yield held;
    held = [];
    points = 0;
  }
  if (held.length > 0) yield held;
}
