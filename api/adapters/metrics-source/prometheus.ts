import { Agent, request } from 'undici';
import { z } from 'zod';
import { AppError } from '../../../lib/errors.ts';
import { redactText } from '../../../lib/redact.ts';
import type { Secret } from '../../../lib/secret.ts';
import type { MetricSample, MetricSeries, MetricsSource } from '../../ports/metrics-source.ts';

/** Where Prometheus answers, and where people open its pages. */
export interface PrometheusOptions {
  readonly url: string;
  readonly publicUrl?: string;
  readonly bearer?: Secret;
  readonly timeoutMs?: number;
}

const replyLimit = 8_000_000;
const point = z.tuple([z.number(), z.string()]);
const labels = z.record(z.string(), z.string());
const vector = z.array(z.object({ metric: labels, value: point }));
const matrix = z.array(z.object({ metric: labels, values: z.array(point) }));
const replySchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('success'),
    data: z.discriminatedUnion('resultType', [
      z.object({ resultType: z.literal('vector'), result: vector }),
      z.object({ resultType: z.literal('matrix'), result: matrix }),
      z.object({ resultType: z.literal('scalar'), result: point }),
      z.object({ resultType: z.literal('string'), result: point }),
    ]),
  }),
  z.object({ status: z.literal('error'), errorType: z.string().optional(), error: z.string() }),
]);

const unavailable = (message: string, cause?: unknown) =>
  new AppError('UPSTREAM_UNAVAILABLE', message, { retryable: true, ...(cause === undefined ? {} : { cause }) });

/** Prometheus' own HTTP API, version 1. Also fits what speaks it (Thanos, Mimir, VictoriaMetrics). */
export function createPrometheus(options: PrometheusOptions): MetricsSource & { close(): Promise<void> } {
  const base = options.url.replace(/\/+$/, '');
  const agent = new Agent({ maxResponseSize: replyLimit, connect: { timeout: 3_000 } });
  const limitMs = options.timeoutMs ?? 10_000;

  async function ask(path: string, form: Record<string, string>, outer: AbortSignal) {
    const signal = AbortSignal.any([outer, AbortSignal.timeout(limitMs)]);
    let text: string;
    let statusCode: number;
    try {
      const answer = await request(`${base}${path}`, {
        method: 'POST',
        dispatcher: agent,
        signal,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          accept: 'application/json',
          ...(options.bearer === undefined ? {} : { authorization: `Bearer ${options.bearer.reveal()}` }),
        },
        body: new URLSearchParams({ ...form, timeout: `${Math.ceil(limitMs / 1_000)}s` }).toString(),
      });
      statusCode = answer.statusCode;
      text = await answer.body.text();
    } catch (error) {
      throw unavailable(`Prometheus did not answer within ${limitMs / 1_000} s.`, error);
    }
    const parsed = replySchema.safeParse(parseJson(text));
    if (!parsed.success) {
      if (statusCode === 401 || statusCode === 403)
        throw new AppError('UPSTREAM_REJECTED', `Prometheus refused (${statusCode}).`);
      throw unavailable(`Prometheus answered ${statusCode} with something that is no reply of its API.`);
    }
    if (parsed.data.status === 'success') return parsed.data.data;
    const words = redactText(parsed.data.error).slice(0, 300);
    if (statusCode === 503 || parsed.data.errorType === 'timeout')
      throw unavailable(`Prometheus gave up on the query: ${words}`);
    throw new AppError('UPSTREAM_REJECTED', `Prometheus refused the query: ${words}`);
  }

  return {
    async instant(query, signal): Promise<readonly MetricSample[]> {
      const data = await ask('/api/v1/query', { query }, signal);
      if (data.resultType === 'vector') {
        return data.result.map(({ metric, value }) => ({ labels: metric, at: value[0], value: numberOf(value[1]) }));
      }
      if (data.resultType === 'scalar') return [{ labels: {}, at: data.result[0], value: numberOf(data.result[1]) }];
      throw new AppError('UPSTREAM_REJECTED', `The query answers a ${data.resultType}, not values at one moment.`);
    },
    async range(query, from, to, stepSeconds, signal): Promise<readonly MetricSeries[]> {
      const data = await ask(
        '/api/v1/query_range',
        { query, start: String(from.getTime() / 1_000), end: String(to.getTime() / 1_000), step: String(stepSeconds) },
        signal,
      );
      if (data.resultType !== 'matrix')
        throw new AppError('UPSTREAM_REJECTED', `The query answers a ${data.resultType}, not series.`);
      return data.result.map(({ metric, values }) => ({
        labels: metric,
        points: values.map(([at, value]) => ({ at, value: numberOf(value) })),
      }));
    },
    linkFor: (query) =>
      `${(options.publicUrl ?? base).replace(/\/+$/, '')}/graph?${new URLSearchParams({ 'g0.expr': query, 'g0.tab': '0' }).toString()}`,
    close: () => agent.close(),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Prometheus writes infinity its own way. */
function numberOf(text: string): number {
  if (text === '+Inf' || text === 'Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}
