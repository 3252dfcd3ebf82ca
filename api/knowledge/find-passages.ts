import type { Db, Locale } from '../db.ts';
import type { ManualPassage } from '../ports/manual-library.ts';
import type { ManualQuery, ManualSearchResult } from './search.ts';
import { type ManualReader, maySee } from './visibility-rules.ts';

/** A passage with everything an answer keeps of it. */
export interface FoundPassage {
  readonly chunkId: string;
  readonly manualId: string;
  readonly code: string;
  readonly title: string;
  readonly revision: number;
  readonly locale: Locale;
  readonly revisedAt: string | null;
  readonly section: string;
  readonly sectionPath: readonly string[];
  readonly page: number | null;
  readonly lineFrom: number;
  readonly lineTo: number;
  readonly text: string;
  readonly score: number;
}

export interface FoundPassages
  extends Pick<ManualSearchResult, 'answered' | 'confidence' | 'semantic' | 'degraded' | 'tookMs'> {
  readonly passages: readonly FoundPassage[];
}

/** Finds passages with their whole text. */
export type FindPassages = (query: ManualQuery) => Promise<FoundPassages>;

const headOf = { code: true, title: true, revision: true, locale: true, revisedAt: true, removedAt: true } as const;

/**
 * Searches and reads what was found from the record. The search filters before it ranks; the rows are asked once more here, so that an
 * index that has not yet heard of a change shows nothing that is hidden by now.
 */
export function createFindPassages(db: Db, search: (query: ManualQuery) => Promise<ManualSearchResult>): FindPassages {
  return async (query) => {
    const found = await search(query);
    return { ...found, passages: await readPassages(db, found.passages, query.reader) };
  };
}

async function readPassages(
  db: Db,
  hits: readonly ManualPassage[],
  reader: ManualReader,
): Promise<readonly FoundPassage[]> {
  if (hits.length === 0) return [];
  const rows = await db.manualChunk.findMany({
    where: { id: { in: hits.flatMap(({ chunkIds }) => [...chunkIds]) } },
    omit: { dense: true, sparse: true },
    include: { manual: { select: { ...headOf, visibility: true, team: true } } },
    orderBy: { seq: 'asc' },
  });
  return hits.flatMap((hit): FoundPassage[] => {
    const own = rows.filter((row) => hit.chunkIds.includes(row.id));
    const best = own.find((row) => row.id === hit.chunkId);
    if (best === undefined || best.manual.removedAt !== null || !maySee(reader, best.manual)) return [];
    return [
      {
        chunkId: best.id,
        manualId: best.manualId,
        code: best.manual.code,
        title: best.manual.title,
        revision: best.manual.revision,
        locale: best.manual.locale,
        revisedAt: best.manual.revisedAt?.toISOString() ?? null,
        section: best.section,
        sectionPath: best.sectionPath,
        page: best.page,
        lineFrom: hit.lineFrom,
        lineTo: hit.lineTo,
        text: own.map((row) => row.text).join('\n\n'),
        score: hit.score,
      },
    ];
  });
}
