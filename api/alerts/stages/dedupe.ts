import type { Decision } from './decision.ts';

/** What is known about a condition: the same episode, whether a later one exists, and earlier ones that still fire. */
export interface Known {
  readonly same: 'FIRING' | 'RESOLVED' | null;
  readonly laterExists: boolean;
  readonly earlierFiring: number;
}

export type Change =
  /** A new episode fires. */
  | 'fired'
  /** A firing episode has ended. */
  | 'resolved'
  /** An episode not seen before that is already over: its end came first, or a later one has taken its place. */
  | 'over'
  /** Nothing new. */
  | 'none';

/** State follows the episode, not the order of arrival: an ended episode never fires again, an overtaken one is over. */
export function dedupe(status: 'FIRING' | 'RESOLVED', known: Known): Decision<{ readonly change: Change }> {
  if (known.same === null) {
    if (status === 'RESOLVED') return { change: 'over', reason: 'resolved-before-firing' };
    return known.laterExists
      ? { change: 'over', reason: 'overtaken-by-a-later-episode' }
      : { change: 'fired', reason: known.earlierFiring > 0 ? 'new-episode-ends-the-earlier' : 'new-episode' };
  }
  if (known.same === 'FIRING' && status === 'RESOLVED') return { change: 'resolved', reason: 'episode-ended' };
  if (known.same === 'RESOLVED' && status === 'FIRING') return { change: 'none', reason: 'episode-is-over' };
  return { change: 'none', reason: 'repeat' };
}
