/** What speaks for a passage as an answer. */
export interface AnswerSigns {
  /** Score of the best chunk over the question's reach. */
  readonly score: number;
  /** Share of the question's concepts the best chunk speaks of. */
  readonly coverage: number;
}

/** Fitted on the tuning split: alerts and questions with their page in the collection, against the same without it and alerts of services no page is about. See docs/search.md. */
const fitted = { score: 2.2, coverage: 2, bias: -4.4 };
/** From here on a passage counts as an answer. */
export const answeredFrom = 0.5;

/** How likely it is that the best passage answers, from 0 to 1. */
export function confidenceOf({ score, coverage }: AnswerSigns): number {
  if (!(score > 0)) return 0;
  return 1 / (1 + Math.exp(-(fitted.score * Math.log(score) + fitted.coverage * coverage + fitted.bias)));
}
