import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AlertCore, alert, alertCore } from '../../test/support/alert-core.ts';
import { automation } from '../incidents/by.ts';
import { ingestAlerts } from './ingest.ts';
import { processAlerts } from './process.ts';
import { reopenStillFiring, settleGroups } from './settle.ts';
import { readStorm } from './storm.ts';
import { tickStorms } from './storm-tick.ts';

let core: AlertCore;
const sender = automation('alertmanager', 'test');

beforeEach(async () => {
  core = await alertCore();
});
afterEach(() => core.close());

const send = async (...alerts: unknown[]) => {
  await ingestAlerts(core.deps, sender, { source: 'alertmanager', alerts });
  await processAlerts(core.deps);
};
const incidents = () => core.db.incident.findMany({ orderBy: { number: 'asc' } });
const on = (index: number, more: Parameters<typeof alert>[0] = {}) =>
  alert({ ...more, labels: { service: `svc-${index}`, node: 'n3', ...more.labels } });
const many = (from: number, to: number, more: Parameters<typeof alert>[0] = {}) =>
  Array.from({ length: to - from }, (_, index) => on(from + index, more));

test('eleven systems at once are one storm with three threads of their own, one investigation and nothing dropped', async () => {
  await send(...many(0, 14), ...many(14, 20, { severity: 'warning' }));
  await tickStorms(core.deps);

  const all = await incidents();
  expect(all.filter((one) => one.kind === 'NORMAL')).toHaveLength(3);
  const storm = all.find((one) => one.kind === 'STORM');
  if (storm === undefined) throw new Error('no storm');
  expect(readStorm(storm)).toMatchObject({ ownThreads: 3, endedAt: null, dropped: 0 });
  expect(readStorm(storm)?.cause).toMatchObject({ kind: 'label', name: 'node', value: 'n3', groups: 17, of: 17 });
  expect(await core.db.alertGroup.count({ where: { incidentId: storm.id } })).toBe(17);
  expect(await core.db.task.findMany({ select: { incidentId: true } })).toEqual([{ incidentId: storm.id }]);
  const messages = await core.db.notification.findMany();
  expect(messages.map((one) => one.kind).sort()).toEqual([
    'INCIDENT_CARD',
    'INCIDENT_CARD',
    'INCIDENT_CARD',
    'STORM_DIGEST',
  ]);
});

test('what trickles in is gathered too: untouched threads of the same minute join, one that a person took stays', async () => {
  for (let index = 0; index < 10; index++) await send(on(index, { severity: 'warning' }));
  const before = await incidents();
  expect(before.every((one) => one.kind === 'NORMAL')).toBe(true);
  await core.db.incident.update({
    where: { id: before[0]?.id ?? '' },
    data: { status: 'ACKNOWLEDGED', acknowledgedUntil: new Date(Date.now() + 600_000) },
  });

  await send(...many(10, 12, { severity: 'warning' }));

  const all = await incidents();
  const storm = all.find((one) => one.kind === 'STORM');
  expect(storm).toBeDefined();
  expect(all.filter((one) => one.mergedIntoId === storm?.id)).toHaveLength(9);
  expect(all[0]).toMatchObject({ status: 'ACKNOWLEDGED', mergedIntoId: null });
  expect(await core.db.alertGroup.count({ where: { incidentId: storm?.id ?? '' } })).toBe(11);
  // Cards that were not sent yet are not sent any more, and the investigations of the gathered are asked to end.
  expect(await core.db.notification.count({ where: { status: 'REPLACED' } })).toBe(0);
  expect(await core.db.task.count({ where: { cancelRequested: true } })).toBe(9);

  await send(on(3, { severity: 'warning', start: 60 }));
  expect(await core.db.incident.count({ where: { status: { not: 'RESOLVED' } } })).toBe(2);
});

test('a storm ends after the quiet time with its counts, and goes on when new groups come again', async () => {
  await send(...many(0, 15, { severity: 'warning' }));
  await core.db.$executeRaw`update "Incident" set "storm" = jsonb_set("storm", '{lastNewAt}',
    to_jsonb(to_char(now() at time zone 'utc' - interval '11 minutes', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')))`;

  expect(await tickStorms(core.deps)).toBe(1);
  expect(await tickStorms(core.deps)).toBe(0);

  const closing = await core.db.notification.findMany({ where: { kind: 'INCIDENT_NOTICE' } });
  expect(closing.map((one) => one.text)).toEqual([
    'The storm is over, nothing new for the quiet time: 15 alerts, 15 groups, 0 dropped',
  ]);
  await send(...many(20, 35, { severity: 'warning' }));
  const storms = (await incidents()).filter((one) => one.kind === 'STORM');
  expect(storms).toHaveLength(1);
  expect(storms[0] === undefined ? null : readStorm(storms[0])).toMatchObject({ endedAt: null });
  expect(await core.db.alertGroup.count({ where: { incidentId: storms[0]?.id ?? '' } })).toBe(30);
});

