import type { Clock } from '../../ports/clock.ts';

/** The machine's own clocks. */
export function createSystemClock(): Clock {
  return { now: () => new Date(), monotonicMs: () => performance.now() };
}
