import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from './duration.ts';
import { seededRandom } from './seeded-random.ts';

test.each([
  ['PT15M', 900_000],
  ['PT1H30M', 5_400_000],
  ['P1D', 86_400_000],
  ['P1W', 604_800_000],
  ['P1DT2H3M4.5S', 93_784_500],
  ['PT0S', 0],
  ['PT90S', 90_000],
])('%s is %i ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(['', 'P', 'PT', 'P1DT', '15m', 'PT-1M', 'P1M', 'P1Y', 'PT1.5H', 'pt1m', ' PT1M', `P${'9'.repeat(20)}D`])(
  '%j is no duration',
  (text) => {
    expect(parseDuration(text)).toBe(null);
  },
);

test.each([
  [900_000, 'PT15M'],
  [0, 'PT0S'],
  [-5, 'PT0S'],
  [90_061_500, 'P1DT1H1M1.5S'],
  [86_400_000, 'P1D'],
])('%i ms is %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test('formatting and parsing give back the same', () => {
  const random = seededRandom(5);
  for (let i = 0; i < 2_000; i++) {
    const ms = random.below(10 ** (1 + random.below(12)));

    expect(parseDuration(formatDuration(ms))).toBe(ms);
  }
});
