/** One sentence in both languages, as terms. */
export interface TermPair {
  readonly korean: readonly string[];
  readonly english: readonly string[];
}

/** A Korean term and an English one that may mean the same. */
export interface Association {
  readonly korean: string;
  readonly english: string;
  /** Geometric mean of both directions' translation probabilities. */
  readonly score: number;
}

const rounds = 8;
/** Stands for words that the other language does not say. */
const nothing = '';
const least = { together: 3, forward: 0.08, score: 0.06, dice: 0.03 };

type Table = Map<string, Map<string, number>>;

/** Translation probabilities of IBM model 1: for every source term how likely each target term is its translation, by expectation and maximisation over all pairs. */
function translationTable(pairs: readonly (readonly [readonly string[], readonly string[]])[]): Table {
  let table: Table = new Map();
  for (let round = 0; round <= rounds; round++) {
    const counts: Table = new Map();
    for (const [source, target] of pairs) {
      const from = [...source, nothing];
      for (const to of target) {
        const likely = from.map((one) => (round === 0 ? 1 : (table.get(one)?.get(to) ?? 0)));
        const sum = likely.reduce((total, one) => total + one, 0);
        if (sum === 0) continue;
        for (const [at, one] of from.entries()) {
          const row = counts.get(one) ?? new Map<string, number>();
          row.set(to, (row.get(to) ?? 0) + (likely[at] ?? 0) / sum);
          counts.set(one, row);
        }
      }
    }
    for (const row of counts.values()) {
      const sum = [...row.values()].reduce((total, one) => total + one, 0);
      for (const [to, count] of row) row.set(to, count / sum);
    }
    table = counts;
  }
  return table;
}

/** Terms that translate each other in both directions and stand together more than by chance, the surest first. */
export function associationsOf(pairs: readonly TermPair[]): Association[] {
  const sets = pairs.map(({ korean, english }) => [[...new Set(korean)], [...new Set(english)]] as const);
  const forward = translationTable(sets);
  const backward = translationTable(sets.map(([korean, english]) => [english, korean] as const));
  const often = new Map<string, number>();
  const together = new Map<string, number>();
  const count = (map: Map<string, number>, key: string): void => void map.set(key, (map.get(key) ?? 0) + 1);
  for (const [korean, english] of sets) {
    for (const one of korean) count(often, `k ${one}`);
    for (const one of english) count(often, `e ${one}`);
    for (const one of korean) for (const other of english) count(together, `${one} ${other}`);
  }
  const found: Association[] = [];
  for (const [korean, row] of forward)
    for (const [english, there] of row) {
      const both = together.get(`${korean} ${english}`) ?? 0;
      const back = backward.get(english)?.get(korean) ?? 0;
      const score = Math.sqrt(there * back);
      const dice = (2 * both) / ((often.get(`k ${korean}`) ?? 0) + (often.get(`e ${english}`) ?? 0));
      if (
        korean !== nothing &&
        both >= least.together &&
        there >= least.forward &&
        score >= least.score &&
        dice >= least.dice
      )
        found.push({ korean, english, score });
    }
  return found.sort((one, other) => other.score - one.score);
}
