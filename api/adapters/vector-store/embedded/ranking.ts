/** The best `limit` slots by falling score, equal scores by rising id: a heap whose worst entry is on top. */
export interface Ranking {
  offer(slot: number, score: number): void;
  /** Empties it, best first. */
  take(): { readonly slot: number; readonly score: number }[];
}

/** `isBefore(a, b)` tells whether slot a has the smaller id. */
export function createRanking(limit: number, isBefore: (one: number, other: number) => boolean): Ranking {
  const slots: number[] = [];
  const scores: number[] = [];
  const worse = (a: number, b: number): boolean => {
    const [one, other] = [scores[a] ?? 0, scores[b] ?? 0];
    return one === other ? isBefore(slots[b] ?? 0, slots[a] ?? 0) : one < other;
  };
  const swap = (a: number, b: number): void => {
    [slots[a], slots[b]] = [slots[b] ?? 0, slots[a] ?? 0];
    [scores[a], scores[b]] = [scores[b] ?? 0, scores[a] ?? 0];
  };
  const sink = (from: number): void => {
    for (let at = from; ; ) {
      const left = at * 2 + 1;
      let least = at;
      if (left < slots.length && worse(left, least)) least = left;
      if (left + 1 < slots.length && worse(left + 1, least)) least = left + 1;
      if (least === at) return;
      swap(at, least);
      at = least;
    }
  };
  return {
    offer(slot, score) {
      if (slots.length < limit) {
        slots.push(slot);
        scores.push(score);
        for (let at = slots.length - 1; at > 0; ) {
          const parent = (at - 1) >> 1;
          if (!worse(at, parent)) return;
          swap(at, parent);
          at = parent;
        }
        return;
      }
      const worst = scores[0];
      if (worst === undefined || score < worst) return;
      if (score === worst && !isBefore(slot, slots[0] ?? 0)) return;
      slots[0] = slot;
      scores[0] = score;
      sink(0);
    },
    take() {
      const [taken, taking] = [slots.splice(0), scores.splice(0)];
      return taken
        .map((slot, index) => ({ slot, score: taking[index] ?? 0 }))
        .sort((one, other) => other.score - one.score || (isBefore(one.slot, other.slot) ? -1 : 1));
    },
  };
}
