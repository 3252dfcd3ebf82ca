import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createAlertmanager } from '../../api/adapters/alert-manager/alertmanager.ts';
import { freePort } from '../support/free-port.ts';
import { type RealAlertmanager, startAlertmanager } from '../support/real-alertmanager.ts';
import { type OwnRedis, startRedis } from '../support/redis.ts';
import type { Asked, Figure, Measurement, Outcome } from './measurement.ts';
import { type Stack, startStack } from './stack.ts';

const services = 15;
const pods = 20;
const waitMs = 120_000;
const person = 'U0REQUESTER';
const channel = 'C0OPS';

interface Bench {
  readonly stack: Stack;
  readonly real: RealAlertmanager;
  readonly redis: OwnRedis;
  readonly manager: ReturnType<typeof createAlertmanager>;
}

/** What goes wrong in the middle of a storm, and is mended. */
const faults: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  none: async () => undefined,
  'kill-api': async ({ stack }) => {
    await stack.apis[0]?.kill();
    await pause(1_000);
    await stack.revive();
  },
  'restart-postgres': async ({ stack }) => {
    await stack.database.kill();
    await pause(1_000);
    await stack.database.start();
    await stack.revive();
  },
  'rate-limit-slack': async ({ stack }) => {
    for (const method of ['chat.postMessage', 'chat.update'])
      await stack.slack.addFault({ kind: 'rate-limit', method, times: 10, retryAfterSeconds: 2 });
  },
  'cut-redis': async ({ redis }) => {
    await redis.kill();
    await pause(5_000);
    await redis.start();
  },
};

async function wait<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const found = await look().catch(() => undefined);
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`waited in vain for: ${what}`);
    await pause(200);
  }
}

/** One storm with one fault in its middle. Answers what was broken. */
async function round(bench: Bench, mark: string, fault: (bench: Bench) => Promise<void>): Promise<readonly string[]> {
  const { stack, real, manager } = bench;
  const startsAt = new Date(Date.now() - 5_000);
  const alerts = Array.from({ length: services * pods }, (_, index) => ({
    labels: {
      alertname: 'StormTrial',
      service: `${mark}-${index % services}`,
      pod: `p${index}`,
      severity: index % services < 4 ? 'critical' : 'warning',
    },
    startsAt,
  }));
  const query = async <Row extends object>(text: string, values: readonly unknown[]): Promise<readonly Row[]> =>
    (await stack.database.pool.query(text, [...values])).rows;
  const count = async (where: string) =>
    (
      await query<{ n: number }>(
        `select count(*)::int as n from "Alert" a where a."labels"->>'service' like $1 and ${where}`,
        [`${mark}-%`],
      )
    )[0]?.n ?? -1;
  const half = Math.floor(alerts.length / 2);
  for (let from = 0; from < half; from += 30) await real.tell(alerts.slice(from, Math.min(half, from + 30)));
  const trouble = fault(bench);
  for (let from = half; from < alerts.length; from += 30) {
    await real.tell(alerts.slice(from, from + 30));
    await pause(200);
  }
  await trouble;
  await wait('all alerts in the record', async () => (await count(`a."status" = 'FIRING'`)) === alerts.length);
  const incidents = await query<{ id: string; number: number; kind: string }>(
    `select distinct i."id", i."number", i."kind"::text as kind from "Incident" i
       join "AlertGroup" g on g."incidentId" = i."id"
       join "Alert" a on a."groupId" = g."id" where a."labels"->>'service' like $1`,
    [`${mark}-%`],
  );
  const storm = incidents.find((one) => one.kind === 'STORM');
  if (storm === undefined) return [`${mark}: no storm incident`];
  const cardOf = async (number: number) =>
    (await stack.slack.messages(channel)).find(
      (message) => message.thread_ts === undefined && JSON.stringify(message.blocks).includes(`INC-${number} ·`),
    );
  const digest = await wait('the digest', () => cardOf(storm.number));
  // Everything acknowledged: a silence for each group that fires, in Alertmanager too.
  const press = async (control: string) => {
    // Also after a limit of Slack the card must come to show the button of the present state.
    await wait(`the button ${control}`, async () =>
      JSON.stringify((await cardOf(storm.number))?.blocks ?? []).includes(`"action_id":"${control}"`),
    );
    await stack.slack.press({ user: person, channel, ts: digest.ts, action_id: control });
  };
  await press('incident.acknowledge');
  const ours = async () =>
    (await manager.silences(AbortSignal.timeout(5_000))).filter(
      (one) => one.state === 'active' && one.comment.includes('[agentic-ai:'),
    ).length;
  const wanted = async () =>
    (
      await query<{ n: number }>(
        `select count(*)::int as n from "Silence" where "status" <> 'EXPIRED' and "incidentId" = $1`,
        [storm.id],
      )
    )[0]?.n ?? -1;
  const groups = (
    await query<{ n: number }>(
      `select count(*)::int as n from "AlertGroup" where "incidentId" = $1 and "status" <> 'RESOLVED'`,
      [storm.id],
    )
  )[0]?.n;
  await wait(
    'a silence for each group in both places',
    async () => (await wanted()) === groups && (await ours()) === groups,
  );
  await press('incident.release');
  await wait('no silence in either place', async () => (await wanted()) === 0 && (await ours()) === 0).catch(
    async (error: unknown) => {
      const state = await query<object>(
        'select "status", "acknowledgedUntil", "version" from "Incident" where "id" = $1',
        [storm.id],
      );
      throw new Error(`${String(error)}: ${await wanted()} wanted, ${await ours()} stand, ${JSON.stringify(state)}`);
    },
  );

  for (let from = 0; from < alerts.length; from += 100)
    await real.tell(alerts.slice(from, from + 100).map((one) => ({ ...one, endsAt: new Date(Date.now() - 500) })));
  await wait('all alerts ended', async () => (await count(`a."status" = 'FIRING'`)) === 0);
  await wait('all incidents closed', async () => {
    const open = await query<{ n: number }>(
      `select count(*)::int as n from "Incident" where "id" = any($1) and "status" <> 'RESOLVED'`,
      [incidents.map((one) => one.id)],
    );
    return open[0]?.n === 0;
  });
  const broken: string[] = [];
  for (const { number, kind } of incidents) {
    const card = await wait(`the last word of INC-${number}`, async () => {
      const found = await cardOf(number);
      return found !== undefined && /🟢|↪/.test(JSON.stringify(found.blocks)) ? found : undefined;
    }).catch(() => null);
    if (card === null) broken.push(`${mark}: the card of INC-${number} does not say that it is over`);
    if (card === null || kind !== 'STORM') continue;
    const closing = await wait('the closing line', async () =>
      (await stack.slack.thread(channel, card.ts)).find((message) => / 0 dropped/.test(message.text)),
    ).catch(() => null);
    if (closing === null) broken.push(`${mark}: no closing line with 0 dropped`);
  }
  const total = await count('true');
  if (total !== alerts.length) broken.push(`${mark}: ${total} of ${alerts.length} alerts are in the record`);
  if ((await ours()) !== 0) broken.push(`${mark}: silences of ours are left in Alertmanager`);
  const cards = (await stack.slack.messages(channel)).filter((message) => message.thread_ts === undefined);
  for (const { number } of incidents)
    if (cards.filter((message) => JSON.stringify(message.blocks).includes(`INC-${number} ·`)).length !== 1)
      broken.push(`${mark}: INC-${number} has not exactly one card`);
  return broken;
}

