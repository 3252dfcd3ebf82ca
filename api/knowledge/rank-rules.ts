import type { PageLocale, QueryTerm } from './query-rules.ts';

/** A chunk that the store found, and which manual it belongs to. */
export interface RankedHit {
  readonly id: string;
  readonly manualId: string;
  readonly seq: number;
  readonly locale: PageLocale;
  /** The store's score over what its branch of the question could reach: comparable between languages and questions. */
  readonly score: number;
  /** Found by meaning alone: it stands behind everything that shares words with the question. */
  readonly denseOnly: boolean;
}

/** A hit with its final score. */
export interface Ranked extends RankedHit {
  readonly final: number;
}

/** What a page's other chunks add to its best one, measured on the tuning split: more of it prefers long pages over right ones. */
const otherChunks = { share: 0.02, most: 4 };
/** A page's first chunk says what the page is about. */
const firstChunk = 1.05;
/** Pages in the asker's language come first among equals. */
const preferredLocale = 1.1;

/**
 * Chunks in their final order. A chunk carries its page's bonus, so that a page that speaks of the question in several places comes before one that has a single good
 * sentence, and the best chunk of each page comes first.
 */
export function rankHits(hits: readonly RankedHit[], prefer: PageLocale | null): Ranked[] {
  const pages = new Map<string, RankedHit[]>();
  for (const hit of hits) {
    const page = pages.get(hit.manualId);
    if (page === undefined) pages.set(hit.manualId, [hit]);
    else page.push(hit);
  }
  const ranked: Ranked[] = [];
  for (const found of pages.values()) {
    const page = found
      .map((hit) => (hit.seq === 0 && !hit.denseOnly ? { ...hit, score: hit.score * firstChunk } : hit))
      .sort(byScore);
    const bonus = page.slice(1, 1 + otherChunks.most).reduce((sum, one) => sum + one.score * otherChunks.share, 0);
    for (const hit of page)
      ranked.push({
        ...hit,
        final: (hit.score + bonus) * (prefer !== null && hit.locale === prefer ? preferredLocale : 1),
      });
  }
  return ranked.sort(
    (one, other) =>
      Number(one.denseOnly) - Number(other.denseOnly) || other.final - one.final || (one.id < other.id ? -1 : 1),
  );
}

const byScore = (one: RankedHit, other: RankedHit): number => other.score - one.score || (one.id < other.id ? -1 : 1);

/** What a question could reach at most, but for how rare its terms are: a Korean word may be met by its syllables, a concept by one of its meanings. */
export function reachOf(terms: readonly QueryTerm[]): number {
  let words = 0;
  const meanings = new Map<number, number>();
  for (const { weight, source, concept } of terms) {
    if (concept < 0) continue;
    if (source === 'word') words += weight;
    else meanings.set(concept, Math.max(weight, meanings.get(concept) ?? 0));
  }
  return words + [...meanings.values()].reduce((sum, one) => sum + one, 0);
}

/** Share of a question's concepts that a chunk speaks of. */
export function coverageOf(terms: readonly QueryTerm[], has: (term: string) => boolean): number {
  const wanted = new Map<number, number>();
  const met = new Map<number, number>();
  for (const { term, weight, concept } of terms) {
    if (concept < 0) continue;
    wanted.set(concept, Math.max(weight, wanted.get(concept) ?? 0));
    if (has(term)) met.set(concept, Math.max(weight, met.get(concept) ?? 0));
  }
  const total = [...wanted.values()].reduce((sum, one) => sum + one, 0);
  return total === 0 ? 0 : [...met.values()].reduce((sum, one) => sum + one, 0) / total;
}

/** The inverse document frequency of a term that stands in a single chunk of that many: scores of small and large collections compare after division by it. */
export function rarest(chunks: number): number {
  return Math.log((Math.max(2, chunks) - 0.5) / 1.5 + 1);
}
