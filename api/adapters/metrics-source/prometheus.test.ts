import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPrometheus } from './prometheus.ts';

// The protocol as Prometheus 2.42 was seen to speak it; the real one is met in the end-to-end test.
const replies: Record<string, { status: number; body: string } | null> = {
  up: {
    status: 200,
    body: '{"status":"success","data":{"resultType":"vector","result":[{"metric":{"job":"a","__name__":"up"},"value":[1700000000.5,"1"]}]}}',
  },
  none: { status: 200, body: '{"status":"success","data":{"resultType":"vector","result":[]}}' },
  'scalar(1)': { status: 200, body: '{"status":"success","data":{"resultType":"scalar","result":[1700000000,"NaN"]}}' },
  'up[5m]': {
    status: 200,
    body: '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"job":"a"},"values":[[1,"1"],[2,"+Inf"]]}]}}',
  },
  'up{': {
    status: 400,
    body: '{"status":"error","errorType":"bad_data","error":"parse error: unexpected end of input"}',
  },
  slow: { status: 503, body: '{"status":"error","errorType":"timeout","error":"query timed out"}' },
  html: { status: 502, body: '<html>bad gateway</html>' },
  hang: null,
};
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    void (async () => {
      let text = '';
      for await (const part of request) text += String(part);
      const reply = replies[new URLSearchParams(text).get('query') ?? ''];
      if (reply) response.writeHead(reply.status, { 'content-type': 'application/json' }).end(reply.body);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
const source = () => createPrometheus({ url, publicUrl: 'https://prom.example/', timeoutMs: 400 });
const signal = () => AbortSignal.timeout(5_000);

test('values come back with their labels; nothing is an answer', async () => {
  expect(await source().instant('up', signal())).toEqual([
    { labels: { job: 'a', __name__: 'up' }, at: 1700000000.5, value: 1 },
  ]);
  expect(await source().instant('none', signal())).toEqual([]);
  expect(await source().instant('scalar(1)', signal())).toMatchObject([{ labels: {}, value: Number.NaN }]);
});

test('series come back with their points', async () => {
  const series = await source().range('up[5m]', new Date(0), new Date(60_000), 15, signal());

  expect(series).toEqual([
    {
      labels: { job: 'a' },
      points: [
        { at: 1, value: 1 },
        { at: 2, value: Number.POSITIVE_INFINITY },
      ],
    },
  ]);
});

test.each([
  ['a query it does not understand', 'up{', 'UPSTREAM_REJECTED'],
  ['a result of another kind', 'up[5m]', 'UPSTREAM_REJECTED'],
  ['a query that takes too long there', 'slow', 'UPSTREAM_UNAVAILABLE'],
  ['an answer that is none of its API', 'html', 'UPSTREAM_UNAVAILABLE'],
  ['silence', 'hang', 'UPSTREAM_UNAVAILABLE'],
])('%s is told apart', async (_, query, code) => {
  await expect(source().instant(query, signal())).rejects.toMatchObject({ code });
});

test('people get a link to the page they can open', () => {
  expect(source().linkFor('up{job="a"} == 1')).toBe(
    'https://prom.example/graph?g0.expr=up%7Bjob%3D%22a%22%7D+%3D%3D+1&g0.tab=0',
  );
});
