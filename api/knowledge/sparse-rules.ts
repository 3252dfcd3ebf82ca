import { hangulRun, hangulTerms } from './hangul-rules.ts';
import { latinRun, latinTerms } from './latin-rules.ts';

/** Raised whenever a text would get other terms than before: chunks of an older number are indexed again. */
export const indexVersion = 2;

/** Counts of the terms of one chunk, weighted by field, and their sum; independent of the collection. */
export interface TermCounts {
  readonly terms: Readonly<Record<string, number>>;
  readonly length: number;
}

/** Weights by term number; indices are unsigned 32-bit, rising and unique. */
export interface SparseVector {
  readonly indices: readonly number[];
  readonly values: readonly number[];
}

const otherRun = /[\p{L}\p{N}]+/gu;
const anyRun = new RegExp(`${hangulRun.source}|${latinRun.source}|${otherRun.source}`, 'gu');
const startsHangul = /^\p{Script=Hangul}/u;
const startsLatin = /^[\p{Script=Latin}\p{Nd}]/u;
/** Longer runs are data (hashes, keys), not words. */
const longestRun = 120;

/** One Unicode form for all text: composed Hangul, full-width letters folded to plain ones. */
export function oneForm(text: string): string {
  return text.normalize('NFKC');
}

/**
 * Terms of a text, in its order, with repetitions. Hangul: the stem and the pairs of its syllables, since spacing in chat is unreliable.
 * Latin: the words of a name, stemmed, and the name as a whole.
 */
export function termsOf(text: string): string[] {
  return runsOf(text).flat();
}

/** The terms of each run of a text; the first of a Hangul run is its stem. */
export function runsOf(text: string): string[][] {
  const found: string[][] = [];
  for (const [run] of oneForm(text).matchAll(anyRun)) {
    if (run.length > longestRun) continue;
    if (startsHangul.test(run)) found.push(hangulTerms(run));
    else found.push(startsLatin.test(run) ? latinTerms(run) : [run.toLowerCase()]);
  }
  return found;
}

/** A chunk as it is indexed. */
export interface IndexedText {
  readonly title: string;
  /** Exact names the manual answers to: alerts, its code, error codes. */
  readonly names: readonly string[];
  readonly sectionPath: readonly string[];
  readonly text: string;
}

const fieldWeights = { title: 1, names: 2, sectionPath: 1, text: 1 };

/** Counts of a chunk's terms: those of the manual's names count double, title and headings like the text itself. */
export function documentTerms(chunk: IndexedText): TermCounts {
  const terms = new Map<string, number>();
  let length = 0;
  const add = (text: string, weight: number): void => {
    for (const term of termsOf(text)) {
      terms.set(term, (terms.get(term) ?? 0) + weight);
      length += weight;
    }
  };
  add(chunk.title, fieldWeights.title);
  for (const name of chunk.names) add(name, fieldWeights.names);
  for (const heading of chunk.sectionPath) if (heading !== chunk.title) add(heading, fieldWeights.sectionPath);
  add(chunk.text, fieldWeights.text);
  return { terms: Object.fromEntries(terms), length };
}

/** A term as a number that every process computes alike: FNV-1a, mixed so that short terms spread over all 32 bits. */
export function termIndex(term: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < term.length; at++) {
    hash ^= term.charCodeAt(at);
    hash = Math.imul(hash, 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Fitted on the tuning split (docs/search.md). */
const k1 = 1.6;
const b = 0.75;

/** BM25's term part of a chunk; the inverse document frequency is the store's work. */
export function documentVector(counts: TermCounts, averageLength: number): SparseVector {
  const norm = k1 * (1 - b + (b * counts.length) / (averageLength > 0 ? averageLength : 1));
  return vectorOf(
    Object.entries(counts.terms)
      .filter(([, count]) => count > 0)
      .map(([term, count]) => [term, (count * (k1 + 1)) / (count + norm)]),
  );
}

/** Weighted terms as a vector; weights of terms that share a number are added. */
export function vectorOf(weights: Iterable<readonly [string, number]>): SparseVector {
  const byIndex = new Map<number, number>();
  for (const [term, weight] of weights) {
    const index = termIndex(term);
    byIndex.set(index, (byIndex.get(index) ?? 0) + weight);
  }
  const sorted = [...byIndex].sort(([one], [other]) => one - other);
  return { indices: sorted.map(([index]) => index), values: sorted.map(([, value]) => value) };
}
