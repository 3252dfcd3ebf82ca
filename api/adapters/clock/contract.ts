import { expect, it } from 'vitest';
import type { Clock } from '../../ports/clock.ts';

/** What every clock keeps; `pass` lets some time go by. */
export function clockContract(make: () => { readonly clock: Clock; readonly pass: () => Promise<void> | void }): void {
  it('monotonic time grows with the wall clock and never runs backwards', async () => {
    const { clock, pass } = make();
    const [now, monotonic] = [clock.now().getTime(), clock.monotonicMs()];

    await pass();

    expect(clock.now().getTime()).toBeGreaterThan(now);
    expect(clock.monotonicMs()).toBeGreaterThan(monotonic);
  });

  it('answers a date of its own each time, so that nobody can move the clock by changing one', () => {
    const { clock } = make();

    clock.now().setFullYear(1990);

    expect(clock.now().getFullYear()).toBeGreaterThanOrEqual(2026);
  });
}
