import { newId } from '../../lib/ids.ts';
import { type ManualChunk, Prisma, type Tx } from '../db.ts';
import type { PreparedChunk } from './parse/prepare.ts';
import { indexVersion } from './sparse-rules.ts';

/** Rows in one insert: well below the number of values a statement may carry. */
const rowsAtOnce = 500;

interface Vector {
  readonly dense: Uint8Array<ArrayBuffer>;
  readonly denseModel: string;
}

/** Writes the chunks of a new revision. A chunk whose words were embedded before takes that vector over. */
export async function storeChunks(tx: Tx, manualId: string, chunks: readonly PreparedChunk[]): Promise<void> {
  await insertChunks(
    tx,
    manualId,
    chunks.map((chunk, seq) => ({ chunk, seq })),
  );
}

interface NewChunk {
  readonly chunk: PreparedChunk;
  readonly seq: number;
}

async function insertChunks(tx: Tx, manualId: string, rows: readonly NewChunk[]): Promise<void> {
  for (let at = 0; at < rows.length; at += rowsAtOnce) {
    const batch = rows.slice(at, at + rowsAtOnce);
    const vectors = await vectorsOf(
      tx,
      batch.map(({ chunk }) => chunk.hash),
    );
    await tx.manualChunk.createMany({
      data: batch.map(({ chunk, seq }) => ({
        id: newId(),
        manualId,
        seq,
        ...columnsOf(chunk),
        dense: vectors.get(chunk.hash)?.dense ?? null,
        denseModel: vectors.get(chunk.hash)?.denseModel ?? null,
      })),
    });
  }
}

/** The newest vectors of these words, wherever they stand. */
async function vectorsOf(tx: Tx, hashes: readonly string[]): Promise<ReadonlyMap<string, Vector>> {
  const rows = await tx.$queryRaw<{ hash: string; dense: Uint8Array<ArrayBuffer>; denseModel: string }[]>(Prisma.sql`
    select distinct on ("hash") "hash", "dense", "denseModel" from "ManualChunk"
    where "hash" = any(${[...hashes]}::text[]) and "dense" is not null and "denseModel" is not null
    order by "hash", "indexSeq" desc`);
  return new Map(rows.map((row) => [row.hash, row]));
}

const columnsOf = (chunk: PreparedChunk) => ({
  section: chunk.section,
  sectionPath: [...chunk.sectionPath],
  kind: chunk.kind,
  page: chunk.page,
  lineFrom: chunk.lineFrom,
  lineTo: chunk.lineTo,
  text: chunk.text,
  tokens: chunk.tokens,
  hash: chunk.hash,
  sparse: { terms: { ...chunk.sparse.terms }, length: chunk.sparse.length },
  sparseVersion: indexVersion,
});

/** Makes the chunks of a revision anew, after its metadata or the rules changed: a chunk with the same words keeps its id and vector. */
export async function replaceChunks(tx: Tx, manualId: string, chunks: readonly PreparedChunk[]): Promise<void> {
  const known = await tx.manualChunk.findMany({ where: { manualId }, orderBy: { seq: 'asc' }, omit: { dense: true } });
  const spare = new Map<string, Omit<ManualChunk, 'dense'>[]>();
  for (const row of known) spare.set(row.hash, [...(spare.get(row.hash) ?? []), row]);
  const kept: { readonly id: string; readonly chunk: PreparedChunk; readonly seq: number }[] = [];
  const made: NewChunk[] = [];
  for (const [seq, chunk] of chunks.entries()) {
    const row = spare.get(chunk.hash)?.shift();
    if (row === undefined) made.push({ chunk, seq });
    else kept.push({ id: row.id, chunk, seq });
  }
  await tx.manualChunk.deleteMany({ where: { manualId, id: { notIn: kept.map((one) => one.id) } } });
  // Places are single in a manual: the kept ones step aside before they take their new ones.
  await tx.$executeRaw`update "ManualChunk" set "seq" = -1 - "seq" where "manualId" = ${manualId}::uuid`;
  for (const { id, chunk, seq } of kept)
    await tx.manualChunk.update({ where: { id }, data: { ...columnsOf(chunk), seq } });
  await tx.$executeRaw`update "ManualChunk" set "indexSeq" = nextval(pg_get_serial_sequence('"ManualChunk"', 'indexSeq'))
    where "manualId" = ${manualId}::uuid`;
  await insertChunks(tx, manualId, made);
}
