import { Registry } from 'prom-client';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { createLogger } from '../lib/log.ts';
import { Secret } from '../lib/secret.ts';
import { type GraphqlStandIn, startGraphqlStandIn } from '../test/servers/graphql/stand-in.ts';
import { subjects } from '../test/servers/graphql/subjects.ts';
import { until } from '../test/support/until.ts';
import { createApi } from './api.ts';
import { makeScene } from './blocks/scene.ts';
import { type Delivery, startDelivery } from './delivery.ts';
import { type LocalSlack, startLocalSlack } from './local-slack/server.ts';
import { createBotMetrics } from './metrics.ts';
import { createSlackClient } from './slack-client.ts';

const log = createLogger({ name: 'test', level: 'silent' });
const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

interface Row {
  id: string;
  kind: string;
  priority: string;
  revision: number;
  delivered: number;
  status: 'PENDING' | 'CLAIMED' | 'DELIVERED' | 'FAILED';
  uncertain: boolean;
  message: string | null;
  thread: string | null;
  refusals: number;
  subject: object;
}
const reportSchema = z.object({
  id: z.string(),
  revision: z.number(),
  result: z.enum(['DELIVERED', 'RETRY_LATER', 'REFUSED', 'UNCERTAIN']),
  address: z.object({ message: z.string().nullish() }).nullish(),
});

/** An outbox that keeps its rows as the api does: claimed, then delivered, uncertain or back. */
async function outbox(): Promise<{ rows: Row[]; api: GraphqlStandIn; reports: string[] }> {
  const rows: Row[] = [];
  const reports: string[] = [];
  const api = await startGraphqlStandIn({
    notificationClaim: () => {
      const taken = rows.filter(({ status }) => status === 'PENDING');
      for (const row of taken) row.status = 'CLAIMED';
      return {
        lease: { token: '7', expiresAt: '2026-11-24T05:00:00.000Z' },
        userErrors: [],
        notifications: taken.map((row) => ({
          ...row,
          attempts: 1,
          broadcast: false,
          locale: 'EN',
          text: 'a line',
          leaseToken: '7',
          createdAt: new Date().toISOString(),
          address: { workspace: 'T0LOCAL', channel: 'C0OPS', thread: row.thread, message: row.message },
          privateTo: null,
        })),
      };
    },
    notificationConfirm: ({ input }) => {
      const report = reportSchema.parse(input);
      reports.push(report.result);
      const row = rows.find(({ id }) => id === report.id);
      if (row === undefined) throw new Error('no such row');
      if (report.result === 'DELIVERED') {
        row.message = report.address?.message ?? row.message;
        row.delivered = report.revision;
        row.uncertain = false;
        row.status = row.revision > report.revision ? 'PENDING' : 'DELIVERED';
      } else {
        row.uncertain ||= report.result === 'UNCERTAIN';
        row.refusals += report.result === 'REFUSED' ? 1 : 0;
        row.status = row.refusals > 1 ? 'FAILED' : 'PENDING';
      }
      return { notification: null, userErrors: [] };
    },
  });
  stops.push(() => api.stop());
  return { rows, api, reports };
}

const { incident, task } = subjects();
let count = 0;
const row = (more: Partial<Row> = {}): Row => ({
  id: `Tm90aWZpY2F0aW9u${count++}`,
  kind: 'INCIDENT_CARD',
  priority: 'NEW_CRITICAL',
  revision: 1,
  delivered: 0,
  status: 'PENDING',
  uncertain: false,
  message: null,
  thread: null,
  refusals: 0,
  subject: incident,
  ...more,
});

async function start(timeoutMs = 1_000) {
  const slack = await startLocalSlack();
  stops.push(() => slack.stop());
  const box = await outbox();
  const begin = (): Delivery => {
    const delivery = startDelivery({
      api: createApi({ url: box.api.url, key: new Secret('x'.repeat(24)), log }),
      slack: createSlackClient({ token: new Secret(slack.botToken), apiUrl: slack.apiUrl, log, timeoutMs }),
      log,
      metrics: createBotMetrics(new Registry(), { nouns: [], sources: [] }),
      worker: 'test',
      workspace: () => 'T0LOCAL',
      pollMs: 50,
      scene: ({ locale }) =>
        makeScene({
          locale,
          workspace: 'T0LOCAL',
          consoleUrl: 'http://localhost:3000',
          linkHosts: [],
          now: new Date(),
        }),
    });
    stops.push(() => delivery.stop());
    return delivery;
  };
  return { slack, ...box, begin };
}

const delivered = (rows: readonly Row[]) =>
  until(() => rows.every(({ status, revision, delivered: done }) => status === 'DELIVERED' && done === revision), {
    what: 'delivery',
  });
const posts = (slack: LocalSlack) => slack.messages('C0OPS');

