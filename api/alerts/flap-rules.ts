/** When a group counts as flapping, and how long it is held. */
export interface FlapRules {
  /** So many conditions that began again within the time make it flap. */
  readonly restarts: number;
  readonly withinMs: number;
  /** The first hold; each restart during a hold doubles the next one. */
  readonly holdMs: number;
  readonly longestHoldMs: number;
}

const bucketMs = 10_000;
const most = 32;

/**
 * Adds one more restart. Alerts that begin again together count once; only the newest are kept. The result depends on the set of
 * restarts and not on the order in which they became known.
 */
export function withRestart(restarts: readonly number[], at: Date): readonly number[] {
  const bucket = Math.floor(at.getTime() / bucketMs) * bucketMs;
  if (restarts.includes(bucket)) return restarts;
  return [...restarts, bucket].sort((one, other) => one - other).slice(-most);
}

/** Until when a group with these restarts is held, in ms; null when it does not flap. */
export function heldUntil(restarts: readonly number[], rules: FlapRules, now: Date): number | null {
  let until: number | null = null;
  let level = 0;
  for (const at of restarts) {
    // A sender whose clock is ahead must not hold anything for hours.
    if (at > now.getTime() + rules.withinMs) continue;
    if (until !== null && at < until) level += 1;
    else {
      const recent = restarts.filter((one) => one <= at && one > at - rules.withinMs).length;
      level = recent >= rules.restarts ? 1 : 0;
    }
    until = level === 0 ? null : at + Math.min(rules.longestHoldMs, rules.holdMs * 2 ** Math.min(20, level - 1));
  }
  return until;
}
