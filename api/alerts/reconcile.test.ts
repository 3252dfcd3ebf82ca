import { afterEach, beforeEach, expect, test } from 'vitest';
import { AppError } from '../../lib/errors.ts';
import { type AlertCore, alert, alertCore, person } from '../../test/support/alert-core.ts';
import { createMemoryAlertManager, type MemoryAlertManager } from '../adapters/alert-manager/memory.ts';
import { acknowledgeIncident, releaseIncident } from '../incidents/acknowledge.ts';
import { automation, type By } from '../incidents/by.ts';
import { resolveIncident } from '../incidents/resolve.ts';
import type { ReconcileDeps } from './deps.ts';
import { ingestAlerts } from './ingest.ts';
import { processAlerts } from './process.ts';
import { reconcile } from './reconcile.ts';
import { createSilence, expireSilence, extendSilence } from './silence.ts';

let core: AlertCore;
let manager: MemoryAlertManager;
let deps: ReconcileDeps;
let mina: By;
let seen: Record<string, number>;
const signal = AbortSignal.timeout(60_000);
const sender = automation('alertmanager', 'test');

beforeEach(async () => {
  core = await alertCore();
  manager = createMemoryAlertManager();
  seen = {};
  deps = {
    ...core.deps,
    manager,
    worker: 'test',
    receiver: null,
    graceMs: 0,
    // What a test did not tell the manager has not ended by that.
    restartGraceMs: 60_000,
    metrics: {
      onReconciled: () => undefined,
      onDifference: (kind, count) => {
        seen[kind] = (seen[kind] ?? 0) + count;
      },
    },
  };
  mina = await person(core.db, 'Mina', ['INCIDENT_WRITE', 'SILENCE_WRITE']);
});
afterEach(() => core.close());

const send = async (...alerts: unknown[]) => {
  await ingestAlerts(core.deps, sender, { source: 'alertmanager', alerts });
  await processAlerts(core.deps);
};
const incident = () => core.db.incident.findFirstOrThrow();
const theirs = async () => (await manager.silences(signal)).filter((one) => one.state !== 'expired');
const notices = async () =>
  (await core.db.notification.findMany({ where: { kind: 'INCIDENT_NOTICE' }, orderBy: { createdAt: 'asc' } })).map(
    (one) => one.text ?? '',
  );
const labelsOf = { alertname: 'ServiceDown', service: 'payment-api' };
/** What Alertmanager lists for the usual test alert. */
const tellManager = (start = new Date(Date.now() - 600_000)) =>
  manager.fire({ fingerprint: 'f1', labels: labelsOf, startsAt: start });

