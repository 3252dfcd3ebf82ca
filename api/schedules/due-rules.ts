/** A schedule as it is stored. */
export interface DueState {
  readonly nextRunAt: Date | null;
  readonly lastDueAt: Date | null;
  readonly missedRuns: number;
}

/** What a look at one schedule decides: which due time to start, if any, and what to store. */
export interface DueStep {
  readonly start: Date | null;
  readonly state: DueState;
  readonly reason: 'planned' | 'not-due' | 'due' | 'due-while-busy' | 'never-due-again';
}

const mostCounted = 1_000;

/**
 * A schedule that is due starts once, for the latest time it missed; the ones before are counted, not made up for. While its last start
 * still works, the due time is counted as missed. `next` answers the first due time after a moment.
 */
export function nextDueStep(state: DueState, now: Date, busy: boolean, next: (after: Date) => Date | null): DueStep {
  if (state.nextRunAt === null) {
    const nextRunAt = next(now);
    return { start: null, state: { ...state, nextRunAt }, reason: nextRunAt === null ? 'never-due-again' : 'planned' };
  }
  if (state.nextRunAt.getTime() > now.getTime()) return { start: null, state, reason: 'not-due' };
  let due = state.nextRunAt;
  let missed = 0;
  for (let later = next(due); later !== null && later.getTime() <= now.getTime(); later = next(due)) {
    due = later;
    missed += 1;
    if (missed >= mostCounted) {
      due = now;
      break;
    }
  }
  const nextRunAt = next(now);
  return busy
    ? {
        start: null,
        state: { nextRunAt, lastDueAt: state.lastDueAt, missedRuns: state.missedRuns + missed + 1 },
        reason: 'due-while-busy',
      }
    : { start: due, state: { nextRunAt, lastDueAt: due, missedRuns: state.missedRuns + missed }, reason: 'due' };
}
