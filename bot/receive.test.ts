import { Registry } from 'prom-client';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { createLogger } from '../lib/log.ts';
import { Secret } from '../lib/secret.ts';
import { type GraphqlStandIn, startGraphqlStandIn } from '../test/servers/graphql/stand-in.ts';
import { until } from '../test/support/until.ts';
import { createApi } from './api.ts';
import { type Inbound, inboxKey, readInbound } from './inbound.ts';
import { createBotMetrics } from './metrics.ts';
import { createReceiver, type Receiver } from './receive.ts';
import { makeTake } from './slack-app.ts';

const log = createLogger({ name: 'test', level: 'silent' });
const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

interface Row {
  readonly id: string;
  readonly key: string;
  readonly source: string;
  readonly payload: unknown;
  status: 'RECEIVED' | 'DONE' | 'QUARANTINED';
}
const acceptSchema = z.object({ key: z.string(), source: z.string(), payload: z.unknown() });
const completeSchema = z.object({ id: z.string(), error: z.string().nullish(), quarantine: z.boolean().nullish() });

async function start(work: (inbound: Inbound) => Promise<void> = async () => undefined) {
  const rows: Row[] = [];
  const event = (row: Row) => ({ ...row, attempts: 1, receivedAt: '2026-11-24T05:00:00.000Z' });
  const api: GraphqlStandIn = await startGraphqlStandIn({
    inboxAccept: ({ input }) => {
      const given = acceptSchema.parse(input);
      const known = rows.find(({ key }) => key === given.key);
      const row: Row = known ?? { ...given, id: `row${rows.length}`, status: 'RECEIVED' };
      if (known === undefined) rows.push(row);
      return { duplicate: known !== undefined, event: event(row), userErrors: [] };
    },
    inboxComplete: ({ input }) => {
      const { id, error, quarantine } = completeSchema.parse(input);
      const row = rows.find((one) => one.id === id);
      if (row !== undefined) row.status = quarantine ? 'QUARANTINED' : error ? 'RECEIVED' : 'DONE';
      return { event: null, userErrors: [] };
    },
    inboxClaim: () => ({
      events: rows.filter(({ status }) => status === 'RECEIVED').map(event),
      lease: { token: '1', expiresAt: '2026-11-24T05:00:00.000Z' },
      userErrors: [],
    }),
  });
  stops.push(() => api.stop());
  const handled: string[] = [];
  const shown: string[] = [];
  const metrics = createBotMetrics(new Registry(), { nouns: [], sources: [] });
  const receiver: Receiver = createReceiver({
    api: createApi({ url: api.url, key: new Secret('x'.repeat(24)), log }),
    log,
    metrics,
    worker: 'test',
    handle: async (inbound) => {
      handled.push(inboxKey(inbound));
      await work(inbound);
    },
    tellLater: async () => undefined,
    acceptWithinMs: 300,
    adoptEveryMs: 50,
  });
  stops.push(() => receiver.stop());
  const take = makeTake({
    receiver,
    log,
    metrics,
    isAwaited: async () => true,
    self: () => 'U0AGENT',
    notAccepted: () => 'Not accepted',
    showNotAccepted: async (_, __, text) => void shown.push(text),
  });
  return { api, rows, handled, shown, take };
}

const command = (trigger: string) => ({
  command: '/agent',
  team_id: 'T0LOCAL',
  user_id: 'U0REQUESTER',
  channel_id: 'C0OPS',
  text: 'help token=abcdefgh12345678',
  trigger_id: trigger,
});
const click = (user: string, trigger: string) => ({
  type: 'block_actions',
  team: { id: 'T0LOCAL' },
  user: { id: user },
  trigger_id: trigger,
  channel: { id: 'C0OPS' },
  container: { message_ts: '1.2', channel_id: 'C0OPS' },
  actions: [{ action_id: 'approval.approve', block_id: 'r1.4', value: '{}' }],
});
const mention = {
  type: 'event_callback',
  team_id: 'T0LOCAL',
  event_id: 'Ev1',
  event: { type: 'app_mention', user: 'U0REQUESTER', text: 'hi', ts: '1.1', channel: 'C0OPS' },
};

test('a delivery is stored, acknowledged, carried out and closed; its secrets are not stored', async () => {
  const { rows, take, handled } = await start();

  expect(await take(command('1.1'))).toEqual({ body: undefined });
  await until(() => rows[0]?.status === 'DONE', { what: 'the end of the work' });
  expect(handled).toEqual(['slack:command:1.1']);
  expect(JSON.stringify(rows[0]?.payload)).not.toContain('abcdefgh12345678');
});

test('a repeated delivery starts nothing', async () => {
  const { rows, take, handled } = await start();
  for (let index = 0; index < 3; index++) await take(mention);
  await until(() => rows[0]?.status === 'DONE', { what: 'the end of the work' });

  expect(handled).toEqual(['slack:event:Ev1']);
});

test('two people who press the same button are two requests', async () => {
  const { rows, take } = await start();
  await take(click('U0REQUESTER', '1.1'));
  await take(click('U0APPROVER', '1.2'));

  expect(rows).toHaveLength(2);
});

test.each([503, 'hang'] as const)(
  'while the api answers %s nothing is accepted and the person reads it',
  async (failure) => {
    const { api, take, handled, shown } = await start();
    api.fail(failure);

    expect(await take(command('1.1'))).toEqual({ body: { response_type: 'ephemeral', text: 'Not accepted' } });
    await take(click('U0REQUESTER', '1.2'));
    expect(shown).toEqual(['Not accepted']);
    // Slack repeats an event that is not acknowledged.
    expect(await take(mention)).toBeNull();
    expect(handled).toEqual([]);
  },
);

test('what the person was told is not accepted stays without effect when its commit was only late', async () => {
  const { api, rows, take, handled } = await start();
  api.fail('hang');
  await take(command('1.1'));
  api.fail(null);
  rows.push({
    id: 'late',
    key: 'slack:command:1.1',
    source: 'CHAT_COMMAND',
    payload: { kind: 'command' },
    status: 'RECEIVED',
  });

  await until(() => rows[0]?.status === 'QUARANTINED', { what: 'the late row being put aside' });
  expect(handled).toEqual([]);
});

test('rows that a dead bot left behind are adopted', async () => {
  const { rows, handled } = await start();
  const read = readInbound(command('9.9'), null);
  rows.push({
    id: 'left',
    key: 'slack:command:9.9',
    source: 'CHAT_COMMAND',
    payload: read.kind === 'inbound' ? read.inbound : null,
    status: 'RECEIVED',
  });

  await until(() => rows[0]?.status === 'DONE', { what: 'adoption' });
  expect(handled[0]).toBe('slack:command:9.9');
});
