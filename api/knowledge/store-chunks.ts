import { newId } from '../../lib/ids.ts';
import { type ManualChunk, Prisma, type Tx } from '../db.ts';
import type { PreparedChunk } from './parse/prepare.ts';
import { indexVersion } from './sparse-rules.ts';

/** Rows in one insert: a few megabytes at most. */
const rowsAtOnce = 500;

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

/**
 * One statement a batch, with the rows as one JSON value: the client would compile a statement anew for every number of rows. The
 * newest vector of the same words, wherever they stand, is copied without leaving the database.
 */
async function insertChunks(tx: Tx, manualId: string, rows: readonly NewChunk[]): Promise<void> {
  for (let at = 0; at < rows.length; at += rowsAtOnce) {
    const batch = rows.slice(at, at + rowsAtOnce).map(({ chunk, seq }) => ({ id: newId(), seq, ...columnsOf(chunk) }));
    await tx.$executeRaw(Prisma.sql`
      insert into "ManualChunk" ("id", "manualId", "seq", "section", "sectionPath", "kind", "page", "lineFrom", "lineTo", "text",
        "tokens", "hash", "sparse", "sparseVersion", "dense", "denseModel")
      select r."id", ${manualId}::uuid, r."seq", r."section",
        array(select p."heading" from jsonb_array_elements_text(r."sectionPath") with ordinality p("heading", "place") order by p."place"),
        r."kind", r."page", r."lineFrom", r."lineTo", r."text", r."tokens", r."hash", r."sparse", r."sparseVersion",
        v."dense", v."denseModel"
      from jsonb_to_recordset(${JSON.stringify(batch)}::jsonb) r("id" uuid, "seq" int, "section" text, "sectionPath" jsonb,
        "kind" text, "page" int, "lineFrom" int, "lineTo" int, "text" text, "tokens" int, "hash" text, "sparse" jsonb,
        "sparseVersion" int)
      left join lateral (
        select c."dense", c."denseModel" from "ManualChunk" c
        where c."hash" = r."hash" and c."dense" is not null and c."denseModel" is not null
        order by c."indexSeq" desc limit 1) v on true
      order by r."seq"`);
  }
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
