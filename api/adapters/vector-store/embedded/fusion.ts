/** A hit as the thread answers it. */
export interface EngineHit {
  readonly id: string;
  readonly score: number;
  readonly sparseScore: number | null;
  readonly denseScore: number | null;
}

interface Scored {
  readonly slot: number;
  readonly score: number;
}

/** One list as it is; of two, the sum of 1 / (position + k) over both. Equal sums stand by rising id. */
export function fuse(
  sparse: readonly Scored[] | null,
  dense: readonly Scored[] | null,
  k: number | null,
  limit: number,
  slots: { readonly idOf: (slot: number) => string; readonly isBefore: (one: number, other: number) => boolean },
): EngineHit[] {
  if (sparse === null || dense === null)
    return (sparse ?? dense ?? []).map(({ slot, score }) => ({
      id: slots.idOf(slot),
      score,
      sparseScore: sparse === null ? null : score,
      denseScore: dense === null ? null : score,
    }));
  const fused = new Map<number, { score: number; sparseScore: number | null; denseScore: number | null }>();
  for (const [half, hits] of [
    ['sparseScore', sparse],
    ['denseScore', dense],
  ] as const)
    for (const [position, { slot, score }] of hits.entries()) {
      const entry = fused.get(slot) ?? { score: 0, sparseScore: null, denseScore: null };
      entry.score = Math.fround(entry.score + Math.fround(1 / (position + (k ?? 0))));
      entry[half] = score;
      fused.set(slot, entry);
    }
  return [...fused]
    .sort(([one, a], [other, b]) => b.score - a.score || (slots.isBefore(one, other) ? -1 : 1))
    .slice(0, limit)
    .map(([slot, entry]) => ({ id: slots.idOf(slot), ...entry }));
}
