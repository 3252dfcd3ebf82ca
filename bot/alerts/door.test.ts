import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { createLogger } from '../../lib/log.ts';
import { projectPath } from '../../lib/project-path.ts';
import { Secret } from '../../lib/secret.ts';
import { type GraphqlStandIn, startGraphqlStandIn } from '../../test/servers/graphql/stand-in.ts';
import { createApi } from '../api.ts';
import { type HttpServer, startHttpServer } from '../http-server.ts';
import { createBotMetrics } from '../metrics.ts';
import { answerAlerts } from './door.ts';
import { loadSources } from './load.ts';
import { createRepeats } from './repeats.ts';

const token = 'a-token-of-alertmanager';
const log = createLogger({ name: 'test', level: 'silent' });
const example = (name: string) => readFileSync(projectPath('bot/alerts/examples', name), 'utf8');
const inputSchema = z.object({
  idempotencyKey: z.string(),
  truncatedAlerts: z.number(),
  malformed: z.array(z.object({ reason: z.string(), content: z.string() })).optional(),
  alerts: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      severity: z.string().optional(),
      fingerprint: z.string().optional(),
      startsAt: z.string(),
      endsAt: z.string().nullish(),
    }),
  ),
});
let api: GraphqlStandIn;
let server: HttpServer;
let seen = new Set<string>();
/** Most tests look at what the api is asked; a memory that keeps nothing lets every post through. */
const repeats = createRepeats({ keptMs: 0, most: 0, now: () => 0 });

beforeAll(async () => {
  api = await startGraphqlStandIn({
    alertsIngest: ({ input }) => {
      const { idempotencyKey, alerts } = inputSchema.parse(input);
      const duplicate = seen.has(idempotencyKey);
      seen.add(idempotencyKey);
      return {
        accepted: duplicate ? 0 : alerts.length,
        duplicates: duplicate ? alerts.length : 0,
        quarantined: 0,
        alertGroups: [],
        userErrors: [],
      };
    },
  });
  const sources = await loadSources();
  const registry = new Registry();
  const metrics = createBotMetrics(registry, { nouns: [], sources: [...sources.keys()] });
  const client = createApi({ url: api.url, key: new Secret('x'.repeat(24)), log });
  server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    log,
    registry,
    missing: () => [],
    slack: null,
    alerts: (name, request, response) =>
      answerAlerts(
        { api: client, log, metrics, token: new Secret(token), sources, repeats, ingestWithinMs: 3_000 },
        name,
        request,
        response,
      ),
  });
});
afterAll(async () => {
  await server.stop();
  await api.stop();
});
beforeEach(() => {
  api.fail(null);
  seen = new Set();
});

function send(
  body: string | Uint8Array<ArrayBuffer> | null,
  options: { path?: string; method?: string; headers?: Record<string, string> } = {},
) {
  return fetch(`http://127.0.0.1:${server.port}${options.path ?? '/alerts/alertmanager'}`, {
    method: options.method ?? 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...options.headers },
    body,
    signal: AbortSignal.timeout(15_000),
  });
}
const ingested = () => inputSchema.parse(api.calls.at(-1)?.args.input);

test('a captured post of Alertmanager is stored, and a repeat of it changes nothing', async () => {
  const first = await send(example('alertmanager.json'));
  const again = await send(example('alertmanager.json'));

  expect([first.status, await first.json()]).toEqual([200, { accepted: 3, duplicates: 0, quarantined: 0 }]);
  expect(await again.json()).toEqual({ accepted: 0, duplicates: 3, quarantined: 0 });
  expect(ingested().alerts[0]).toMatchObject({
    name: 'QueueDeep',
    status: 'FIRING',
    severity: 'critical',
    fingerprint: '48edc14f03e4ab1a',
  });
  // The year 1 says that the end is not known.
  expect(ingested().alerts[0]?.endsAt ?? null).toBeNull();
});

test('each alert of a post has its own status, and the sender’s omissions are passed on', async () => {
  await send(example('alertmanager-resolved.json'));
  expect(ingested().alerts.every(({ status, endsAt }) => status === 'RESOLVED' && endsAt)).toBe(true);

  await send(example('alertmanager-truncated.json'));
  expect(ingested().truncatedAlerts).toBeGreaterThan(0);
});

test.each(['generic', 'alertmanager'])('the example of %s is taken', async (source) => {
  expect((await send(example(`${source}.json`), { path: `/alerts/${source}` })).status).toBe(200);
});