test('an acknowledgement is a short silence with link words, renewed while it is owned and gone when it is released', async () => {
  await send(alert({ fingerprint: 'f1' }));
  await acknowledgeIncident(core.deps, mina, (await incident()).id);

  await reconcile(deps);

  const [first] = await theirs();
  expect(first).toMatchObject({
    matchers: [
      { name: 'alertname', value: 'ServiceDown', isRegex: false, isEqual: true },
      { name: 'service', value: 'payment-api', isRegex: false, isEqual: true },
    ],
    createdBy: 'Mina',
    comment: expect.stringMatching(/^INC-\d+ · Mina: acknowledged \[agentic-ai:/),
  });
  const left = (first?.endsAt.getTime() ?? 0) - Date.now();
  expect(left).toBeGreaterThan(28 * 60_000);
  expect(left).toBeLessThanOrEqual(30 * 60_000);
  expect(await reconcile(deps)).toBe(0);

  await core.db.silence.updateMany({
    data: { endsAt: new Date(Date.now() + 300_000), thereUntil: first?.endsAt ?? null },
  });
  await reconcile(deps);
  expect(((await theirs())[0]?.endsAt.getTime() ?? 0) - Date.now()).toBeGreaterThan(28 * 60_000);
  expect(await theirs()).toHaveLength(1);

  await releaseIncident(core.deps, mina, (await incident()).id);
  await reconcile(deps);
  expect(await theirs()).toEqual([]);
  await acknowledgeIncident(core.deps, mina, (await incident()).id);
  await reconcile(deps);
  expect(await theirs()).toHaveLength(1);
  await resolveIncident(core.deps, mina, (await incident()).id);
  await reconcile(deps);
  expect(await theirs()).toEqual([]);
});

test('an alert of an owned incident still updates it, and another group that joins is held back too', async () => {
  await send(alert({ fingerprint: 'f1' }));
  await acknowledgeIncident(core.deps, mina, (await incident()).id);
  await reconcile(deps);

  await send(alert({ fingerprint: 'f2' }), alert({ name: 'HighLatency', fingerprint: 'f3' }));

  const groups = await core.db.alertGroup.findMany({ orderBy: { number: 'asc' } });
  expect(groups.map((one) => [one.status, one.firingCount])).toEqual([
    ['FIRING', 2],
    ['FIRING', 1],
  ]);
  await reconcile(deps);
  expect(await theirs()).toHaveLength(2);
});

test('a silence by command mutes what comes, shows in the thread, can be extended and ended', async () => {
  await send(alert({ fingerprint: 'f1' }));
  const group = await core.db.alertGroup.findFirstOrThrow();
  const made = await createSilence(core.deps, mina, {
    alertGroupId: group.id,
    durationMs: 1_800_000,
    comment: 'planned restart',
    onceKey: 'k1',
  });
  const again = await createSilence(core.deps, mina, {
    alertGroupId: group.id,
    durationMs: 1_800_000,
    comment: 'planned restart',
    onceKey: 'k1',
  });
  expect([made.matchedNow, again.silence?.id]).toEqual([1, made.silence?.id]);
  await reconcile(deps);
  expect((await core.db.silence.findFirstOrThrow()).status).toBe('ACTIVE');
  expect(await theirs()).toMatchObject([{ comment: expect.stringContaining('Mina: planned restart') }]);
  expect(await core.db.notification.count({ where: { kind: 'SILENCE_NOTICE' } })).toBe(1);

  const id = made.silence?.id ?? '';
  await extendSilence(core.deps, mina, id, 7_200_000);
  await reconcile(deps);
  expect(((await theirs())[0]?.endsAt.getTime() ?? 0) - Date.now()).toBeGreaterThan(7_100_000);
  await expireSilence(core.deps, mina, id);
  await reconcile(deps);
  expect(await theirs()).toEqual([]);
  expect((await extendSilence(core.deps, mina, id, 60_000)).userErrors).toMatchObject([{ code: 'INVALID_STATE' }]);
  expect((await expireSilence(core.deps, mina, id)).userErrors).toEqual([]);
});

test.each([
  ['no matcher', { matchers: [] }],
  ['matchers that fit everything', { matchers: [{ name: 'a', value: '.*', isRegex: true, isEqual: true }] }],
  ['no reason', { comment: ' ' }],
  ['too short', { durationMs: 1_000 }],
  ['too long', { durationMs: 40 * 86_400_000 }],
  ['a broken expression', { matchers: [{ name: 'a', value: '(', isRegex: true, isEqual: true }] }],
])('a silence with %s is refused', async (_, over) => {
  const answer = await createSilence(core.deps, mina, {
    matchers: [{ name: 'service', value: 'x', isRegex: false, isEqual: true }],
    durationMs: 600_000,
    comment: 'why',
    onceKey: 'k',
    ...over,
  });
  expect(answer.userErrors).toMatchObject([{ code: 'INVALID_INPUT' }]);
  expect(await core.db.silence.count()).toBe(0);
});

test('a silence made elsewhere becomes a row and appears in the thread, and so does its end', async () => {
  await send(alert({ fingerprint: 'f1' }));
  const id = await manager.setSilence(
    {
      id: null,
      matchers: [{ name: 'service', value: 'payment.*', isRegex: true, isEqual: true }],
      startsAt: new Date(),
      endsAt: new Date(Date.now() + 600_000),
      createdBy: 'sre@example',
      comment: 'network work',
    },
    signal,
  );

  await reconcile(deps);
  await reconcile(deps);

  expect(await core.db.silence.findMany()).toMatchObject([
    { external: true, kind: 'EXTERNAL', status: 'ACTIVE', createdByName: 'sre@example', externalId: id },
  ]);
  await send(alert({ labels: { service: 'payment-web' }, fingerprint: 'f9' }));
  expect(await core.db.incident.count()).toBe(1);
  await manager.expireSilence(id, signal);
  await reconcile(deps);
  expect((await core.db.silence.findFirstOrThrow()).status).toBe('EXPIRED');
  const lines = await core.db.timelineEntry.findMany({ where: { kind: 'SILENCE' }, orderBy: { seq: 'asc' } });
  expect(lines.map((one) => one.text)).toEqual([
    expect.stringMatching(/^Silenced in Alertmanager by sre@example: service=~"payment\.\*" until .*network work$/),
    'Silence ended in Alertmanager: service=~"payment.*"',
  ]);
  expect(seen).toEqual({ silence_made_elsewhere: 1, silence_ended_elsewhere: 1 });
});

test('a silence that cannot be set is told once, tried again, and told when it stands; a lost answer makes no second one', async () => {
  await send(alert({ fingerprint: 'f1' }));
  manager.fail(new AppError('UPSTREAM_UNAVAILABLE', 'Alertmanager did not answer within 10 s.', { retryable: true }));
  await acknowledgeIncident(core.deps, mina, (await incident()).id);
  await reconcile(deps);
  await reconcile(deps);
  expect((await notices()).filter((text) => text.includes('could not be set'))).toHaveLength(1);

  manager.fail(null);
  await core.db.silence.updateMany({ data: { tryAfter: null } });
  await reconcile(deps);
  expect((await notices()).at(-1)).toContain('stands in Alertmanager now');
  // The answer of the call was lost: the row does not know that its silence stands.
  await core.db.silence.updateMany({ data: { externalId: null, thereUntil: null, status: 'PENDING' } });
  await reconcile(deps);
  expect(await theirs()).toHaveLength(1);
});

test('a silence Alertmanager has lost is set again; one that a person ended there stays ended', async () => {
  await send(alert({ fingerprint: 'f1' }));
  await acknowledgeIncident(core.deps, mina, (await incident()).id);
  await reconcile(deps);
  const [first] = await theirs();
  await manager.expireSilence(first?.id ?? '', signal);
  await reconcile(deps);
  await reconcile(deps);
  expect(await theirs()).toEqual([]);

  await createSilence(core.deps, mina, {
    matchers: [{ name: 'service', value: 'x', isRegex: false, isEqual: true }],
    durationMs: 600_000,
    comment: 'why',
    onceKey: 'k',
  });
  await reconcile(deps);
  deps = { ...deps, manager: createMemoryAlertManager() };
  await reconcile(deps);
  expect((await deps.manager.silences(signal)).map((one) => one.state)).toEqual(['active']);
});

test('an alert whose webhook never came is taken in, one that stopped while muted ends, and a restart ends nothing', async () => {
  deps = { ...deps, restartGraceMs: 0 };
  tellManager();
  expect(await reconcile(deps)).toBe(1);
  await processAlerts(core.deps);
  expect(await incident()).toMatchObject({ title: 'ServiceDown · payment-api', status: 'TRIGGERED' });
  expect(await reconcile(deps)).toBe(0);

  manager.restart();
  deps = { ...deps, restartGraceMs: 60_000 };
  expect(await reconcile(deps)).toBe(0);

  deps = { ...deps, restartGraceMs: 0 };
  expect(await reconcile(deps)).toBe(1);
  await processAlerts(core.deps);
  expect(await incident()).toMatchObject({ status: 'RESOLVED' });
  expect(seen).toEqual({ alert_missed: 1, alert_ended: 1 });
});

test('a maintenance window begins later, and until then mutes nothing', async () => {
  await createSilence(core.deps, mina, {
    matchers: [{ name: 'service', value: 'payment-api', isRegex: false, isEqual: true }],
    durationMs: 600_000,
    comment: 'upgrade',
    startsAt: new Date(Date.now() + 600_000),
    onceKey: 'k',
  });
  await reconcile(deps);
  expect(await theirs()).toMatchObject([{ state: 'pending' }]);
  await send(alert({ fingerprint: 'f1' }));
  expect(await core.db.incident.count()).toBe(1);
  await core.db.silence.updateMany({ data: { startsAt: new Date(Date.now() - 1_000) } });
  await send(alert({ name: 'Other', labels: { service: 'payment-api', pod: '2' }, fingerprint: 'f2' }));
  expect(await core.db.alertGroup.findMany({ where: { title: 'Other' } })).toMatchObject([{ status: 'SILENCED' }]);
});

test('ten minutes before its end the creator is asked, once', async () => {
  await send(alert({ fingerprint: 'f1' }));
  const group = await core.db.alertGroup.findFirstOrThrow();
  await createSilence(core.deps, mina, { alertGroupId: group.id, durationMs: 1_800_000, comment: 'x', onceKey: 'k' });
  await core.db.silence.updateMany({
    data: { startsAt: new Date(Date.now() - 1_200_000), endsAt: new Date(Date.now() + 540_000) },
  });
  await reconcile(deps);
  await reconcile(deps);
  expect(await core.db.notification.findMany({ where: { privateToId: mina.person?.id ?? '' } })).toMatchObject([
    { kind: 'SILENCE_NOTICE', revision: 1 },
  ]);
  expect((await notices()).filter((text) => text.startsWith('Silence ends at'))).toHaveLength(1);
});

test('of two processes one compares', async () => {
  expect(await Promise.all([reconcile(deps), reconcile({ ...deps, worker: 'other' })])).toEqual([0, 0]);
  expect(await core.db.senderLease.findMany({ where: { name: 'reconciler' } })).toHaveLength(1);
});