test('while a storm runs its incident stays open when all alerts end; after it the incident closes', async () => {
  await send(...many(0, 12, { severity: 'warning' }));
  await send(...many(0, 12, { severity: 'warning', status: 'RESOLVED' }));
  expect((await incidents())[0]).toMatchObject({ kind: 'STORM', status: 'TRIGGERED' });

  await core.db
    .$executeRaw`update "Incident" set "storm" = jsonb_set("storm", '{lastNewAt}', '"2026-01-01T00:00:00Z"')`;
  await tickStorms(core.deps);

  expect((await incidents())[0]).toMatchObject({ kind: 'STORM', status: 'RESOLVED' });
});

test('an alert of a system that depends on one with an open incident joins it', async () => {
  const system = (id: string, name: string, dependsOn: string[]) => ({
    id: `00000000-0000-7000-8000-00000000000${id}`,
    name,
    displayName: name,
    dependsOn,
  });
  await core.db.system.createMany({
    data: [system('1', 'db', []), system('2', 'api', ['db']), system('3', 'web', ['api'])],
  });
  await send(alert({ name: 'DbDown', labels: { service: 'db' } }));
  await send(alert({ name: 'Errors', labels: { service: 'web' } }));

  expect(await incidents()).toHaveLength(1);
  expect(await core.db.alertGroup.count({ where: { incidentId: { not: null } } })).toBe(2);
  const notices = await core.db.notification.findMany({ where: { kind: 'INCIDENT_NOTICE' } });
  expect(notices.map((one) => one.text)).toEqual(['What depends on this joined: Errors']);
});

test('a flapping alert keeps one incident open without a word for each change, and ends when it was quiet', async () => {
  for (let turn = 0; turn < 4; turn++) {
    await send(alert({ start: turn * 60 }));
    if (turn < 2) await core.db.task.updateMany({ data: { finishedAt: new Date() } });
    await send(alert({ start: turn * 60, status: 'RESOLVED' }));
  }
  const [incident] = await incidents();
  expect(incident?.status).toBe('TRIGGERED');
  expect(await core.db.alertGroup.findMany()).toMatchObject([{ status: 'FLAPPING', firingCount: 0, totalCount: 4 }]);
  const notices = await core.db.notification.findMany({
    where: { kind: 'INCIDENT_NOTICE' },
    orderBy: { createdAt: 'asc' },
  });
  expect(notices.map((one) => one.text)).toEqual([
    'Fires again: ServiceDown. Reopened',
    'Fires again: ServiceDown. Reopened',
    'Fires again: ServiceDown. Reopened',
    'Comes and goes: ServiceDown. Held until it is quiet',
  ]);
  expect(await settleGroups(core.deps)).toBe(0);

  await core.db.$executeRaw`update "AlertGroup" set "dueAt" = now() - interval '1 second', "changes" = '[]'`;
  expect(await settleGroups(core.deps)).toBe(1);

  expect((await incidents())[0]?.status).toBe('RESOLVED');
});

test('an alert that never stops after a verified fix opens its incident again; without a verification it must be seen', async () => {
  await send(alert());
  const [incident] = await incidents();
  const id = incident?.id ?? '';
  const long = new Date(Date.now() - 11 * 60_000);
  const close = () =>
    core.db.incident.update({
      where: { id },
      data: { status: 'RESOLVED', resolvedAt: long, openKey: null, fix: 'restart' },
    });
  await close();
  await core.db.alert.updateMany({ data: { updatedAt: long } });
  expect(await reopenStillFiring(core.deps)).toBe(0);

  await core.db.timelineEntry.create({
    data: {
      id: '00000000-0000-7000-8000-0000000000aa',
      incidentId: id,
      kind: 'VERIFICATION',
      actorType: 'automation',
      actorName: 'sop',
      text: 'up',
      at: long,
    },
  });
  await core.db.task.updateMany({ data: { finishedAt: new Date() } });
  expect(await reopenStillFiring(core.deps)).toBe(1);
  expect(await reopenStillFiring(core.deps)).toBe(0);

  expect((await incidents())[0]).toMatchObject({ status: 'TRIGGERED', openKey: 'label:payment-api' });
  expect(await core.db.task.count({ where: { finishedAt: null } })).toBe(1);
  const notices = await core.db.notification.findMany({ where: { kind: 'INCIDENT_NOTICE' } });
  expect(notices.map((one) => one.text)).toEqual(['Still fires since the fix was verified: ServiceDown. Reopened']);
});
