import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** Loki's push and range queries over HTTP, with its limits; it keeps what it is pushed and knows selectors and line filters. */
export interface LokiServer {
  readonly url: string;
  /** How it answers from now on. */
  fault: 'none' | 'rate-limited' | 'broken' | 'silent' | 'garbage';
  readonly queries: string[];
  push(
    labels: Readonly<Record<string, string>>,
    lines: readonly { readonly at: number; readonly line: string }[],
  ): void;
  close(): Promise<void>;
}

interface Stream {
  readonly labels: Readonly<Record<string, string>>;
  readonly entries: { readonly ns: bigint; readonly line: string }[];
}
const mostLines = 5_000;

export async function lokiServer(): Promise<LokiServer> {
  const streams: Stream[] = [];
  const add = (labels: Readonly<Record<string, string>>, entries: Stream['entries']): void => {
    const key = JSON.stringify(Object.entries(labels).sort());
    const known = streams.find((one) => JSON.stringify(Object.entries(one.labels).sort()) === key);
    if (known === undefined) streams.push({ labels, entries: [...entries] });
    else known.entries.push(...entries);
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const self: LokiServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fault: 'none',
    queries: [],
    push: (labels, lines) =>
      add(
        labels,
        lines.map(({ at, line }) => ({ ns: BigInt(at) * 1_000_000n, line })),
      ),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return self;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://loki');
    const send = (status: number, body: string, type = 'application/json') =>
      response.writeHead(status, { 'content-type': type }).end(body);
    if (self.fault === 'silent') return;
    if (self.fault === 'rate-limited') return void send(429, 'too many outstanding requests', 'text/plain');
    if (self.fault === 'broken') return void send(500, 'internal', 'text/plain');
    if (self.fault === 'garbage') return void send(200, '<html>');
    if (url.pathname === '/ready') return void send(200, 'ready', 'text/plain');
    if (url.pathname === '/loki/api/v1/push' && request.method === 'POST') {
      const body: { streams: { stream: Record<string, string>; values: [string, string][] }[] } = JSON.parse(
        await text(request),
      );
      for (const one of body.streams)
        add(
          one.stream,
          one.values.map(([ns, line]) => ({ ns: BigInt(ns), line })),
        );
      return void response.writeHead(204).end();
    }
    if (url.pathname !== '/loki/api/v1/query_range') return void send(404, 'not found', 'text/plain');
    const query = url.searchParams.get('query') ?? '';
    self.queries.push(query);
    const limit = Number(url.searchParams.get('limit') ?? 100);
    const parsed = parse(query);
    if (parsed === null)
      return void send(400, `parse error at line 1, col 1: syntax error: ${query.slice(0, 40)}`, 'text/plain');
    if (limit > mostLines)
      return void send(
        400,
        `max entries limit per query exceeded, limit > max_entries_limit (${limit} > ${mostLines})`,
        'text/plain',
      );
    const start = BigInt(url.searchParams.get('start') ?? 0);
    const end = BigInt(url.searchParams.get('end') ?? 0);
    const backward = (url.searchParams.get('direction') ?? 'backward') === 'backward';
    const found = streams
      .filter((one) => parsed.matchers.every((matcher) => matcher(one.labels)))
      .flatMap((stream) =>
        stream.entries
          .filter((one) => one.ns >= start && one.ns < end && parsed.filters.every((filter) => filter(one.line)))
          .map((one) => ({ stream, ...one })),
      );
    found.sort((one, other) => (one.ns < other.ns ? -1 : one.ns > other.ns ? 1 : 0) * (backward ? -1 : 1));
    const kept = new Map<Stream, [string, string][]>();
    for (const { stream, ns, line } of found.slice(0, limit))
      kept.set(stream, [...(kept.get(stream) ?? []), [String(ns), line]]);
    send(
      200,
      JSON.stringify({
        status: 'success',
        data: {
          resultType: 'streams',
          result: [...kept].map(([stream, values]) => ({ stream: stream.labels, values })),
          stats: {},
        },
      }),
    );
  }
}

type Labels = Readonly<Record<string, string>>;
function parse(
  query: string,
): { matchers: ((labels: Labels) => boolean)[]; filters: ((line: string) => boolean)[] } | null {
  const whole = /^\s*\{([^{}]+)\}((?:\s*(?:\|=|!=|\|~|!~)\s*"(?:[^"\\]|\\.)*")*)\s*$/.exec(query);
  if (whole === null) return null;
  const matchers: ((labels: Labels) => boolean)[] = [];
  for (const part of (whole[1] ?? '').split(/,(?=\s*[a-zA-Z_])/)) {
    const match = /^\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*")\s*$/.exec(part);
    if (match === null) return null;
    const [, name = '', operator, quoted = '""'] = match;
    const value: string = JSON.parse(quoted);
    const shape = new RegExp(`^(?:${value})$`);
    matchers.push((labels) => {
      const own = labels[name] ?? '';
      if (operator === '=') return own === value;
      if (operator === '!=') return own !== value;
      return shape.test(own) === (operator === '=~');
    });
  }
  const filters = [...(whole[2] ?? '').matchAll(/(\|=|!=|\|~|!~)\s*("(?:[^"\\]|\\.)*")/g)].map(
    ([, operator, quoted = '""']) => {
      const value: string = JSON.parse(quoted);
      if (operator === '|=') return (line: string) => line.includes(value);
      if (operator === '!=') return (line: string) => !line.includes(value);
      const shape = new RegExp(value);
      return (line: string) => shape.test(line) === (operator === '|~');
    },
  );
  return { matchers, filters };
}
