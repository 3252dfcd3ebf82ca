import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AlertCore, alertCore } from '../../test/support/alert-core.ts';
import { acceptDelivery } from './accept.ts';
import { claimDeliveries } from './claim.ts';
import { completeDelivery } from './complete.ts';

let core: AlertCore;
beforeEach(async () => {
  core = await alertCore();
});
afterEach(() => core.close());

const accept = (key: string, payload: unknown = { text: 'hi' }) =>
  acceptDelivery(core.deps, { source: 'CHAT_COMMAND', key, payload });
const claim = (worker: string, minAgeMs = 0) =>
  claimDeliveries(core.deps, { sources: ['CHAT_COMMAND'], limit: 10, leaseMs: 30_000, worker, minAgeMs });
const leaseEnds = () => core.db.$executeRaw`update "InboxEvent" set "claimedUntil" = now() - interval '1 second'`;

test('a repeated delivery is the first one, also when both come at once', async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, () => accept('k')));

  expect(answers.filter((one) => !one.duplicate)).toHaveLength(1);
  expect(new Set(answers.map((one) => one.id)).size).toBe(1);
});

test('secrets and characters that cannot be kept do not reach the record; too much is refused', async () => {
  const { event } = await accept('k', { text: 'password=hunter22 \u0000 \ud800' });

  expect(JSON.stringify(event.payload)).not.toContain('hunter22');
  await expect(accept('big', { text: 'x'.repeat(300_000) })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await expect(accept('')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});

test('a delivery is claimed by one worker; when its time is over another takes it and the first is refused', async () => {
  const { id } = await accept('k');
  const [one, two] = await Promise.all([claim('bot-1'), claim('bot-2')]);
  expect(one.events.length + two.events.length).toBe(1);
  const first = one.lease ?? two.lease;

  await leaseEnds();
  const next = await claim('bot-3');

  expect(next.events.map((event) => event.id)).toEqual([id]);
  expect((next.lease?.token ?? '') > (first?.token ?? '')).toBe(true);
  const late = await completeDelivery(core.deps, { id, leaseToken: first?.token ?? '' });
  expect(late.refused?.code).toBe('INVALID_STATE');
  expect((await completeDelivery(core.deps, { id, leaseToken: next.lease?.token ?? '' })).event?.status).toBe('DONE');
  expect((await completeDelivery(core.deps, { id })).refused).toBeNull();
});

test('a fresh delivery is left to whoever accepted it', async () => {
  await accept('k');

  expect((await claim('bot-2', 60_000)).events).toEqual([]);
});

test('a delivery that is never completed is quarantined with its reason', async () => {
  const { id } = await accept('k');
  for (let attempt = 0; attempt < 5; attempt++) {
    expect((await claim('bot')).events).toHaveLength(1);
    await leaseEnds();
  }

  expect((await claim('bot')).events).toEqual([]);

  expect(await core.db.inboxEvent.findUniqueOrThrow({ where: { id } })).toMatchObject({
    status: 'QUARANTINED',
    error: expect.stringContaining('5 times'),
  });
});

test('an error gives the delivery back, a quarantine keeps it aside', async () => {
  const { id } = await accept('k');
  expect((await completeDelivery(core.deps, { id, error: 'slow' })).event).toMatchObject({
    status: 'RECEIVED',
    error: 'slow',
  });

  const done = await completeDelivery(core.deps, { id, error: 'malformed', quarantine: true });

  expect(done.event).toMatchObject({ status: 'QUARANTINED', error: 'malformed' });
});
