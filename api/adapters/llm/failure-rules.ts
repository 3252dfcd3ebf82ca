import type { LlmFailure } from '../../ports/llm.ts';

/** What is known of a request that failed. */
export interface FailureFacts {
  readonly status: number | null;
  /** The error's own code, for example content_filter or insufficient_quota. */
  readonly code: string | null;
  /** The connection failed, or ended in the middle of the answer. */
  readonly broke: 'connecting' | 'answering' | 'silence' | null;
}

export interface JudgedFailure {
  readonly kind: LlmFailure;
  /** Whether the same request may bring something a moment later. */
  readonly again: boolean;
}

/** What a failure is, and whether it is worth another try. */
export function judgeFailure({ status, code, broke }: FailureFacts): JudgedFailure {
  if (broke === 'silence') return { kind: 'timeout', again: true };
  if (broke === 'answering') return { kind: 'cut', again: true };
  if (broke === 'connecting' || status === null) return { kind: 'unavailable', again: true };
  // A filter refuses the question itself; asking again asks the same.
  if (status === 400 && code === 'content_filter') return { kind: 'filtered', again: false };
  if (status === 429) return { kind: 'rate-limited', again: code !== 'insufficient_quota' };
  if (status === 408 || status === 409 || status >= 500) return { kind: 'unavailable', again: true };
  return { kind: 'rejected', again: false };
}

const firstPauseMs = 500;
const longestPauseMs = 30_000;

/** How long to wait before the next try: as told, else growing and spread by `chance` (0 to 1); null when it is not worth it. */
export function pauseBefore(attempt: number, toldMs: number | null, leftMs: number, chance: number): number | null {
  const own = firstPauseMs * 2 ** (attempt - 1) * (0.75 + chance / 2);
  const pauseMs = Math.round(toldMs ?? own);
  return pauseMs > longestPauseMs || pauseMs >= leftMs ? null : pauseMs;
}

/** One sentence a person may read. */
export const failureWords: Readonly<Record<LlmFailure, string>> = {
  'rate-limited': 'The language model asks to wait longer than this task may.',
  unavailable: 'The language model does not answer now.',
  timeout: 'The language model did not answer in time.',
  cut: 'The answer of the language model broke off each time.',
  rejected: 'The language model refused the request.',
  refused: 'The language model declined to answer.',
  filtered: 'A content filter of the language model took the text.',
  unusable: 'The language model sent no usable answer.',
  busy: 'Too many questions to the language model are waiting.',
};