test.each(['lost-answer', 'hang-after'] as const)(
  'a post whose answer is lost (%s) is visible exactly once',
  async (kind) => {
    const { slack, rows, begin } = await start(300);
    slack.addFault({ kind, method: 'chat.postMessage' });
    rows.push(row());
    begin();
    await delivered(rows);

    expect(posts(slack)).toHaveLength(1);
    expect(rows[0]?.message).toBe(posts(slack)[0]?.ts);
  },
);

test('a post that never arrived is posted after a look, once', async () => {
  const { slack, rows, reports, begin } = await start(300);
  slack.addFault({ kind: 'hang', method: 'chat.postMessage' });
  rows.push(row());
  begin();
  await delivered(rows);

  expect(posts(slack)).toHaveLength(1);
  expect(reports).toEqual(['UNCERTAIN', 'DELIVERED']);
});

test('what a bot posted before it was killed is found by the next one', async () => {
  const { slack, rows, api, begin } = await start();
  rows.push(row());
  api.loseNextAnswer();
  const first = begin();
  await until(() => rows[0]?.status === 'CLAIMED' || rows[0]?.status === 'DELIVERED', { what: 'the claim' });
  await first.stop();
  // The claim runs out: the api gives the row to the next bot as uncertain.
  Object.assign(rows[0] ?? {}, { status: 'PENDING', uncertain: true });
  begin();
  await delivered(rows);

  expect(posts(slack)).toHaveLength(1);
});

test('a newer revision edits the same message and shows no mark of an edit', async () => {
  const { slack, rows, begin } = await start();
  const one = row();
  rows.push(one);
  begin();
  await delivered(rows);
  Object.assign(one, { revision: 2, status: 'PENDING', subject: { ...incident, status: 'ACKNOWLEDGED' } });
  await delivered(rows);

  expect(posts(slack)).toHaveLength(1);
  expect(posts(slack)[0]?.text).toContain('ACKED');
  expect(posts(slack)[0]?.edited).toBeUndefined();
});

test('a message that has vanished is posted anew and its new address is kept', async () => {
  const { slack, rows, begin } = await start();
  rows.push(row({ message: '1700000000.000001' }));
  begin();
  await delivered(rows);

  expect(posts(slack)).toHaveLength(1);
  expect(rows[0]?.message).toBe(posts(slack)[0]?.ts);
});

test('a limited channel is left alone for as long as Slack asks, and nothing is lost or doubled', async () => {
  const { slack, rows, begin } = await start();
  slack.addFault({ kind: 'rate-limit', method: 'chat.postMessage', retryAfterSeconds: 1 });
  rows.push(row(), row({ kind: 'INCIDENT_NOTICE', priority: 'FINDING' }));
  begin();
  await delivered(rows);
  const calls = slack.calls.filter(({ method }) => method === 'chat.postMessage');

  expect(posts(slack)).toHaveLength(2);
  expect((calls[1]?.at ?? 0) - (calls[0]?.at ?? 0)).toBeGreaterThanOrEqual(950);
});

test('a workspace that refuses plan blocks gets the same facts as lines', async () => {
  const { slack, rows, begin } = await start();
  slack.addFault({ kind: 'error', method: 'chat.postMessage', error: 'invalid_blocks' });
  rows.push(row({ kind: 'TASK_PROGRESS', priority: 'PROGRESS', subject: task }));
  begin();
  await delivered(rows);

  expect(JSON.stringify(posts(slack)[0]?.blocks)).toContain('Health check');
  expect(JSON.stringify(posts(slack)[0]?.blocks)).not.toContain('"plan"');
});

test('a permanent refusal ends after two tries and holds up nobody', async () => {
  const { slack, rows, begin } = await start();
  slack.addFault({ kind: 'error', method: 'chat.postMessage', error: 'is_archived', times: 2 });
  const bad = row({ kind: 'INCIDENT_NOTICE', priority: 'APPROVAL' });
  rows.push(bad);
  begin();
  await until(() => bad.status === 'FAILED', { what: 'giving up' });
  const good = row();
  rows.push(good);
  await until(() => good.status === 'DELIVERED', { what: 'the next message' });

  expect(slack.calls.filter(({ method }) => method === 'chat.postMessage')).toHaveLength(3);
});

test('stopping hands back what was claimed and not sent', async () => {
  const { slack, rows, begin } = await start();
  slack.addFault({ kind: 'rate-limit', method: 'chat.postMessage', retryAfterSeconds: 15, times: 0 });
  rows.push(row(), row(), row());
  const delivery = begin();
  await until(() => rows.every(({ status }) => status === 'CLAIMED'), { what: 'the claims' });
  await delivery.stop();

  expect(rows.map(({ status }) => status)).toEqual(['PENDING', 'PENDING', 'PENDING']);
  expect(posts(slack)).toHaveLength(0);
});
