import { z } from 'zod';
import { AppError, isAppError } from '../../../../lib/errors.ts';
import type { IndexShape } from '../../../ports/vector-store.ts';
import type { QdrantCalls } from './client.ts';
import { denseVector, sparseVector } from './query.ts';

/** Fields that filters look at; an index on each keeps filtered searches fast. */
const keywordFields = ['manualId', 'code', 'locale', 'systems', 'team', 'visibility'] as const;
const infoSchema = z.object({
  points_count: z.number().nullish(),
  config: z.object({
    params: z.object({ vectors: z.record(z.string(), z.object({ size: z.number() }).catch({ size: 0 })).nullish() }),
  }),
});

/** The collections behind an alias, in order of their numbers. */
export async function collectionsOf(calls: QdrantCalls, alias: string): Promise<readonly string[]> {
  const { collections } = await calls.write((client) => client.getCollections());
  const numberOf = (name: string) => Number(new RegExp(`^${alias}_v(\\d+)$`).exec(name)?.[1] ?? Number.NaN);
  return collections
    .map(({ name }) => name)
    .filter((name) => !Number.isNaN(numberOf(name)))
    .sort((one, other) => numberOf(one) - numberOf(other));
}

/** The name after the last one. */
export const nextName = (alias: string, names: readonly string[]): string =>
  `${alias}_v${Number(names.at(-1)?.slice(alias.length + 2) ?? 0) + 1}`;

/** What the alias points at; null when it does not exist. */
export async function targetOf(calls: QdrantCalls, alias: string): Promise<string | null> {
  const { aliases } = await calls.write((client) => client.getAliases());
  return aliases.find((one) => one.alias_name === alias)?.collection_name ?? null;
}

/** Makes a collection with both vectors and its payload indexes. */
export async function createCollection(calls: QdrantCalls, name: string, { denseSize }: IndexShape): Promise<void> {
  await calls.write(async (client) => {
    try {
      await client.createCollection(name, {
        vectors: denseSize === null ? {} : { [denseVector]: { size: denseSize, distance: 'Cosine' } },
        sparse_vectors: { [sparseVector]: { modifier: 'idf' } },
      });
    } catch (error) {
      // A try before this one may have been carried out and its answer lost.
      if (!(await client.collectionExists(name)).exists) throw error;
    }
  });
  for (const field_name of keywordFields)
    await calls.write((client) => client.createPayloadIndex(name, { field_name, field_schema: 'keyword', wait: true }));
}

/** Points the alias at another collection in one request, so that no search falls between the two, and drops the old ones. */
export async function putInUse(calls: QdrantCalls, alias: string, name: string): Promise<void> {
  const before = await targetOf(calls, alias);
  if (
    before === null &&
    (await calls.write((client) => client.getCollections())).collections.some((one) => one.name === alias)
  )
    throw new AppError(
      'INVALID_STATE',
      `Qdrant has a collection named ${alias} that was not made here. Rename or delete it: the name is used as an alias.`,
    );
  await calls.write((client) =>
    client.updateCollectionAliases({
      actions: [
        ...(before === null ? [] : [{ delete_alias: { alias_name: alias } }]),
        { create_alias: { alias_name: alias, collection_name: name } },
      ],
    }),
  );
  if (before !== null && before !== name) await calls.write((client) => client.deleteCollection(before));
}

/** Shape and size of a collection; null when it is not there. */
export async function describeCollection(calls: QdrantCalls, name: string) {
  try {
    const info = infoSchema.parse(await calls.write((client) => client.getCollection(name)));
    const dense = info.config.params.vectors?.[denseVector];
    return { denseSize: dense === undefined || dense.size === 0 ? null : dense.size, points: info.points_count ?? 0 };
  } catch (error) {
    if (isAppError(error) && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}
