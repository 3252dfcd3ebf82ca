import { Agent, request } from 'undici';
import { z } from 'zod';
import { AppError } from '../../../lib/errors.ts';
import { redactText } from '../../../lib/redact.ts';
import type { Secret } from '../../../lib/secret.ts';
import type { LogLine, LogReading } from '../../ports/logs-source.ts';
import type { LogSource } from '../../ports/source-registry.ts';

const pageLines = 5_000;
const longestLine = 2_000;
const answerSchema = z.object({
  data: z.object({
    result: z.array(z.object({ values: z.array(z.tuple([z.string(), z.string()]).rest(z.unknown())) })),
  }),
});

export interface LokiOptions {
  readonly url: string;
  readonly bearer?: Secret;
  readonly tenant?: string;
}

/** Reads a stream selector page by page, from the newest line backwards. */
export function createLoki(options: LokiOptions) {
  const agent = new Agent({ keepAliveTimeout: 10_000, connect: { timeout: 3_000 } });
  return {
    async query(
      source: Extract<LogSource, { kind: 'loki' }>,
      range: { readonly from: Date; readonly to: Date; readonly limit: number; readonly contains?: string },
      signal: AbortSignal,
    ): Promise<LogReading> {
      const query = `${source.selector}${range.contains === undefined ? '' : ` |= ${JSON.stringify(range.contains)}`}`;
      const start = BigInt(range.from.getTime()) * 1_000_000n;
      let end = BigInt(range.to.getTime()) * 1_000_000n;
      // Lines of one moment may be split over two pages: each is known by its time, place and words.
      const seen = new Map<string, { readonly ns: bigint; readonly text: string }>();
      let cut = false;
      for (;;) {
        const page = await read(query, start, end, signal);
        const before = seen.size;
        const counts = new Map<string, number>();
        for (const one of page) {
          const words = `${one.ns}\0${one.text}`;
          const count = (counts.get(words) ?? 0) + 1;
          counts.set(words, count);
          seen.set(`${words}\0${count}`, one);
        }
        if (seen.size >= range.limit) {
          cut = seen.size > range.limit || page.length >= pageLines;
          break;
        }
        const oldest = page.reduce((least, one) => (one.ns < least ? one.ns : least), end);
        if (page.length < pageLines || seen.size === before) break;
        end = oldest + 1n;
      }
      const lines: LogLine[] = [...seen.values()]
        .sort((one, other) => (one.ns < other.ns ? -1 : one.ns > other.ns ? 1 : 0))
        .slice(-range.limit)
        .map((one) => ({ at: Number(one.ns / 1_000_000n), text: redactText(one.text.slice(0, longestLine)) }));
      return { lines, cut, from: query };
    },
    close: () => agent.close(),
  };

  async function read(
    query: string,
    start: bigint,
    end: bigint,
    signal: AbortSignal,
  ): Promise<{ ns: bigint; text: string }[]> {
    const url = new URL('/loki/api/v1/query_range', options.url);
    url.search = new URLSearchParams({
      query,
      start: String(start),
      end: String(end),
      limit: String(pageLines),
      direction: 'backward',
    }).toString();
    let status: number;
    let text: string;
    try {
      const reply = await request(url, {
        dispatcher: agent,
        signal,
        headersTimeout: 10_000,
        bodyTimeout: 10_000,
        headers: {
          accept: 'application/json',
          ...(options.bearer === undefined ? {} : { authorization: `Bearer ${options.bearer.reveal()}` }),
          ...(options.tenant === undefined ? {} : { 'x-scope-orgid': options.tenant }),
        },
      });
      status = reply.statusCode;
      text = await reply.body.text();
    } catch (cause) {
      throw new AppError('UPSTREAM_UNAVAILABLE', 'Loki does not answer.', { cause, retryable: true });
    }
    if (status === 400)
      throw new AppError('UPSTREAM_REJECTED', `Loki refuses the query: ${redactText(text).slice(0, 200)}`);
    if (status === 401 || status === 403) throw new AppError('NOT_CONFIGURED', 'Loki refuses the credential.');
    if (status !== 200) throw new AppError('UPSTREAM_UNAVAILABLE', `Loki answered ${status}.`, { retryable: true });
    const parsed = answerSchema.safeParse(safeJson(text));
    if (!parsed.success)
      throw new AppError('UPSTREAM_UNAVAILABLE', 'Loki answered something else than lines.', { retryable: true });
    return parsed.data.data.result.flatMap((stream) =>
      stream.values.map(([ns, line]) => ({ ns: BigInt(ns), text: line })),
    );
  }
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
