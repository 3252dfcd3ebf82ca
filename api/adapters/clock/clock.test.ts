import { describe, expect, it } from 'vitest';
import { until } from '../../../test/support/until.ts';
import { clockContract } from './contract.ts';
import { createManualClock } from './manual.ts';
import { createSystemClock } from './system.ts';

describe('system clock', () => {
  clockContract(() => {
    const clock = createSystemClock();
    const begun = clock.monotonicMs();
    return {
      clock,
      pass: async () => void (await until(() => clock.monotonicMs() > begun + 5, { what: 'five milliseconds' })),
    };
  });
});

describe('manual clock', () => {
  clockContract(() => {
    const clock = createManualClock();
    return { clock, pass: () => clock.advance(5) };
  });

  it('setting the wall clock back leaves durations alone', () => {
    const clock = createManualClock(new Date('2026-03-01T00:00:00Z'));
    clock.advance(1_000);

    clock.setNow(new Date('2026-01-01T00:00:00Z'));

    expect(clock.now().toISOString()).toBe('2026-01-01T00:00:00.000Z');
    expect(clock.monotonicMs()).toBe(1_000);
  });
});
