import { z } from 'zod';
import type { Db } from '../db.ts';
import type { ChunkPlace, ChunkReader } from './search-index.ts';
import { type ManualReader, maySee, visibleWhere } from './visibility-rules.ts';

const countsSchema = z.object({ terms: z.record(z.string(), z.number()) });

/** A manual as far as a passage names it. */
const headOf = {
  id: true,
  code: true,
  title: true,
  revision: true,
  locale: true,
  revisedAt: true,
  status: true,
  systemNames: true,
  visibility: true,
  team: true,
} as const;

/** A chunk of the record with the manual it stands in. */
export interface RecordChunk extends ChunkPlace {
  readonly code: string;
  readonly title: string;
  readonly revision: number;
  readonly revisedAt: Date | null;
  readonly section: string;
  readonly page: number | null;
  readonly lineFrom: number;
  readonly lineTo: number;
  readonly text: string;
  /** A newer revision exists; the index has not heard of it yet. */
  readonly isSuperseded: boolean;
}

/**
 * Reads chunks for one reader. The store filters before it ranks; the record is asked once more here, so that an index that has not yet heard of a change shows nothing that is
 * hidden or removed by now. A chunk of an archived revision is shown, and marked, only when the newest one may be seen too.
 */
export function chunkReader(db: Db, reader: ManualReader): ChunkReader<RecordChunk> {
  const shown = { removedAt: null, status: { in: ['READY' as const, 'ARCHIVED' as const] }, ...visibleWhere(reader) };
  return {
    async places(ids) {
      if (ids.length === 0) return [];
      return db.manualChunk.findMany({
        where: { id: { in: [...ids] }, manual: shown },
        select: { id: true, manualId: true, seq: true },
      });
    },
    async chunks(ids) {
      if (ids.length === 0) return [];
      const rows = await db.manualChunk.findMany({
        where: { id: { in: [...ids] }, manual: shown },
        omit: { dense: true },
        include: { manual: { select: headOf } },
      });
      const archived = rows.flatMap(({ manual }) => (manual.status === 'ARCHIVED' ? [manual.code] : []));
      const newest = new Map(
        archived.length === 0
          ? []
          : (
              await db.manual.findMany({
                where: { code: { in: archived }, status: 'READY', removedAt: null },
                select: headOf,
              })
            ).map((manual) => [manual.code, manual] as const),
      );
      return rows.flatMap(({ manual, sparse, ...row }) => {
        const isSuperseded = manual.status === 'ARCHIVED';
        const now = newest.get(manual.code);
        if (isSuperseded && (now === undefined || !maySee(reader, now))) return [];
        return [
          {
            id: row.id,
            manualId: row.manualId,
            seq: row.seq,
            code: manual.code,
            title: manual.title,
            revision: manual.revision,
            revisedAt: manual.revisedAt,
            section: row.section,
            page: row.page,
            lineFrom: row.lineFrom,
            lineTo: row.lineTo,
            text: row.text,
            terms: countsSchema.safeParse(sparse).data?.terms ?? {},
            isSuperseded,
          },
        ];
      });
    },
  };
}

const sizeHoldsMs = 60_000;

/** Counts the chunks that are found now, at most once a minute. */
export function createCollectionSize(db: Db): () => Promise<number> {
  let known: { readonly at: number; readonly chunks: Promise<number> } | null = null;
  return () => {
    if (known === null || performance.now() - known.at > sizeHoldsMs) {
      const chunks = db.manualChunk.count({ where: { manual: { status: 'READY' } } });
      known = { at: performance.now(), chunks };
      chunks.catch(() => {
        known = null;
      });
    }
    return known.chunks;
  };
}
