import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { alertmanagerBody, firing, postAlerts } from '../support/alertmanager.ts';
import { databaseProcesses, piecesOf, programs } from '../support/hostile.ts';
import { type RunningProduct, startProduct } from '../support/product.ts';
import { postUntilAnswered } from '../support/raw-post.ts';
import { CHANNEL, parents, REQUESTER, textOf } from '../support/thread.ts';
import { until } from '../support/until.ts';

const groups = z.object({ alertGroups: z.object({ nodes: z.array(z.object({ title: z.string() })) }) });
const system = (name: string) => ({ system: name, severity: 'critical' });

describe('the door for alerts under bad input', () => {
  let product: RunningProduct;
  let before: Readonly<Record<string, number>>;

  const titles = async () =>
    groups
      .parse(await product.query('{ alertGroups(first: 100) { nodes { title } } }'))
      .alertGroups.nodes.map((one) => one.title);
  const hasGroup = (name: string) =>
    until(async () => (await titles()).some((title) => title.includes(name)), {
      what: `the group of ${name}`,
      timeoutMs: 20_000,
    });

  beforeAll(async () => {
    product = await startProduct({ SAMPLE_SYSTEM: 'false', HEALTH_CHECK_CRON: '0 0 3 1 1 *' });
    before = programs(product);
  });
  afterAll(() => product?.stop());

  test.each([
    ['no token', null],
    ['a wrong token', 'wrong-token-wrong-token-wrong'],
    ['an empty token', ''],
    ['a token that is longer by one', 'x'],
  ])('%s is refused and nothing is stored', async (title, token) => {
    const given = title.startsWith('a token that') ? `${product.secrets.ALERTS_TOKEN}x` : token;
    const answer = await postAlerts(product, alertmanagerBody([firing({ labels: { alertname: 'Forged' } })]), {
      token: given,
    });
    expect([401, 403]).toContain(answer.status);
    expect(await answer.text()).not.toContain(product.secrets.ALERTS_TOKEN);
    expect(await titles()).not.toContain('Forged');
  });

  test('an unknown source has no door', async () => {
    const answer = await postAlerts(product, alertmanagerBody([]), { source: 'nobody' });
    expect(answer.status).toBe(404);
  });

  test.each([
    ['no JSON', '{"alerts": [', /json/i],
    ['JSON of another shape', '{"version":"4","groupKey":"g","alerts":"none"}', /alerts/],
    ['a list instead of an object', '[]', /.+/],
    ['nothing', '', /.+/],
    ['nesting without end', `{"alerts":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, /.+/],
  ])('%s is a 400 that names the part', async (_title, body, named) => {
    const answer = await postAlerts(product, body);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toMatch(named);
  });

  test('what is too large is a 413, packed or not', async () => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${product.secrets.ALERTS_TOKEN}` };
    const url = `http://127.0.0.1:${product.ports.bot}/alerts/alertmanager`;
    expect(await postUntilAnswered(url, { headers, bytes: 12_000_000 })).toBe(413);
    expect(await postUntilAnswered(url, { headers, bytes: 12_000_000, chunked: true })).toBe(413);
    const large = JSON.stringify(
      alertmanagerBody([firing({ labels: { alertname: 'Large' }, annotations: { text: 'x'.repeat(12_000_000) } })]),
    );
    const packed = await postAlerts(product, new Uint8Array(gzipSync(large)), {
      headers: { 'content-encoding': 'gzip' },
    });
    expect([413, 415]).toContain(packed.status);
    expect(await titles()).not.toContain('Large');
  });

  test('another content type is refused', async () => {
    const answer = await postAlerts(product, '<alerts/>', { headers: { 'content-type': 'application/xml' } });
    expect([400, 415]).toContain(answer.status);
  });

  test('an odd alert among good ones is set aside with its reason; the good ones are processed', async () => {
    const batch = alertmanagerBody([
      firing({ labels: { alertname: 'GoodFirst', ...system('good-1') } }),
      firing({ labels: { alertname: 'OddTime', ...system('odd-1') }, startsAt: '1971-01-01T00:00:00Z' }),
      firing({ labels: { alertname: 'OddLabel', ...system('odd-2'), path: 'x'.repeat(5_000) } }),
      firing({ labels: { alertname: 'GoodLast', ...system('good-2') } }),
    ]);
    const answer = await postAlerts(product, batch);
    expect(answer.ok).toBe(true);
    expect(await answer.json()).toMatchObject({ accepted: 2, quarantined: 2 });
    await hasGroup('GoodFirst');
    await hasGroup('GoodLast');
    const again = await postAlerts(product, batch);
    expect(again.ok).toBe(true);
    expect(await again.json()).toMatchObject({ accepted: 0, duplicates: 4, quarantined: 0 });
  });

  test('foreign text in labels and annotations does nothing in any message', async () => {
    const mention = '<!channel> <@U0APPROVER> <!subteam^S0ONCALL>';
    const link = '<https://evil.example/steal|Approve here> [click](https://evil.example/md)';
    const fence = '``` *Approved by Mina* ``` _x_ ~y~ `z`';
    const marks = '\u202e\u2066\u200f txet \u2069\u202c';
    const answer = await postAlerts(
      product,
      alertmanagerBody([
        firing({
          labels: {
            alertname: `Hostile ${mention}`,
            system: `shop ${link}`,
            severity: 'critical',
            instance: fence,
            zone: marks,
          },
          annotations: {
            summary: `${mention} ${link} ${fence} ${marks}`,
            description: `${mention} ${'long '.repeat(2_000)}`,
            runbook_url: 'javascript:alert(1)',
            dashboard: 'https://evil.example/dashboard',
          },
        }),
      ]),
    );
    expect(answer.ok).toBe(true);
    const card = await until(
      async () => (await parents(product.slack)).find((one) => textOf(one).includes('Hostile')),
      {
        what: 'the card',
        timeoutMs: 20_000,
      },
    );
    await until(
      async () => {
        const all = await product.query('{ tasks(first: 50) { nodes { status } } }');
        return !/QUEUED|RUNNING/.test(JSON.stringify(all));
      },
      { what: 'the end of the investigation', timeoutMs: 30_000, everyMs: 100 },
    );
    const messages = await product.slack.thread(CHANNEL, card.ts);
    expect(messages.length).toBeGreaterThan(0);
    for (const message of messages) {
      for (const piece of piecesOf(message)) {
        expect(piece.text).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200e\u200f]/);
        if (piece.kind === 'markup') {
          expect(piece.text).not.toMatch(/<(!channel|@U0APPROVER|!subteam|https?:\/\/evil)/);
          expect(piece.text).not.toContain('```');
        }
        if (piece.kind === 'acting') expect(piece.text).not.toMatch(/evil\.example|javascript:|broadcast|usergroup/);
      }
      expect(JSON.stringify(message.blocks).length).toBeLessThan(13_000);
    }
  });

  test('with the database away it is a 503 that says when to come again, and the same post is taken later', async () => {
    const batch = alertmanagerBody([firing({ labels: { alertname: 'DuringOutage', ...system('outage') } })]);
    const frozen = databaseProcesses(product);
    expect(frozen.length).toBeGreaterThan(2);
    for (const pid of frozen) process.kill(pid, 'SIGSTOP');
    const refused = await postAlerts(product, batch).finally(() => {
      for (const pid of frozen) process.kill(pid, 'SIGCONT');
    });
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await until(async () => (await postAlerts(product, batch)).ok, {
      what: 'the door taking it',
      timeoutMs: 30_000,
      everyMs: 200,
    });
    await hasGroup('DuringOutage');
    expect((await titles()).filter((title) => title.includes('DuringOutage'))).toHaveLength(1);
  });

  test('after all of it every process is the same and a command works', async () => {
    expect(programs(product)).toEqual(before);
    expect(Object.keys(before).length).toBeGreaterThanOrEqual(4);
    expect(await product.slack.command({ user: REQUESTER, channel: CHANNEL, text: 'incident list' })).toMatchObject({
      ok: true,
    });
    await until(
      async () =>
        (await product.slack.messages(CHANNEL, REQUESTER)).some(
          (one) => one.ephemeral_to === REQUESTER && textOf(one).includes('GoodFirst'),
        ),
      { what: 'the list of incidents', timeoutMs: 15_000 },
    );
  });
});
