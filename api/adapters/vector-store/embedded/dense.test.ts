import { expect, it } from 'vitest';
import { seededRandom } from '../../../../lib/seeded-random.ts';
import { createDenseRows } from './dense.ts';
import { normalise } from './pack.ts';

const random = seededRandom(7);
const isBefore = (one: number, other: number) => one < other;
const vector = (size: number, around: Float32Array | null = null, spread = 1) =>
  normalise(
    Float32Array.from(
      { length: size },
      (_, i) => (around?.[i] ?? 0) + ((random.below(2_001) - 1_000) / 1_000) * spread,
    ),
  );
const dot = (one: Float32Array, other: Float32Array) => one.reduce((sum, value, i) => sum + value * (other[i] ?? 0), 0);

it.each([
  ['far apart, 3 values', 3, 1],
  ['far apart, 1,536 values', 1_536, 1],
  ['nearer to each other than one byte can tell', 100, 0.002],
])('the passes find the exact best ones: %s', (_what, size, spread) => {
  const rows = createDenseRows(size);
  const centre = vector(size);
  const kept = Array.from({ length: 600 }, () => vector(size, spread === 1 ? null : centre, spread));
  for (const [slot, one] of kept.entries()) rows.add(slot, one);
  const mask = Uint8Array.from(kept, (_one, slot) => (slot % 3 === 0 ? 0 : 1));

  for (let round = 0; round < 3; round++) {
    const query = vector(size, spread === 1 ? null : centre, spread);
    const expected = kept
      .map((one, slot) => ({ slot, score: dot(one, query) }))
      .filter(({ slot }) => mask[slot] === 1)
      .sort((one, other) => other.score - one.score)
      .slice(0, 20);

    const found = rows.search(query, 20, mask, isBefore);

    expect(found).toHaveLength(20);
    for (const [i, { slot, score }] of found.entries()) {
      expect(Math.abs(score - (expected[i]?.score ?? 0))).toBeLessThan(2e-6);
      expect(Math.abs(score - dot(kept[slot] ?? query, query))).toBeLessThan(2e-6);
    }
  }
});

it('rows that went are not found and their place is used again', () => {
  const rows = createDenseRows(2);
  for (let slot = 0; slot < 3_000; slot++) rows.add(slot, normalise(Float32Array.of(1, slot)));
  for (let slot = 0; slot < 2_000; slot++) rows.remove(slot);
  for (let slot = 5_000; slot < 6_000; slot++) rows.add(slot, Float32Array.of(1, 0));

  const found = rows.search(Float32Array.of(1, 0), 2, new Uint8Array(6_000).fill(1), isBefore);

  expect(rows.rows).toBe(2_000);
  expect(found).toEqual([
    { slot: 5_000, score: 1 },
    { slot: 5_001, score: 1 },
  ]);
});
