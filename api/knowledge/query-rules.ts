import { hangulRun } from './hangul-rules.ts';
import { englishOf, koreanOf, type Meaning, unspaced } from './lexicon-rules.ts';
import { metricWords, splitExpressions } from './promql-rules.ts';
import { oneForm, runsOf, type SparseVector, vectorOf } from './sparse-rules.ts';

/** One term that is looked for. */
export interface QueryTerm {
  readonly term: string;
  readonly weight: number;
  /** Whether it was said, or comes from the glossary. */
  readonly source: 'word' | 'lexicon';
  /** Terms of one concept stand for each other: a Korean word and its syllables, the meanings of a word. -1: of no concept. */
  readonly concept: number;
}

/** Language of the pages that are looked at. */
export type PageLocale = 'KO' | 'EN';

/** Longer questions are pasted logs; what matters stands at their beginning. */
const longestQuery = 3_000;
const mostTerms = 300;
const longRun = 5;
const weights = {
  /** A pair of syllables inside a longer word. */
  pair: 0.7,
  /** A pair of a run whose spaces were left out, across the places where it was cut. */
  uncertain: 0.35,
  /** A word of a metric's name in an expression. */
  metric: 0.5,
  /** A Korean word the glossary does not know, over English pages. */
  unknown: 0.6,
  /** A number or a duration: thresholds and waiting times differ between an alert and its page. */
  number: 0.3,
  /** What the glossary adds for an English word over Korean pages; the other way it counts like a word. */
  korean: 0.5,
};
const hangul = /\p{Script=Hangul}/u;
/** Up to two digits, or a number with a unit of time; longer ones are codes, ports and addresses. */
const number = /^(?:\d{1,2}|\d+(?:s|m|h|d|w|ms))$/;

class Terms {
  readonly #found = new Map<string, QueryTerm>();
  #concepts = 0;

  concept(): number {
    return this.#concepts++;
  }

  put(term: string, weight: number, source: QueryTerm['source'], concept: number): void {
    const known = this.#found.get(term);
    if (known === undefined) {
      if (this.#found.size < mostTerms) this.#found.set(term, { term, weight, source, concept });
    } else if (known.weight < weight) this.#found.set(term, { ...known, weight });
  }

  has(term: string): boolean {
    return this.#found.has(term);
  }

  all(): readonly QueryTerm[] {
    return [...this.#found.values()];
  }
}

/**
 * Terms of a question, each once. Over pages in the question's language only what was said; over pages in the other language the glossary's meanings as well, and then Korean
 * words themselves are left out. Without a language everything is given. What is said often counts more, by its logarithm.
 */
export function queryTerms(words: string, pages?: PageLocale): readonly QueryTerm[] {
  const text = oneForm(words.slice(0, longestQuery));
  const { prose, metrics } = splitExpressions(text);
  const korean = hangul.test(prose);
  const found = new Terms();
  addSaid(found, prose, !(korean && pages === 'EN'));
  for (const metric of metrics)
    for (const term of runsOf(metricWords(metric)).flat()) found.put(term, weights.metric, 'word', found.concept());
  if (korean && pages !== 'KO') {
    const { known, unknown } = englishOf(prose);
    addMeanings(found, known, 1);
    // Nothing on an English page meets them, which says that the question is about more than what was found.
    for (const word of unknown) found.put(word, weights.unknown, 'word', found.concept());
  }
  if (!korean && pages !== 'EN') addMeanings(found, koreanOf(prose), weights.korean);
  return found.all();
}

function addSaid(found: Terms, prose: string, withHangul: boolean): void {
  const said = new Map<string, { count: number; weight: number; concept: number }>();
  for (const run of runsOf(spaced(prose))) {
    const isHangul = hangul.test(run[0] ?? '');
    if (isHangul && !withHangul) continue;
    const word = isHangul ? found.concept() : -1;
    for (const [at, term] of run.entries()) {
      const one = said.get(term) ?? { count: 0, weight: 0, concept: isHangul ? word : found.concept() };
      const own = isHangul && at > 0 ? weights.pair : number.test(term) ? weights.number : 1;
      const weight = Math.max(one.weight, own);
      said.set(term, { count: one.count + 1, weight, concept: one.concept });
    }
  }
  for (const [term, { count, weight, concept }] of said)
    found.put(term, weight * (1 + Math.log(count)), 'word', concept);
  if (!withHangul) return;
  // A long run may have been cut in the wrong places: its own pairs still count a little.
  for (const run of runsOf(prose))
    if ((run[0]?.length ?? 0) >= longRun && hangul.test(run[0] ?? ''))
      for (const pair of run.slice(1)) if (!found.has(pair)) found.put(pair, weights.uncertain, 'word', -1);
}

/** The more meanings a word has, the less each of them counts. */
function addMeanings(found: Terms, meanings: readonly Meaning[], weight: number): void {
  for (const { meanings: words } of meanings) {
    const concept = found.concept();
    const each = weight / words.length ** 0.75;
    for (const word of words) {
      const terms = [...new Set(runsOf(word).flat())];
      for (const term of terms) found.put(term, each / Math.sqrt(terms.length), 'lexicon', concept);
    }
  }
}

const afterLatin = /[\p{Script=Latin}\p{Nd}`'"”’)\]]$/u;

/** A text with spaces put where known Korean words meet. */
function spaced(text: string): string {
  return text.replace(
    hangulRun,
    (run, at: number) => ` ${unspaced(run, afterLatin.test(text.slice(Math.max(0, at - 2), at))).join(' ')}`,
  );
}

/** The question as the store takes it. */
export function queryVector(terms: readonly QueryTerm[]): SparseVector {
  return vectorOf(terms.map(({ term, weight }) => [term, weight] as const));
}
