import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { AppError } from '../../lib/errors.ts';
import { defineReadTool } from './tool.ts';

const args = z.strictObject({
  title: z.string().min(1).max(120),
  query: z.string().min(1).max(2_000),
  /** Asks again until something comes back or this much time has passed; for the check after a change. */
  waitMs: z.number().int().min(0).max(15_000),
});

/** What a query answered at one moment. */
export type MetricReading = {
  readonly query: string;
  readonly value: number | null;
  readonly series: { readonly labels: Record<string, string>; readonly value: number | null }[];
};

const shownSeries = 20;
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** One PromQL query at this moment. An empty result is `no_data`, which is an answer. */
export const metricsQuery = defineReadTool<z.infer<typeof args>, MetricReading>({
  name: 'metrics.query',
  args,
  timeoutMs: 30_000,
  run: async ({ title, query, waitMs }, ports, signal) => {
    const { metrics } = ports;
    if (metrics === null) throw new AppError('NOT_CONFIGURED', 'Prometheus is not configured.');
    const until = performance.now() + waitMs;
    for (;;) {
      const samples = await metrics.instant(query, signal);
      const first = samples[0];
      if (first === undefined && performance.now() < until) {
        await pause(1_000, undefined, { signal });
        continue;
      }
      const shown = samples.slice(0, 5).map((one) => `${label(one.labels)}${one.value}`);
      const left = samples.length - shown.length;
      return {
        outcome: first === undefined ? 'no_data' : 'success',
        kind: 'metric',
        title,
        asked: query,
        summary:
          first === undefined ? `${title}: no series` : `${title}: ${shown.join(', ')}${left > 0 ? `, +${left}` : ''}`,
        url: metrics.linkFor(query),
        data: {
          query,
          value: first === undefined ? null : finite(first.value),
          series: samples.slice(0, shownSeries).map((one) => ({ labels: { ...one.labels }, value: finite(one.value) })),
        },
      };
    }
  },
});

function label(labels: Readonly<Record<string, string>>): string {
  const name = labels.instance ?? labels.pod ?? labels.job;
  return name === undefined ? '' : `${name} `;
}

/** `up{…}` for the labels of a system: whether Prometheus reaches it. */
export function upQuery(labels: Readonly<Record<string, string>>): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `up{${parts.join(',')}}`;
}
