import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Secret } from '../lib/secret.ts';
import { createBotMetrics } from './metrics.ts';
import { createSlackDoor } from './slack-door.ts';

const key = 'a-signing-secret';
let taken: unknown[] = [];
let isAway = false;
const metrics = createBotMetrics(new Registry(), { nouns: [], sources: [] });
const door = createSlackDoor({
  secret: new Secret(key),
  metrics,
  take: async (body) => {
    if (isAway) return null;
    taken.push(body);
    return { body: undefined };
  },
});
const server = createServer((request, response) => void door(request, response));
let url = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}/slack/events`;
});
afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));
beforeEach(() => {
  taken = [];
  isAway = false;
});

let clock = 0;
/** Each request a little apart, as Slack's are. */
const stamp = () => String(Math.floor(Date.now() / 1_000) - (clock++ % 200));
function send(body: string, options: { type?: string; timestamp?: string; signature?: string; method?: string } = {}) {
  const timestamp = options.timestamp ?? stamp();
  const signature =
    options.signature ?? `v0=${createHmac('sha256', key).update(`v0:${timestamp}:${body}`).digest('hex')}`;
  return fetch(url, {
    method: options.method ?? 'POST',
    headers: {
      'content-type': options.type ?? 'application/json',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': signature,
    },
    ...(options.method === 'GET' ? {} : { body }),
  });
}
const command = new URLSearchParams({
  command: '/agent',
  team_id: 'T0LOCAL',
  user_id: 'U0REQUESTER',
  channel_id: 'C0OPS',
  text: 'help',
  trigger_id: '1.2.3',
}).toString();
const form = 'application/x-www-form-urlencoded';

test('a signed command is taken', async () => {
  expect((await send(command, { type: form })).status).toBe(200);
  expect(taken).toHaveLength(1);
});

test('a forged, a stale and a replayed request cause nothing', async () => {
  const timestamp = stamp();
  const old = String(Math.floor(Date.now() / 1_000) - 400);
  await send(command, { type: form, timestamp });
  taken = [];

  expect((await send(command, { type: form, signature: `v0=${'0'.repeat(64)}` })).status).toBe(401);
  expect((await send(command, { type: form, timestamp: old })).status).toBe(401);
  expect((await send(command, { type: form, timestamp })).status).toBe(401);
  expect(taken).toEqual([]);
});

test.each([
  ['no JSON', '{"a', 400],
  ['a list', '[1]', 400],
  ['a text', '"x"', 400],
  ['nothing', 'null', 400],
  ['no type', '{}', 400],
  [
    'an action without actions',
    '{"type":"block_actions","team":{"id":"T"},"user":{"id":"U"},"trigger_id":"1","actions":[]}',
    400,
  ],
  ['an event without an id', '{"type":"event_callback","team_id":"T","event":{"type":"app_mention"}}', 400],
  ['an abyss', `${'{"a":'.repeat(80)}1${'}'.repeat(80)}`, 400],
])('a well-signed body of the wrong shape (%s) is a %i', async (_, body, status) => {
  expect((await send(body)).status).toBe(status);
  expect(taken).toEqual([]);
});

test('other methods, types and sizes are refused', async () => {
  expect((await send('', { method: 'GET' })).status).toBe(405);
  expect((await send('x', { type: 'text/plain' })).status).toBe(415);
  expect((await send(`{"a":"${'x'.repeat(1_100_000)}"}`)).status).toBe(413);
});

test('an unsigned set-up request causes nothing, a signed one is answered', async () => {
  const body = '{"type":"url_verification","challenge":"abc"}';

  expect((await send(body, { signature: 'v0=' })).status).toBe(401);
  expect(await (await send(body)).json()).toEqual({ challenge: 'abc' });
});

test('a delivery that could not be stored may come again with the same signature', async () => {
  const timestamp = stamp();
  isAway = true;
  expect((await send(command, { type: form, timestamp })).status).toBe(503);
  isAway = false;
  expect((await send(command, { type: form, timestamp })).status).toBe(200);
});
