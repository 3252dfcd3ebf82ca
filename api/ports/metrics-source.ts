export interface MetricSample {
  readonly labels: Readonly<Record<string, string>>;
  /** Unix seconds. */
  readonly at: number;
  readonly value: number;
}
export interface MetricSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly { readonly at: number; readonly value: number }[];
}

/** PromQL against Prometheus. Errors are AppError UPSTREAM_REJECTED (bad query) or UPSTREAM_UNAVAILABLE. An empty list is an answer. */
export interface MetricsSource {
  instant(query: string, signal: AbortSignal): Promise<readonly MetricSample[]>;
  range(
    query: string,
    from: Date,
    to: Date,
    stepSeconds: number,
    signal: AbortSignal,
  ): Promise<readonly MetricSeries[]>;
  /** Address people can open for this query. */
  linkFor(query: string): string;
}
