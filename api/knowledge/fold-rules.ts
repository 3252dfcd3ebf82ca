/** A chunk that was chosen, with what is needed to put chunks together. */
export interface FoldChunk {
  readonly id: string;
  readonly manualId: string;
  readonly code: string;
  readonly seq: number;
  readonly final: number;
  /** Its terms, to see whether two say the same. */
  readonly terms: Readonly<Record<string, number>>;
}

/** One passage: a chunk and the neighbours that belong to it, in the manual's order. */
export interface Folded<C extends FoldChunk> {
  readonly best: C;
  readonly chunks: readonly C[];
  /** Codes of other manuals that say nearly the same. */
  readonly alsoIn: readonly string[];
}

const mostNeighbours = 3;
/** A neighbour with less of the best one's score is about something else. */
const neighbourShare = 0.6;
/** Share of common terms from which two chunks are one text. */
const sameText = 0.85;

/**
 * Passages from chunks in their order: direct neighbours that both answer become one passage, and a text that is nearly the same as one
 * before it is only named there.
 */
export function foldChunks<C extends FoldChunk>(chunks: readonly C[], limit: number): Folded<C>[] {
  const passages: { best: C; chunks: C[]; alsoIn: string[] }[] = [];
  for (const chunk of chunks) {
    const beside = passages.find(
      (one) =>
        one.best.manualId === chunk.manualId &&
        one.chunks.length < mostNeighbours &&
        chunk.final >= neighbourShare * one.best.final &&
        one.chunks.some((other) => Math.abs(other.seq - chunk.seq) === 1),
    );
    if (beside !== undefined) {
      beside.chunks.push(chunk);
      continue;
    }
    if (passages.length >= limit) continue;
    const twin = passages.find((one) => similarity(one.best.terms, chunk.terms) >= sameText);
    if (twin !== undefined) {
      if (twin.best.code !== chunk.code && !twin.alsoIn.includes(chunk.code)) twin.alsoIn.push(chunk.code);
      continue;
    }
    passages.push({ best: chunk, chunks: [chunk], alsoIn: [] });
  }
  return passages.map((one) => ({ ...one, chunks: one.chunks.toSorted((a, b) => a.seq - b.seq) }));
}

/** Share of the terms of both that they have in common. */
function similarity(one: Readonly<Record<string, number>>, other: Readonly<Record<string, number>>): number {
  const [few, many] = Object.keys(one).length <= Object.keys(other).length ? [one, other] : [other, one];
  const size = Object.keys(few).length;
  const more = Object.keys(many).length;
  if (size === 0 || size < sameText * more) return 0;
  let common = 0;
  for (const term in few) if (Object.hasOwn(many, term)) common++;
  return common / (size + more - common);
}
