/** Time as the product sees it. Expiry and claims are judged by database time, never by this. */
export interface Clock {
  /** Wall clock, for records and schedules. */
  now(): Date;
  /** Milliseconds that never run backwards, for durations and limits. */
  monotonicMs(): number;
}
