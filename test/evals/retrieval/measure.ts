import { createHash } from 'node:crypto';

/** Which half of a set an entry belongs to: the tuning half may be looked at while rules are made, the other only reported. */
export function halfOf(name: string): 'tuning' | 'held-out' {
  return (createHash('sha256').update(name).digest()[0] ?? 0) % 2 === 0 ? 'tuning' : 'held-out';
}

/** One question's outcome: pages in the order they were found, and which of them are right. */
export interface Outcome {
  readonly found: readonly string[];
  readonly right: ReadonlySet<string>;
}

export type Retrieval = {
  readonly questions: number;
  readonly recallAt1: number;
  readonly recallAt5: number;
  readonly mrr: number;
  readonly ndcgAt10: number;
};

const rounded = (value: number): number => Math.round(value * 1_000) / 1_000;

/** Whether a right page is first, or among five, the mean of 1/position of the first right page, and the discounted gain of ten. */
export function retrievalOf(outcomes: readonly Outcome[]): Retrieval {
  const mean = (value: (one: Outcome) => number): number =>
    rounded(outcomes.reduce((sum, one) => sum + value(one), 0) / Math.max(1, outcomes.length));
  const position = ({ found, right }: Outcome): number => found.findIndex((page) => right.has(page)) + 1;
  return {
    questions: outcomes.length,
    recallAt1: mean((one) => (position(one) === 1 ? 1 : 0)),
    recallAt5: mean((one) => (position(one) > 0 && position(one) <= 5 ? 1 : 0)),
    mrr: mean((one) => (position(one) > 0 ? 1 / position(one) : 0)),
    ndcgAt10: mean(ndcg),
  };
}

function ndcg({ found, right }: Outcome): number {
  const gain = (at: number): number => 1 / Math.log2(at + 2);
  const got = found.slice(0, 10).reduce((sum, page, at) => sum + (right.has(page) ? gain(at) : 0), 0);
  const ideal = Array.from({ length: Math.min(10, right.size) }, (_, at) => gain(at)).reduce(
    (sum, one) => sum + one,
    0,
  );
  return ideal === 0 ? 0 : got / ideal;
}

/** How often an answerable question is surer than one that nothing answers; a tie counts half. */
export function aucOf(answerable: readonly number[], unanswerable: readonly number[]): number {
  let wins = 0;
  for (const one of answerable) for (const other of unanswerable) wins += one > other ? 1 : one === other ? 0.5 : 0;
  return rounded(wins / Math.max(1, answerable.length * unanswerable.length));
}

/** Share of values at or above a limit. */
export const shareFrom = (values: readonly number[], limit: number): number =>
  rounded(values.filter((value) => value >= limit).length / Math.max(1, values.length));
