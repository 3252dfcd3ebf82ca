import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { killEverything } from '../support/kill-everything.ts';
import { type RunningProduct, startProduct } from '../support/product.ts';
import { buttonOf, type SickService, sickService, toldOnly } from '../support/sick-service.ts';
import { temporaryHome } from '../support/temporary-home.ts';
import { APPROVER, CHANNEL, REQUESTER, textOf, waitForParent, waitForReply } from '../support/thread.ts';
import { until } from '../support/until.ts';

const SECOND = 'U0VIEWER';
const people = z.object({
  users: z.object({ nodes: z.array(z.object({ id: z.string(), displayName: z.string(), version: z.number() })) }),
});
const quiet = { SAMPLE_SYSTEM: 'false', HEALTH_CHECK_CRON: '0 0 3 1 1 *' };

describe('an approval that does not simply pass', () => {
  const home = temporaryHome('agentic-endings-');
  let product: RunningProduct;
  const services: SickService[] = [];
  const sick = async (name: string) => {
    const service = await sickService(product, name);
    services.push(service);
    return service;
  };

  const press = (user: string, ts: string, action: string, button?: { block_id: string; value: string }) =>
    product.slack.press({
      user,
      channel: CHANNEL,
      ts,
      action_id: action,
      ...(button ? { ...button, stale: true } : {}),
    });
  const cardShows = (thread: string, ts: string, words: string) =>
    waitForReply(
      product.slack,
      thread,
      `the card saying ${words}`,
      (one) => one.ts === ts && textOf(one).includes(words),
    );
  const resolved = (thread: string) =>
    waitForParent(product.slack, thread, 'the resolved card', (message) => textOf(message).includes('🟢'));
  const lastTask = async (service: SickService) => {
    const { tasks } = await service.settled();
    // The responses to the incident; what they delegated has no outcome of its own.
    return tasks.nodes
      .filter((task) => task.result?.outcome !== undefined)
      .toSorted((one, other) => Number(one.number.slice(2)) - Number(other.number.slice(2)))
      .at(-1);
  };

  beforeAll(async () => {
    product = await startProduct(quiet, home);
    // A second person who may decide, and an approver who may also begin something.
    const { users } = people.parse(await product.query('{ users { nodes { id displayName version } } }'));
    for (const { id, version } of users.nodes.filter((one) => ['Alex', 'Mina'].includes(one.displayName)))
      await product.query(
        'mutation ($input: UserUpdateInput!) { userUpdate(input: $input) { userErrors { message } } }',
        { input: { id, expectedVersion: version, roles: ['APPROVER', 'OPERATOR'] } },
      );
  });

  afterAll(async () => {
    for (const service of services) await service.stop();
    await product?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  test('denied: the reason is on the card, nothing runs, and the incident stays open', async () => {
    const service = await sick('svc-denied');
    const { thread, card } = await service.askForRestart();
    const pressed = await press(APPROVER, card.ts, 'approval.reject');
    expect(pressed.ok).toBe(true);
    const form = await until(async () => (await product.slack.views(APPROVER)).views.at(-1), { what: 'the form' });
    const sent = await product.slack.submit({
      user: APPROVER,
      view_id: form.id,
      values: { reason: { value: 'freeze until noon' } },
    });
    expect(sent).toMatchObject({ ok: true });

    const shown = await cardShows(thread, card.ts, 'freeze until noon');
    expect(textOf(shown)).toContain('🔴 Rejected');
    expect(textOf(shown)).not.toContain('approval.approve');
    const task = await lastTask(service);
    expect(task?.result?.outcome).toBe('NOT_APPROVED');
    expect(task?.effects).toEqual([]);
    expect(await service.starts()).toBe(1);
    expect((await service.incident()).status).not.toBe('RESOLVED');
  });

  test('asked by the approver herself: she is told that another person has to decide, and that person can', async () => {
    const service = await sick('svc-own');
    const { thread, card } = await service.askForRestart();
    await press(APPROVER, card.ts, 'approval.reject');
    const form = await until(async () => (await product.slack.views(APPROVER)).views.at(-1), { what: 'the form' });
    await product.slack.submit({
      user: APPROVER,
      view_id: form.id,
      values: { reason: { value: 'let me look first' } },
    });
    await cardShows(thread, card.ts, 'let me look first');
    await service.settled();
    // Now a person begins it: she is the requester.
    expect(await press(APPROVER, thread, 'incident.investigate')).toMatchObject({ ok: true });
    const own = await waitForReply(
      product.slack,
      thread,
      'her own approval card',
      (message) => message.ts !== card.ts && textOf(message).includes('approval.approve'),
    );

    await press(APPROVER, own.ts, 'approval.approve');
    await toldOnly(product, APPROVER, /Another person has to decide/);
    await press(REQUESTER, own.ts, 'approval.approve');
    await toldOnly(product, REQUESTER, /needs the approver role/);
    const waiting = await service.incident();
    expect(waiting.tasks.nodes.flatMap((task) => task.effects)).toEqual([]);
    expect(await service.starts(), 'nothing ran').toBe(1);

    await press(SECOND, own.ts, 'approval.approve');
    await resolved(thread);
    expect(await service.starts()).toBe(2);
  });

  test('the target changed meanwhile: the yes is refused as outdated and nothing runs', async () => {
    const service = await sick('svc-drifted');
    const { card } = await service.askForRestart('error');
    await service.restartByHand();
    expect(await service.starts()).toBe(2);
    await press(APPROVER, card.ts, 'approval.approve');

    const task = await lastTask(service);
    expect(task?.result?.outcome).toBe('RECOVERED');
    expect(task?.effects).toEqual([]);
    expect(await service.starts(), 'only the restart by hand').toBe(2);
  });

  test('clicked twice and by two people: it runs once, and who comes late reads who decided', async () => {
    const service = await sick('svc-twice');
    const { thread, card } = await service.askForRestart();
    const button = buttonOf(card, 'approval.approve');
    await Promise.all([
      press(APPROVER, card.ts, 'approval.approve', button),
      press(APPROVER, card.ts, 'approval.approve', button),
    ]);
    await cardShows(thread, card.ts, '✅ Approved');
    await press(SECOND, card.ts, 'approval.approve', button);
    const late = await toldOnly(product, SECOND, /was already approved by/);
    expect(textOf(late)).toMatch(/already approved by Mina at \d\d:\d\d:\d\d UTC/);

    await resolved(thread);
    const { tasks } = await service.settled();
    expect(tasks.nodes.flatMap((task) => task.effects)).toEqual([{ status: 'DONE', accepted: true }]);
    expect(await service.starts()).toBe(2);
  });

  test('everything is killed while it waits: the next start finds it, and a yes runs it once and verifies it', async () => {
    const service = await sick('svc-killed');
    const { thread, card } = await service.askForRestart();
    await killEverything(product);
    product = await startProduct({ ...product.env, APPROVAL_EXPIRY: 'PT12S' }, home);
    expect((await service.incident()).approvals.nodes).toMatchObject([{ status: 'PENDING' }]);
    expect(await service.starts(), 'nothing ran by itself').toBe(1);
    await press(APPROVER, card.ts, 'approval.approve');

    await resolved(thread);
    const { tasks } = await service.settled();
    expect(tasks.nodes.flatMap((task) => task.effects)).toEqual([{ status: 'DONE', accepted: true }]);
    expect(await service.starts()).toBe(2);
    expect(await service.healthy()).toBe(true);
  });

  test('nobody decides in time: it expires, a late yes is refused, nothing runs', async () => {
    const service = await sick('svc-expired');
    const { thread, card } = await service.askForRestart();
    const button = buttonOf(card, 'approval.approve');
    const expired = await cardShows(thread, card.ts, '🔕 Expired, nothing ran');
    expect(textOf(expired)).not.toContain('approval.approve');
    await press(APPROVER, card.ts, 'approval.approve', button);
    await toldOnly(product, APPROVER, /expired|cancelled at/);

    const task = await lastTask(service);
    expect(task?.result?.outcome).toBe('NOT_APPROVED');
    expect(task?.effects).toEqual([]);
    expect((await service.incident()).approvals.nodes).toMatchObject([{ status: 'EXPIRED' }]);
    expect(await service.starts()).toBe(1);
  });
});
