import { z } from 'zod';
import { clip } from '../../lib/text.ts';
import type { Db, Manual, ManualChunk } from '../db.ts';
import type { ManualPassage } from '../ports/manual-library.ts';
import { scoreAll } from './sparse-rules.ts';

const sparseSchema = z.object({ terms: z.record(z.string(), z.number()), length: z.number() });
/** Below this share of a query's weight a passage answers another question. */
const leastScore = 0.35;

/** What is looked for. */
export interface ManualQuery {
  readonly words: string;
  readonly limit: number;
  readonly locale?: 'KO' | 'EN' | null;
  /** Name of a system: manuals that name others are left out. */
  readonly system?: string | null;
}

/** A chunk as people are shown it. */
export function passageOf(manual: ManualHead, chunk: ManualChunk, score: number): ManualPassage {
  return {
    manualId: manual.id,
    code: manual.code,
    title: manual.title,
    revision: manual.revision,
    revisedAt: manual.revisedAt?.toISOString() ?? null,
    section: chunk.section,
    page: chunk.page,
    lineFrom: chunk.lineFrom,
    lineTo: chunk.lineTo,
    quote: clip(chunk.text.replace(/\s+/g, ' '), 300),
    score: Math.round(score * 1_000) / 1_000,
  };
}
export type ManualHead = Pick<Manual, 'id' | 'code' | 'title' | 'revision' | 'revisedAt' | 'systemNames'>;

/** The best passages of all manuals for these words, best first; an empty list is an answer. */
export async function searchManuals(db: Db, query: ManualQuery): Promise<readonly ManualPassage[]> {
  const manuals = await db.manual.findMany({
    where: { status: 'READY', visibility: 'EVERYONE', ...(query.locale ? { locale: query.locale } : {}) },
    omit: { bytes: true },
    include: { chunks: { orderBy: { seq: 'asc' } } },
    orderBy: { code: 'asc' },
  });
  const rows = manuals.flatMap((manual) =>
    manual.chunks.map((chunk) => ({ manual, chunk, sparse: sparseSchema.parse(chunk.sparse) })),
  );
  const scores = scoreAll(
    query.words,
    rows.map((row) => row.sparse),
  );
  return rows
    .map((row, index) => ({ ...row, score: scores[index] ?? 0 }))
    .filter(({ manual, score }) => score >= leastScore && concerns(manual, query.system))
    .sort((one, other) => other.score - one.score || (one.chunk.id < other.chunk.id ? -1 : 1))
    .slice(0, Math.max(0, query.limit))
    .map(({ manual, chunk, score }) => passageOf(manual, chunk, score));
}

const concerns = (manual: ManualHead, system: string | null | undefined): boolean =>
  !system || manual.systemNames.length === 0 || manual.systemNames.includes(system);
