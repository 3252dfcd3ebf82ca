import { setImmediate as pause } from 'node:timers/promises';
import type { Db } from '../db.ts';
import type { ChunkPoint, ManualPoints } from '../ports/vector-store.ts';
import { type IndexedManual, pointOf, type VectorSettings } from './point-rules.ts';

/** How far somebody has read the changes of manuals and of chunks: both rise in the order of commits. */
export interface FeedMark {
  readonly manualSeq: bigint;
  readonly chunkSeq: bigint;
}

/** The beginning: every manual is new. */
export const feedStart: FeedMark = { manualSeq: 0n, chunkSeq: 0n };

/** What happened after a mark: which manuals have to be read again, and which have nothing to be found any more. */
export interface FeedChanges {
  readonly mark: FeedMark;
  readonly changed: readonly string[];
  readonly gone: readonly string[];
}

const pageChunks = 64;
const pageChunksWithDense = 32;
const manualsAtOnce = 64;
/** Other work of the process waits no longer than about this. */
const sliceMs = 3;

/** Where the changes end now. */
async function readMark(db: Db): Promise<FeedMark> {
  const [row] = await db.$queryRaw<{ manuals: bigint | null; chunks: bigint | null }[]>`
    select (select max("indexSeq") from "Manual") as manuals, (select max("indexSeq") from "ManualChunk") as chunks`;
  return { manualSeq: row?.manuals ?? 0n, chunkSeq: row?.chunks ?? 0n };
}

/** Changes after a mark; the same mark when there are none. The end is read first: what is committed in between is seen twice rather than not at all. */
export async function readChanges(db: Db, since: FeedMark): Promise<FeedChanges> {
  const mark = await readMark(db);
  if (mark.manualSeq === since.manualSeq && mark.chunkSeq === since.chunkSeq)
    return { mark: since, changed: [], gone: [] };
  const rows = await db.$queryRaw<{ id: string; ready: boolean }[]>`
    select m.id::text as id, m.status = 'READY' as ready from "Manual" m
    where m."indexSeq" > ${since.manualSeq}
       or m.id in (select c."manualId" from "ManualChunk" c where c."indexSeq" > ${since.chunkSeq})
    order by m.id`;
  return {
    mark,
    changed: rows.filter(({ ready }) => ready).map(({ id }) => id),
    gone: rows.filter(({ ready }) => !ready).map(({ id }) => id),
  };
}

/** All manuals that are found now. */
export async function readyManuals(db: Db): Promise<readonly string[]> {
  const rows = await db.manual.findMany({ where: { status: 'READY' }, select: { id: true }, orderBy: { id: 'asc' } });
  return rows.map(({ id }) => id);
}

/** Number of chunks that are found now. */
export async function countChunks(db: Db): Promise<number> {
  return db.manualChunk.count({ where: { manual: { status: 'READY' } } });
}

/**
 * The points of these manuals, manual by manual. Rows come in small pages, so that neither memory nor the process is held up by a
 * large one; a manual that went in the meantime has no points.
 */
export async function* readPoints(
  db: Db,
  manualIds: readonly string[],
  settings: VectorSettings,
): AsyncGenerator<ManualPoints> {
  const take = settings.denseSize === null ? pageChunks : pageChunksWithDense;
  for (let from = 0; from < manualIds.length; from += manualsAtOnce) {
    const ids = manualIds.slice(from, from + manualsAtOnce);
    const manuals = new Map((await readHeads(db, ids)).map((manual) => [manual.id, manual]));
    const found = [...manuals.keys()];
    const held: { manualId: string; points: ChunkPoint[] } = { manualId: '', points: [] };
    let last: Place | null = null;
    for (let full = true; full; ) {
      const rows = await readPage(db, found, last, { withDense: settings.denseSize !== null, take });
      let begun = performance.now();
      for (const row of rows) {
        const manual = manuals.get(row.manualId);
        if (manual === undefined) continue;
        if (held.manualId !== row.manualId) {
          if (held.points.length > 0) yield { ...held };
          Object.assign(held, { manualId: row.manualId, points: [] });
        }
        held.points.push(pointOf(manual, { ...row, sparse: JSON.parse(row.sparse) }, settings));
        if (performance.now() - begun > sliceMs) {
          await pause();
          begun = performance.now();
        }
      }
      last = rows.at(-1) ?? last;
      full = rows.length === take;
    }
    if (held.points.length > 0) yield { ...held };
  }
}

interface Place {
  readonly manualId: string;
  readonly seq: number;
}

/** The counts of terms come as text: they are parsed row by row, with room for other work in between. */
interface ChunkRow {
  readonly id: string;
  readonly manualId: string;
  readonly seq: number;
  readonly sparse: string;
  readonly sparseVersion: number;
  readonly denseModel: string | null;
  readonly dense: Uint8Array | null;
}

function readPage(
  db: Db,
  manualIds: string[],
  after: Place | null,
  { withDense, take }: { readonly withDense: boolean; readonly take: number },
): Promise<ChunkRow[]> {
  const from = after ?? { manualId: '00000000-0000-0000-0000-000000000000', seq: -1 };
  return db.$queryRaw<ChunkRow[]>`
    select id::text as id, "manualId"::text as "manualId", seq, sparse::text as sparse, "sparseVersion", "denseModel",
      case when ${withDense} then dense end as dense
    from "ManualChunk"
    where "manualId" = any(${manualIds}::uuid[]) and ("manualId", seq) > (${from.manualId}::uuid, ${from.seq})
    order by "manualId", seq limit ${take}`;
}

function readHeads(db: Db, ids: readonly string[]): Promise<IndexedManual[]> {
  return db.manual.findMany({
    where: { id: { in: [...ids] }, status: 'READY' },
    select: {
      id: true,
      code: true,
      revision: true,
      locale: true,
      systemNames: true,
      team: true,
      visibility: true,
    },
  });
}
