/** What speaks for a passage as an answer. */
export interface AnswerSigns {
  /** Score of the best chunk over what the question could reach in a collection of this size. */
  readonly score: number;
  /** Share of the question's concepts the best chunk speaks of. */
  readonly coverage: number;
  /** Whether the glossary carried the question into the passage's language. */
  readonly translated: boolean;
}

/**
 * Logistic regression on the tuning split (`npm run eval -- confidence` fits it again): alerts and questions with their page in the collection, against the same
 * without it, alerts of services no page is about, and sentences about something else. Translated questions reach lower scores, so they have their own.
 */
const fitted = {
  said: { score: 4.6, coverage: 3.36, bias: 2.04 },
  translated: { score: 1.8, coverage: 4.4, bias: -0.09 },
};
/** From here on a passage counts as an answer. */
export const answeredFrom = 0.5;

/** How likely it is that the best passage answers, from 0 to 1. */
export function confidenceOf({ score, coverage, translated }: AnswerSigns): number {
  if (!(score > 0)) return 0;
  const weights = translated ? fitted.translated : fitted.said;
  return 1 / (1 + Math.exp(-(weights.score * Math.log(score) + weights.coverage * coverage + weights.bias)));
}
