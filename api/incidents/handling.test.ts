import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AlertCore, alert, alertCore, person } from '../../test/support/alert-core.ts';
import { ingestAlerts } from '../alerts/ingest.ts';
import { processAlerts } from '../alerts/process.ts';
import { acknowledgeIncident } from './acknowledge.ts';
import { assignIncident, linkTicket, snoozeIncident } from './amend.ts';
import { askOwners } from './ask-owners.ts';
import { automation, type By } from './by.ts';
import { mergeIncident, splitIncident } from './merge.ts';

let core: AlertCore;
let mina: By;
const sender = automation('alertmanager', 'test');

beforeEach(async () => {
  core = await alertCore();
  mina = await person(core.db, 'Mina', ['INCIDENT_WRITE']);
});
afterEach(() => core.close());

const send = async (...alerts: unknown[]) => {
  await ingestAlerts(core.deps, sender, { source: 'alertmanager', alerts });
  await processAlerts(core.deps);
};
const on = (service: string, name = 'Down', start = 0) =>
  alert({ name, labels: { service }, start, severity: 'warning' });
const incidents = () => core.db.incident.findMany({ orderBy: { number: 'asc' } });
const lines = async (incidentId: string) =>
  (await core.db.timelineEntry.findMany({ where: { incidentId }, orderBy: { seq: 'asc' } })).map((one) => one.text);

test('merged: the alerts, and what they do later, belong to the other incident', async () => {
  await send(on('a'));
  await send(on('b'));
  const [one, two] = await incidents();

  const answer = await mergeIncident(core.deps, mina, one?.id ?? '', two?.id ?? '');

  expect(answer.userErrors).toEqual([]);
  expect(await incidents()).toMatchObject([
    { status: 'RESOLVED', mergedIntoId: two?.id, openKey: null },
    { status: 'TRIGGERED' },
  ]);
  expect(await core.db.alertGroup.count({ where: { incidentId: two?.id ?? '' } })).toBe(2);
  expect(await core.db.task.count({ where: { incidentId: one?.id ?? '', cancelRequested: true } })).toBe(1);
  await send(on('a', 'Slow'));
  await send(on('a', 'Down', 60));
  expect(await incidents()).toHaveLength(2);
  expect(await core.db.alertGroup.count({ where: { incidentId: two?.id ?? '' } })).toBe(3);
  expect((await mergeIncident(core.deps, mina, one?.id ?? '', two?.id ?? '')).userErrors).toEqual([]);
  expect((await mergeIncident(core.deps, mina, two?.id ?? '', two?.id ?? '')).userErrors).toMatchObject([
    { code: 'INVALID_INPUT' },
  ]);
});

test('of two people who merge two incidents into each other one is refused', async () => {
  await send(on('a'));
  await send(on('b'));
  const [one, two] = await incidents();

  const answers = await Promise.all([
    mergeIncident(core.deps, mina, one?.id ?? '', two?.id ?? ''),
    mergeIncident(core.deps, mina, two?.id ?? '', one?.id ?? ''),
  ]);

  expect(answers.filter((answer) => answer.userErrors.length === 0)).toHaveLength(1);
  expect((await incidents()).filter((row) => row.status !== 'RESOLVED')).toHaveLength(1);
});

test('split: some alerts get an incident of their own, and what is new stays with the first', async () => {
  await send(on('a', 'Down'), on('a', 'Slow'));
  const [incident] = await incidents();
  const slow = await core.db.alertGroup.findFirstOrThrow({ where: { title: 'Slow' } });

  const answer = await splitIncident(core.deps, mina, incident?.id ?? '', [slow.id]);

  expect(answer.incident).toMatchObject({ title: 'Slow', status: 'TRIGGERED' });
  await send(on('a', 'Other'));
  await send(on('a', 'Slow', 60));
  expect(await incidents()).toHaveLength(2);
  expect(await core.db.alertGroup.count({ where: { incidentId: incident?.id ?? '' } })).toBe(2);
  expect(await core.db.alertGroup.findUniqueOrThrow({ where: { id: slow.id } })).toMatchObject({
    incidentId: answer.incident?.id,
    totalCount: 2,
  });
  const all = await core.db.alertGroup.findMany({ where: { incidentId: incident?.id ?? '' } });
  expect(
    (
      await splitIncident(
        core.deps,
        mina,
        incident?.id ?? '',
        all.map((one) => one.id),
      )
    ).userErrors,
  ).toMatchObject([{ code: 'INVALID_STATE' }]);
});

test('assigned, snoozed and linked: stored, said, and none of it twice', async () => {
  await send(on('a'));
  const [incident] = await incidents();
  const id = incident?.id ?? '';
  const jin = await person(core.db, 'Jin', []);

  await assignIncident(core.deps, mina, id, jin.person?.id ?? '');
  await assignIncident(core.deps, mina, id, jin.person?.id ?? '');
  await linkTicket(core.deps, mina, id, { number: 'INC0012345', url: null });
  await linkTicket(core.deps, mina, id, { number: 'INC0012345', url: null });
  await snoozeIncident(core.deps, mina, id, 3_600_000);
  await send(on('a', 'Slow'));

  expect((await incidents())[0]).toMatchObject({
    assigneeId: jin.person?.id,
    ticketLinks: [{ number: 'INC0012345', url: null }],
  });
  expect(await lines(id)).toEqual([
    'Opened by the alert Down',
    'Assigned to Jin by Mina',
    'Ticket INC0012345 linked by Mina',
    expect.stringMatching(/^Quiet here until .* by Mina/),
    'Another alert joined: Slow',
  ]);
  // What can wait is told when the quiet is over; a raised severity is not held back.
  const joined = await core.db.notification.findFirstOrThrow({ where: { text: 'Another alert joined: Slow' } });
  expect(joined.notBefore.getTime() - Date.now()).toBeGreaterThan(3_500_000);
  await send(alert({ name: 'Down', labels: { service: 'a' }, fingerprint: 'x', severity: 'critical' }));
  const louder = await core.db.notification.findFirstOrThrow({ where: { text: 'Severity raised to CRITICAL' } });
  expect(louder.notBefore.getTime()).toBeLessThanOrEqual(Date.now());
  expect((await assignIncident(core.deps, mina, id, '00000000-0000-7000-8000-000000000000')).userErrors).toMatchObject([
    { code: 'NOT_FOUND' },
  ]);
});

test('whoever may not change incidents can do none of it', async () => {
  await send(on('a'));
  const [incident] = await incidents();
  const nobody = await person(core.db, 'Nobody', ['INCIDENT_READ']);
  await expect(mergeIncident(core.deps, nobody, incident?.id ?? '', incident?.id ?? '')).rejects.toThrow();
  await expect(assignIncident(core.deps, nobody, incident?.id ?? '', null)).rejects.toThrow();
  expect((await incidents())[0]?.version).toBe(incident?.version);
});

test('an acknowledgement that is about to end is asked about once for each extension', async () => {
  await send(on('a'));
  const [incident] = await incidents();
  await acknowledgeIncident(core.deps, mina, incident?.id ?? '', 540_000);
  expect([await askOwners(core.deps), await askOwners(core.deps)]).toEqual([1, 0]);
  await acknowledgeIncident(core.deps, mina, incident?.id ?? '', 570_000);
  expect(await askOwners(core.deps)).toBe(1);
  expect(await core.db.notification.findMany({ where: { privateToId: mina.person?.id ?? '' } })).toMatchObject([
    { kind: 'INCIDENT_NOTICE', text: expect.stringMatching(/^INC-1: /) },
  ]);
});
