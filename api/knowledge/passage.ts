import { clip } from '../../lib/text.ts';
import type { ManualPassage } from '../ports/manual-library.ts';
import type { RecordChunk } from './chunk-reader.ts';
import type { FoldChunk, Folded } from './fold-rules.ts';

/** A passage the search chose: its best chunk, and the neighbours that belong to it. */
export type FoundChunks = Folded<RecordChunk & FoldChunk>;

/** The whole text of a passage. */
export const textOf = ({ chunks }: FoundChunks): string => chunks.map(({ text }) => text).join('\n\n');

/** A manual that nobody revised for this long may be out of date. */
const oldAfterMonths = 12;

/** A chunk by itself as a passage. */
export function alone(chunk: RecordChunk & { readonly terms: FoldChunk['terms'] }, score: number): FoundChunks {
  const best = { ...chunk, final: score };
  return { best, chunks: [best], alsoIn: [] };
}

/** A passage as people are shown it. */
export function passageOf(found: FoundChunks, now: Date): ManualPassage {
  const { best, chunks, alsoIn } = found;
  const oldest = new Date(now);
  oldest.setUTCMonth(oldest.getUTCMonth() - oldAfterMonths);
  return {
    chunkId: best.id,
    chunkIds: chunks.map(({ id }) => id),
    manualId: best.manualId,
    code: best.code,
    title: best.title,
    revision: best.revision,
    revisedAt: best.revisedAt?.toISOString() ?? null,
    section: best.section,
    page: best.page,
    lineFrom: Math.min(...chunks.map(({ lineFrom }) => lineFrom)),
    lineTo: Math.max(...chunks.map(({ lineTo }) => lineTo)),
    quote: clip(textOf(found).replace(/\s+/g, ' '), 300),
    score: Math.round(best.final * 1_000) / 1_000,
    alsoIn,
    isOld: best.revisedAt !== null && best.revisedAt < oldest,
    isSuperseded: best.isSuperseded,
  };
}