async function run(asked: Asked): Promise<Outcome> {
  asked.say('starting one api, one bot, Redis, Alertmanager and a local workspace');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'agentic-storm-'));
  const settings = path.join(folder, 'alerts.yml');
  writeFileSync(settings, 'storm: { quiet: PT15S }\n');
  const redis = await startRedis();
  const port = await freePort();
  const stack = await startStack({
    topology: 'all',
    channels: 1,
    copies: 1,
    apiEnv: { ALERTMANAGER_URL: `http://127.0.0.1:${port}`, ALERT_SETTINGS: settings, REDIS_URL: redis.url },
  });
  const real = await startAlertmanager({
    folder,
    port,
    webhook: { url: stack.alertUrls[0] ?? '', token: stack.alertsToken },
  });
  const bench: Bench = { stack, real, redis, manager: createAlertmanager({ url: real.url }) };
  const figures: Record<string, Figure> = {};
  const broken: string[] = [];
  const met: Record<string, boolean> = {};
  try {
    for (const [name, fault] of Object.entries(faults)) {
      if (asked.only.length > 0 && !asked.only.includes(name)) continue;
      const rounds = asked.trials ?? 3;
      const before = broken.length;
      for (let i = 1; i <= rounds; i++) {
        const begun = performance.now();
        const found = await round(bench, `${name}-${i}`, fault).catch((error: unknown) => [
          `${name}-${i}: ${error instanceof Error ? error.message : String(error)}`,
        ]);
        await stack.slack.clearFaults();
        broken.push(...found);
        asked.say(
          `${name} ${i} of ${rounds}: ${found.length === 0 ? 'in agreement' : found.join('; ')} (${Math.round((performance.now() - begun) / 1_000)} s)`,
        );
      }
      figures[name] = { rounds, broken: broken.length - before };
      met[name] = broken.length === before;
    }
  } finally {
    if (broken.length > 0) {
      process.env.KEEP_TRIALS = 'true';
      asked.say(`logs are kept in ${stack.home}/logs`);
    }
    await bench.manager.close();
    await real.stop();
    await stack.stop();
    await redis.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return {
    figures,
    baseline: { note: 'the round without a fault (none)' },
    aims: { broken: 0 },
    met,
    broken,
  };
}

/** Storms with a fault in their middle: afterwards card, record and Alertmanager agree. */
export const storm: Measurement = {
  name: 'storm',
  about:
    'storms with the api killed, PostgreSQL restarted, Slack limiting, Redis cut: card, record, Alertmanager agree',
  run,
};
