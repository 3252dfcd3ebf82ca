/** How urgent something is, as the record writes it. */
export type Severity = 'CRITICAL' | 'HIGH' | 'WARNING' | 'INFO' | 'UNKNOWN';

const rank: Readonly<Record<Severity, number>> = { INFO: 0, UNKNOWN: 1, WARNING: 2, HIGH: 3, CRITICAL: 4 };

/** The more urgent of two; an unknown one never outranks a warning. */
export function louder(one: Severity, other: Severity): Severity {
  return rank[other] > rank[one] ? other : one;
}