test('a packed post is unpacked, and one that unpacks beyond the limit is refused', async () => {
  const headers = { 'content-encoding': 'gzip' };

  expect((await send(Uint8Array.from(gzipSync(example('alertmanager.json'))), { headers })).status).toBe(200);
  expect((await send(Uint8Array.from(gzipSync(Buffer.alloc(18_000_000, 32))), { headers })).status).toBe(413);
});

test.each([
  ['no token', { headers: { authorization: '' } }, 401],
  ['another kind of token', { headers: { authorization: 'Basic abc' } }, 401],
  ['a wrong token', { headers: { authorization: 'Bearer wrong' } }, 403],
  ['an unknown source', { path: '/alerts/pager' }, 404],
  ['another type', { headers: { 'content-type': 'text/plain' } }, 415],
  ['an unknown packing', { headers: { 'content-encoding': 'zstd-x' } }, 415],
] as const)('%s is refused', async (_, options, status) => {
  const before = api.calls.length;

  expect((await send(example('alertmanager.json'), options)).status).toBe(status);
  expect(api.calls.length).toBe(before);
});

test('an unknown source names the known ones, and another method the right one', async () => {
  expect(await (await send('{}', { path: '/alerts/pager' })).json()).toMatchObject({
    known: ['alertmanager', 'generic'],
  });
  const got = await send(null, { method: 'GET' });
  expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST']);
});

test.each([
  ['no JSON', '{', 'body'],
  ['another version', '{"version":"3","groupKey":"x","alerts":[]}', 'version'],
  ['no list of alerts', '{"version":"4","groupKey":"x","alerts":7}', 'alerts'],
  ['an abyss', `${'['.repeat(60)}${']'.repeat(60)}`, 'body'],
])('%s is a 400 that names the part', async (_, body, part) => {
  const answer = await send(body);

  expect([answer.status, await answer.json()]).toMatchObject([400, { part }]);
});

test('one malformed alert does not refuse the post: it is passed on with its reason, the others as usual', async () => {
  const good = { status: 'firing', labels: { alertname: 'A' }, startsAt: '2026-01-01T00:00:00Z' };
  const bad = { status: 'firing', labels: { alertname: 'B' }, startsAt: 'soon' };
  const post = (alerts: unknown[]) => JSON.stringify({ version: '4', groupKey: 'x', alerts });

  expect((await send(post([good, bad, 7]))).status).toBe(200);
  expect(ingested()).toMatchObject({
    alerts: [{ name: 'A' }],
    malformed: [
      { reason: 'startsAt: is not a date', content: JSON.stringify(bad) },
      { reason: expect.stringContaining('the alert'), content: '7' },
    ],
  });
  expect((await send(post([bad]))).status).toBe(200);
  expect(ingested()).toMatchObject({ alerts: [], malformed: [{ reason: 'startsAt: is not a date' }] });
});

test('ten thousand alerts in one post reach the api in parts it takes, and an alert too large for any is kept aside', async () => {
  const alerts = Array.from({ length: 10_000 }, (_, index) => ({
    status: 'firing',
    labels: { alertname: 'A', pod: `p${index}` },
    annotations: index === 7 ? { text: 'x'.repeat(1_100_000) } : {},
    startsAt: '2026-01-01T00:00:00Z',
  }));
  const before = api.calls.length;

  const answer = await send(JSON.stringify({ version: '4', groupKey: 'x', alerts }));

  expect([answer.status, await answer.json()]).toMatchObject([200, { accepted: 9_999 }]);
  const calls = api.calls.slice(before).map((call) => inputSchema.parse(call.args.input));
  expect(calls.length).toBeGreaterThan(1);
  expect(calls.every((call) => call.alerts.length <= 2_000)).toBe(true);
  expect(calls[0]?.malformed).toMatchObject([{ reason: expect.stringContaining('bytes') }]);
});

test('a post over 10 MiB is refused and the door stays open', async () => {
  expect((await send(JSON.stringify({ x: 'a'.repeat(17_000_000) }))).status).toBe(413);
  expect((await send(example('alertmanager.json'))).status).toBe(200);
});

test.each([[503], ['hang']] as const)('while the api answers %s the sender is told to repeat', async (failure) => {
  api.fail(failure);
  const answer = await send(example('alertmanager.json'));

  expect(answer.status).toBe(503);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  api.fail(null);
  expect(await (await send(example('alertmanager.json'))).json()).toMatchObject({ accepted: 3 });
});

test('health and metrics answer', async () => {
  for (const path of ['/livez', '/readyz', '/metrics'])
    expect((await fetch(`http://127.0.0.1:${server.port}${path}`)).status).toBe(200);
  expect((await fetch(`http://127.0.0.1:${server.port}/nothing`)).status).toBe(404);
});
