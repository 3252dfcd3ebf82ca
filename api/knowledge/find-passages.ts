import type { Db, Locale, ManualVisibility } from '../db.ts';
import type { ManualPassage } from '../ports/manual-library.ts';
import { type ManualReader, maySee } from './visibility-rules.ts';

/** What is looked for, and how far the one who looks may see. */
export interface PassageQuery {
  readonly words: string;
  readonly limit: number;
  readonly reader: ManualReader;
  readonly locale?: Locale | null;
  /** Name of a system: manuals that name others are left out. */
  readonly system?: string | null;
}

/** What the search found, best first. */
export interface SearchResult {
  readonly passages: readonly ManualPassage[];
  /** False: nothing answers; what is given is only the nearest. */
  readonly answered: boolean;
  readonly semantic: boolean;
  /** Why the index was not whole, in words for people; null when it was. */
  readonly degraded: string | null;
}

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

export interface FoundPassages extends Omit<SearchResult, 'passages'> {
  readonly passages: readonly FoundPassage[];
  readonly tookMs: number;
}

/** Finds passages with their whole text. */
export type FindPassages = (query: PassageQuery) => Promise<FoundPassages>;

/** A manual without its file. */
export const manualHead = {
  id: true,
  code: true,
  title: true,
  revision: true,
  locale: true,
  revisedAt: true,
  visibility: true,
  team: true,
} as const;

/**
 * Searches and reads what was found from the record. The search filters before it ranks; the rows are asked once more here, so that an
 * index that has not yet heard of a change shows nothing that is hidden by now.
 */
export function createFindPassages(db: Db, search: (query: PassageQuery) => Promise<SearchResult>): FindPassages {
  return async (query) => {
    const begun = performance.now();
    const found = await search(query);
    const passages = await readPassages(db, found.passages, query.reader);
    return { ...found, passages, tookMs: Math.round(performance.now() - begun) };
  };
}

async function readPassages(
  db: Db,
  hits: readonly ManualPassage[],
  reader: ManualReader,
): Promise<readonly FoundPassage[]> {
  if (hits.length === 0) return [];
  const rows = await db.manualChunk.findMany({
    where: {
      OR: hits.map(({ manualId, lineFrom, lineTo }) => ({
        manualId,
        lineFrom: { gte: lineFrom },
        lineTo: { lte: lineTo },
      })),
    },
    omit: { dense: true, sparse: true },
    include: { manual: { select: { ...manualHead, removedAt: true } } },
    orderBy: { seq: 'asc' },
  });
  return hits.flatMap((hit): FoundPassage[] => {
    const own = rows.filter(
      (row) => row.manualId === hit.manualId && row.lineFrom >= hit.lineFrom && row.lineTo <= hit.lineTo,
    );
    const [first] = own;
    if (first === undefined || first.manual.removedAt !== null || !maySee(reader, visibilityOf(first.manual)))
      return [];
    return [
      {
        chunkId: first.id,
        manualId: first.manualId,
        code: first.manual.code,
        title: first.manual.title,
        revision: first.manual.revision,
        locale: first.manual.locale,
        revisedAt: first.manual.revisedAt?.toISOString() ?? null,
        section: first.section,
        sectionPath: first.sectionPath,
        page: first.page,
        lineFrom: first.lineFrom,
        lineTo: own.at(-1)?.lineTo ?? first.lineTo,
        text: own.map((row) => row.text).join('\n\n'),
        score: hit.score,
      },
    ];
  });
}

const visibilityOf = ({ visibility, team }: { visibility: ManualVisibility; team: string | null }) => ({
  visibility,
  team,
});
