import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createAlertmanager } from '../../api/adapters/alert-manager/alertmanager.ts';
import { describeWith } from '../support/debian.ts';
import { freePort } from '../support/free-port.ts';
import { type RunningProduct, startProduct } from '../support/product.ts';
import { type RealAlertmanager, startAlertmanager } from '../support/real-alertmanager.ts';
import { CHANNEL, hasControl, parents, REQUESTER, textOf, waitForParent, waitForReply } from '../support/thread.ts';
import { until } from '../support/until.ts';

const groupsSchema = z.object({
  alertGroups: z.object({
    nodes: z.array(
      z.object({
        number: z.string(),
        title: z.string(),
        status: z.string(),
        firingCount: z.number(),
        totalCount: z.number(),
        incident: z.object({ number: z.string(), status: z.string() }).nullable(),
      }),
    ),
  }),
});

describeWith(['prometheus-alertmanager'], 'a real Alertmanager', () => {
  let folder: string;
  let product: RunningProduct;
  let real: RealAlertmanager;
  let manager: ReturnType<typeof createAlertmanager>;
  const signal = () => AbortSignal.timeout(5_000);
  const startsAt = new Date(Date.now() - 60_000);

  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'agentic-alertmanager-'));
    const port = await freePort();
    product = await startProduct({
      ALERTMANAGER_URL: `http://127.0.0.1:${port}`,
      HEALTH_CHECK_CRON: '0 0 3 1 1 *',
    });
    real = await startAlertmanager({
      folder,
      port,
      webhook: {
        url: `http://127.0.0.1:${product.ports.bot}/alerts/alertmanager`,
        token: product.secrets.ALERTS_TOKEN,
      },
      inhibitRules: `inhibit_rules:
  - source_matchers: [ 'alertname="NodeDown"' ]
    target_matchers: [ 'severity="warning"' ]
    equal: [ node ]
`,
    });
    manager = createAlertmanager({ url: real.url });
  });
  afterAll(async () => {
    await manager?.close();
    await real?.stop();
    await product?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const one = (service: string, pod: string, over: { alertname?: string; severity?: string; node?: string } = {}) => ({
    labels: { alertname: 'PodDown', service, pod, severity: 'critical', ...over },
    annotations: { summary: `${pod} of ${service} does not answer` },
    startsAt,
  });
  const ended = { endsAt: new Date(Date.now() - 1_000) };
  const groupOf = async (service: string) => {
    const { alertGroups } = groupsSchema.parse(
      await product.query(
        `{ alertGroups(first: 50) { nodes { number title status firingCount totalCount incident { number status } } } }`,
      ),
    );
    const cards = await parents(product.slack);
    const card = cards.find((message) => textOf(message).includes(service));
    const group = alertGroups.nodes.find(
      (node) => node.incident !== null && card !== undefined && textOf(card).includes(node.incident.number),
    );
    return { card, group };
  };
  const shows = (service: string, what: string, good: (found: Awaited<ReturnType<typeof groupOf>>) => boolean) =>
    until(
      async () => {
        const found = await groupOf(service);
        return good(found) ? found : undefined;
      },
      { what, timeoutMs: 60_000, everyMs: 250 },
    );
  const standing = async (service: string) =>
    (await manager.silences(signal())).filter(
      (silence) => silence.state === 'active' && silence.matchers.some((matcher) => matcher.value === service),
    );

  test('fire, a changed group, partial resolve and resolve are one card that follows', async () => {
    await real.tell([one('shop', 'p1'), one('shop', 'p2')]);
    const { card } = await shows('shop', 'a card with two alerts', (found) => found.group?.firingCount === 2);
    await real.tell([one('shop', 'p3')]);
    await shows('shop', 'three alerts', (found) => found.group?.totalCount === 3);
    await real.tell([{ ...one('shop', 'p1'), ...ended }]);
    await shows('shop', 'two that fire', (found) => found.group?.firingCount === 2 && found.group.totalCount === 3);
    await real.tell([one('shop', 'p2'), one('shop', 'p3')].map((alert) => ({ ...alert, ...ended })));
    const last = await shows('shop', 'a closed incident', (found) => found.group?.incident?.status === 'RESOLVED');
    expect(last.card?.ts).toBe(card?.ts);
  });

  test('acknowledging holds Alertmanager back, and releasing ends that', async () => {
    await real.tell([one('pay', 'p1')]);
    const { card } = await shows('pay', 'a card', (found) => found.group?.firingCount === 1);
    await product.slack.press({
      user: REQUESTER,
      channel: CHANNEL,
      ts: card?.ts ?? '',
      action_id: 'incident.acknowledge',
    });
    const [silence] = await until(
      async () => {
        const found = await standing('pay');
        return found.length > 0 ? found : undefined;
      },
      { what: 'a silence in Alertmanager', timeoutMs: 40_000 },
    );
    expect(silence?.matchers).toContainEqual({ name: 'alertname', value: 'PodDown', isRegex: false, isEqual: true });
    expect(silence?.comment).toMatch(/^INC-\d+ · .*\[agentic-ai:/);
    await waitForParent(product.slack, card?.ts ?? '', 'the card of an owned incident', (message) =>
      hasControl(message, 'incident.release'),
    );
    await product.slack.press({
      user: REQUESTER,
      channel: CHANNEL,
      ts: card?.ts ?? '',
      action_id: 'incident.release',
    });
    await until(async () => (await standing('pay')).length === 0 || undefined, {
      what: 'no silence in Alertmanager',
      timeoutMs: 40_000,
    });
  });

  test('silences from both sides: one made in Alertmanager appears in the thread, one by command stands there', async () => {
    await real.tell([one('search', 'p1', { alertname: 'Slow' })]);
    const { card, group } = await shows('search', 'a card', (found) => found.group?.firingCount === 1);
    await manager.setSilence(
      {
        id: null,
        matchers: [{ name: 'service', value: 'search', isRegex: false, isEqual: true }],
        startsAt: new Date(),
        endsAt: new Date(Date.now() + 1_200_000),
        createdBy: 'sre',
        comment: 'network work',
      },
      signal(),
    );
    const notice = await waitForReply(
      product.slack,
      card?.ts ?? '',
      'the notice of a silence made elsewhere',
      (message) => textOf(message).includes('network work'),
      60_000,
    );
    expect(hasControl(notice, 'silence.expire')).toBe(true);
    await product.slack.press({ user: REQUESTER, channel: CHANNEL, ts: notice.ts, action_id: 'silence.expire' });
    await until(async () => (await standing('search')).length === 0 || undefined, {
      what: 'the foreign silence to be ended there',
      timeoutMs: 40_000,
    });

    await product.slack.command({
      user: REQUESTER,
      channel: CHANNEL,
      text: `alert silence ${group?.number} 45m --reason "planned restart"`,
    });
    const [silence] = await until(
      async () => {
        const found = await standing('search');
        return found.length > 0 ? found : undefined;
      },
      { what: 'our silence in Alertmanager', timeoutMs: 40_000 },
    );
    expect(silence?.comment).toContain('planned restart');
    await product.slack.command({ user: REQUESTER, channel: CHANNEL, text: `alert unsilence ${group?.number}` });
    await until(async () => (await standing('search')).length === 0 || undefined, {
      what: 'no silence in Alertmanager',
      timeoutMs: 40_000,
    });
  });

  test('what Alertmanager inhibits is told to nobody', async () => {
    await real.tell([one('node-a', 'n1', { alertname: 'NodeDown', node: 'n1' })]);
    await shows('node-a', 'the card of the node', (found) => found.group?.firingCount === 1);
    await real.tell([one('on-node-a', 'p1', { severity: 'warning', node: 'n1' })]);
    await until(
      async () => (await manager.alerts(signal())).some((alert) => alert.inhibitedBy.length > 0) || undefined,
      {
        what: 'an inhibited alert',
      },
    );
    expect((await parents(product.slack)).filter((message) => textOf(message).includes('on-node-a'))).toEqual([]);
  });

  test('a restart of Alertmanager, of the product and of both loses no alert and makes no second card', async () => {
    await real.tell([one('stock', 'p1')]);
    await shows('stock', 'a card', (found) => found.group?.firingCount === 1);
    await real.kill();
    await real.start();
    // Its list is empty until it is told again: nothing may be closed by that.
    await real.tell([one('stock', 'p1'), one('stock', 'p2')]);
    await shows('stock', 'two alerts after its restart', (found) => found.group?.firingCount === 2);

    product.launcher.kill('SIGKILL');
    await product.launcher.exited;
    await real.tell([one('stock', 'p3')]);
    await real.kill();
    product = await startProduct(product.env, product.home);
    await real.start();
    await real.tell([one('stock', 'p1'), one('stock', 'p2'), one('stock', 'p3')]);

    await until(
      async () => {
        const { alertGroups } = groupsSchema.parse(
          await product.query(
            `{ alertGroups(first: 50) { nodes { number title status firingCount totalCount incident { number status } } } }`,
          ),
        );
        return (
          alertGroups.nodes.some((node) => node.firingCount === 3 && node.incident?.status !== 'RESOLVED') || undefined
        );
      },
      { what: 'three alerts after both restarted', timeoutMs: 60_000, everyMs: 250 },
    );
  });
});
