import type { Schemas } from '@qdrant/js-client-rest';
import { AppError, isAppError } from '../../../../lib/errors.ts';
import type { ChunkPoint, PointWriter, VectorStore } from '../../../ports/vector-store.ts';
import { checkQuery } from '../check.ts';
import { createQdrantCalls, type QdrantCalls, type QdrantOptions } from './client.ts';
import { collectionsOf, createCollection, describeCollection, nextName, putInUse, targetOf } from './collection.ts';
import { denseVector, hitsOf, searchesOf, sparseVector } from './query.ts';

/** Numbers in one request: writing them as JSON must not hold up the process. */
const numbersInARequest = 40_000;

/** The points of one collection family in Qdrant, searched and written by their alias. */
export function createQdrantStore(options: QdrantOptions): VectorStore {
  const alias = options.collection;
  const calls = createQdrantCalls(options);
  return {
    kind: 'qdrant',
    ...createWriter(calls, alias),
    async search(query) {
      checkQuery(query);
      const searches = searchesOf(query);
      if (query.limit < 1 || searches.length === 0) return { hits: [], store: 'qdrant', degraded: null };
      try {
        const answers = await calls.search((client) => client.queryBatch(alias, { searches }));
        return { hits: hitsOf(query, answers), store: 'qdrant', degraded: null };
      } catch (error) {
        if (!isAppError(error) || error.code !== 'NOT_FOUND') throw error;
        throw new AppError('UPSTREAM_UNAVAILABLE', 'Qdrant has no index yet.', { cause: error, retryable: true });
      }
    },
    count: async () => (await calls.search((client) => client.count(alias, { exact: true }))).count,
    async describe() {
      const name = await targetOf(calls, alias);
      const found = name === null ? null : await describeCollection(calls, name);
      return name === null || found === null ? null : { name, ...found };
    },
    async begin(shape) {
      const names = await collectionsOf(calls, alias);
      const inUse = await targetOf(calls, alias);
      for (const left of names) if (left !== inUse) await calls.write((client) => client.deleteCollection(left));
      const name = nextName(alias, names);
      await createCollection(calls, name, shape);
      return {
        name,
        ...createWriter(calls, name),
        use: () => putInUse(calls, alias, name),
        drop: async () => {
          await calls.write((client) => client.deleteCollection(name));
        },
      };
    },
    close: () => Promise.resolve(),
  };
}

function createWriter(calls: QdrantCalls, collection: string): PointWriter {
  const upsert = async (points: readonly ChunkPoint[]): Promise<void> => {
    for (const batch of batches(points))
      await calls.write((client) => client.upsert(collection, { wait: true, points: batch.map(structOf) }));
  };
  const remove = async (filter: Schemas['Filter']): Promise<void> => {
    await calls.write((client) => client.delete(collection, { wait: true, filter }));
  };
  return {
    upsert,
    async putManuals(manuals) {
      for (const { manualId, points } of manuals) {
        await upsert(points);
        await remove({
          must: [{ key: 'manualId', match: { value: manualId } }],
          must_not: [{ has_id: points.map(({ id }) => id) }],
        });
      }
    },
    async removeManuals(manualIds) {
      if (manualIds.length > 0) await remove({ must: [{ key: 'manualId', match: { any: [...manualIds] } }] });
    },
  };
}

/** A point as Qdrant takes it. One without terms has no sparse vector: it would count as a document that lacks every term. */
function structOf({ id, sparse, dense, payload }: ChunkPoint): Schemas['PointStruct'] {
  const { indices, values } = sparse;
  return {
    id,
    vector: {
      ...(indices.length === 0 ? {} : { [sparseVector]: { indices: [...indices], values: [...values] } }),
      ...(dense === null ? {} : { [denseVector]: Array.from(dense) }),
    },
    payload: { ...payload, systems: [...payload.systems] },
  };
}

function* batches(points: readonly ChunkPoint[]): Generator<readonly ChunkPoint[]> {
  let held: ChunkPoint[] = [];
  let numbers = 0;
  for (const point of points) {
    const size = point.sparse.indices.length * 2 + (point.dense?.length ?? 0);
    if (held.length > 0 && numbers + size > numbersInARequest) {
      yield held;
      held = [];
      numbers = 0;
    }
    held.push(point);
    numbers += size;
  }
  if (held.length > 0) yield held;
}
