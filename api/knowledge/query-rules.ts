import { hangulRun } from './hangul-rules.ts';
import { englishOf, koreanOf, unspaced } from './lexicon-rules.ts';
import { metricWords, splitExpressions } from './promql-rules.ts';
import { oneForm, runsOf, type SparseVector, vectorOf } from './sparse-rules.ts';

/** One term that is looked for, how much it counts, and whether it was said or comes from the glossary. */
export interface QueryTerm {
  readonly term: string;
  readonly weight: number;
  readonly source: 'word' | 'lexicon';
}

/** Longer questions are pasted logs; what matters stands at their beginning. */
const longestQuery = 4_000;
const mostTerms = 300;
const longRun = 5;
const weights = {
  /** A pair of syllables inside a longer word. */
  pair: 0.7,
  /** A pair of a run whose spaces were left out, across the places where it was cut. */
  uncertain: 0.35,
  /** A word of a metric's name in an expression. */
  metric: 0.5,
  /** A meaning from the glossary is weighed by how many there are: n^-0.75 each. */
  meaning: 1,
  korean: 0.5,
};
const hangul = /\p{Script=Hangul}/u;

/** Terms of a question, each once: what is said often counts more, by its logarithm; then what the glossary adds in the other language. */
export function queryTerms(words: string): readonly QueryTerm[] {
  const text = oneForm(words.slice(0, longestQuery));
  const { prose, metrics } = splitExpressions(text);
  const found = new Map<string, QueryTerm>();
  const put = (term: string, weight: number, source: QueryTerm['source']): void => {
    const known = found.get(term);
    if (known === undefined) {
      if (found.size < mostTerms) found.set(term, { term, weight, source });
    } else if (known.weight < weight) found.set(term, { ...known, weight });
  };

  const said = new Map<string, { count: number; weight: number }>();
  for (const run of runsOf(spaced(prose))) {
    const isHangul = hangul.test(run[0] ?? '');
    for (const [at, term] of run.entries()) {
      const one = said.get(term) ?? { count: 0, weight: 0 };
      said.set(term, { count: one.count + 1, weight: Math.max(one.weight, isHangul && at > 0 ? weights.pair : 1) });
    }
  }
  // A long run may have been cut in the wrong places: its own pairs still count a little.
  for (const run of runsOf(prose))
    if ((run[0]?.length ?? 0) >= longRun && hangul.test(run[0] ?? ''))
      for (const pair of run.slice(1)) if (!said.has(pair)) said.set(pair, { count: 1, weight: weights.uncertain });
  for (const [term, { count, weight }] of said) put(term, weight * (1 + Math.log(count)), 'word');
  for (const metric of metrics) for (const term of runsOf(metricWords(metric)).flat()) put(term, weights.metric, 'word');

  const korean = hangul.test(prose);
  for (const { from, meanings } of korean ? englishOf(prose) : koreanOf(prose)) {
    // The key itself is a word of the question that missing spaces had hidden.
    if (korean && from.length > 2) put(from, 1, 'lexicon');
    const each = (korean ? weights.meaning : weights.korean) / meanings.length ** 0.75;
    for (const meaning of meanings) {
      const terms = [...new Set(runsOf(meaning).flat())];
      for (const term of terms) put(term, each / Math.sqrt(terms.length), 'lexicon');
    }
  }
  return [...found.values()];
}

/** The question as the store takes it. */
export function queryVector(terms: readonly QueryTerm[]): SparseVector {
  return vectorOf(terms.map(({ term, weight }) => [term, weight] as const));
}

const afterLatin = /[\p{Script=Latin}\p{Nd}`'"”’)\]]$/u;

/** A text with spaces put where known Korean words meet. */
function spaced(text: string): string {
  return text.replace(hangulRun, (run, at: number) => ` ${unspaced(run, afterLatin.test(text.slice(Math.max(0, at - 2), at))).join(' ')}`);
}
