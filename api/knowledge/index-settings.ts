import type { Db, SearchIndex } from '../db.ts';
import { hasDrifted } from './point-rules.ts';
import { indexVersion } from './sparse-rules.ts';

/** Name of the index of all manuals: the alias in Qdrant, and the key of its row. */
export const manualIndex = 'system_manuals';

/** Used until there is anything to measure. */
const lengthOfNothing = 100;

interface Facts {
  readonly chunks: number;
  readonly meanLength: number | null;
  readonly denseSize: number | null;
}

/** What the collection is like now. Reads the length of every chunk, so it is asked only after changes. */
async function factsOf(db: Db, denseModel: string | null): Promise<Facts> {
  const [all] = await db.$queryRaw<{ chunks: bigint; mean: number | null }[]>`
    select count(*) as chunks, avg((c.sparse->>'length')::float8) as mean
    from "ManualChunk" c join "Manual" m on m.id = c."manualId" where m.status = 'READY'`;
  const [dense] =
    denseModel === null
      ? []
      : await db.$queryRaw<{ size: number }[]>`
          select (octet_length(c.dense) / 4)::int as size from "ManualChunk" c join "Manual" m on m.id = c."manualId"
          where m.status = 'READY' and c."denseModel" = ${denseModel} and c.dense is not null
          order by c."indexSeq" desc limit 1`;
  return { chunks: Number(all?.chunks ?? 0), meanLength: all?.mean ?? null, denseSize: dense?.size ?? null };
}

/**
 * How manuals are indexed now. All processes use one row, so their weights agree. Where the collection has outgrown it (its mean
 * length, the tokeniser, the embedding model), the row becomes the next generation and every index is filled again.
 */
export async function reviseIndexSettings(db: Db, denseModel: string | null): Promise<SearchIndex> {
  const { meanLength, denseSize } = await factsOf(db, denseModel);
  const wanted = {
    indexVersion,
    denseModel: denseSize === null ? null : denseModel,
    denseSize,
  };
  // Several processes may begin at once: the first row stands.
  await db.searchIndex.createMany({
    data: [{ name: manualIndex, averageLength: meanLength ?? lengthOfNothing, ...wanted }],
    skipDuplicates: true,
  });
  const row = await db.searchIndex.findUniqueOrThrow({ where: { name: manualIndex } });
  const isOutgrown =
    row.indexVersion !== wanted.indexVersion ||
    row.denseModel !== wanted.denseModel ||
    row.denseSize !== wanted.denseSize ||
    (meanLength !== null && hasDrifted(row.averageLength, meanLength));
  if (!isOutgrown) return row;
  await db.searchIndex.updateMany({
    where: { name: manualIndex, generation: row.generation },
    data: {
      ...wanted,
      averageLength: meanLength ?? row.averageLength,
      generation: row.generation + 1,
      updatedAt: new Date(),
    },
  });
  return db.searchIndex.findUniqueOrThrow({ where: { name: manualIndex } });
}

/** The row, made when it is missing. */
export async function readIndexSettings(db: Db, denseModel: string | null): Promise<SearchIndex> {
  return (
    (await db.searchIndex.findUnique({ where: { name: manualIndex } })) ?? (await reviseIndexSettings(db, denseModel))
  );
}

/** Makes every process fill its index again. */
export async function renewIndexSettings(db: Db, denseModel: string | null): Promise<SearchIndex> {
  const row = await reviseIndexSettings(db, denseModel);
  return db.searchIndex.update({
    where: { name: manualIndex },
    data: { generation: row.generation + 1, updatedAt: new Date() },
  });
}
