import type { Clock } from '../../ports/clock.ts';

/** A clock that stands still until it is moved. */
export interface ManualClock extends Clock {
  /** Lets time pass on both clocks. */
  readonly advance: (ms: number) => void;
  /** Sets the wall clock alone, as an operator or a time server does: it may jump back. */
  readonly setNow: (now: Date) => void;
}

/** The twin: time as the test says. */
export function createManualClock(start = new Date('2026-01-01T00:00:00Z')): ManualClock {
  let now = start.getTime();
  let passed = 0;
  return {
    now: () => new Date(now),
    monotonicMs: () => passed,
    advance: (ms) => {
      if (ms < 0) throw new RangeError('monotonic time does not run backwards');
      now += ms;
      passed += ms;
    },
    setNow: (next) => {
      now = next.getTime();
    },
  };
}
