/** How a system was seen. Slow is still well. */
export type Seen = 'HEALTHY' | 'SLOW' | 'UNHEALTHY' | 'UNKNOWN';

/** Health over time: the last state, how many readings in a row were well or ill, and since when. */
export interface Health {
  readonly state: Seen;
  readonly streak: number;
  readonly since: Date | null;
}

/** One failed reading alarms nobody. */
export const illReadings = 2;

/** Health after one more reading. A streak counts readings that are all well or all ill. */
export function nextHealth(before: Health, seen: Exclude<Seen, 'UNKNOWN'>, at: Date): Health {
  const same = before.state !== 'UNKNOWN' && isIll(before.state) === isIll(seen);
  return same && before.since !== null
    ? { state: seen, streak: before.streak + 1, since: before.since }
    : { state: seen, streak: 1, since: at };
}

/** What the alert of this system should be: firing since then, over, or left as it is. */
export function wantedAlert(
  health: Health,
  firingSince: Date | null,
):
  | { readonly alert: 'fire'; readonly startsAt: Date }
  | { readonly alert: 'resolve'; readonly startsAt: Date }
  | { readonly alert: 'leave' } {
  if (isIll(health.state)) {
    const alarmed = health.streak >= illReadings && health.since !== null;
    // Ill since after the alert began: it was well in between, and this is a new episode.
    const isNew = health.since !== null && (firingSince === null || health.since.getTime() > firingSince.getTime());
    return alarmed && health.since !== null && isNew ? { alert: 'fire', startsAt: health.since } : { alert: 'leave' };
  }
  if (health.state === 'UNKNOWN' || firingSince === null) return { alert: 'leave' };
  return { alert: 'resolve', startsAt: firingSince };
}

function isIll(state: Seen): boolean {
  return state === 'UNHEALTHY';
}
