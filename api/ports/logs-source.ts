import type { LogSource } from './source-registry.ts';

export interface LogLine {
  /** Unix milliseconds; null when neither the line nor one before it has a time. */
  readonly at: number | null;
  /** Without secrets, at most 2,000 characters. */
  readonly text: string;
}

/** Lines of a time range, oldest first. */
export interface LogReading {
  readonly lines: readonly LogLine[];
  /** True when there were more lines than were read; the newest are kept. */
  readonly cut: boolean;
  readonly from: string;
}

/**
 * Reads logs where a system keeps them. Errors are AppError: NOT_CONFIGURED (no Loki, no log folder), UPSTREAM_REJECTED (a selector Loki refuses, a
 * path outside the folder), UPSTREAM_UNAVAILABLE. An empty list is an answer. May be called twice without harm.
 */
export interface LogsSource {
  query(
    source: LogSource,
    range: { readonly from: Date; readonly to: Date; readonly limit: number; readonly contains?: string },
    signal: AbortSignal,
  ): Promise<LogReading>;
}
