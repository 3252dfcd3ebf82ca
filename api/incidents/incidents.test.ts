import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AlertCore, alertCore, person } from '../../test/support/alert-core.ts';
import type { Incident } from '../db.ts';
import { inTransaction } from '../db.ts';
import { acknowledgeIncident, endAcknowledgements, releaseIncident } from './acknowledge.ts';
import { automation, type By } from './by.ts';
import { declareIncident } from './declare.ts';
import { storeIncidentReport, writeIncidentReport } from './load-report.ts';
import { addNote } from './note.ts';
import { reopenIncident } from './reopen.ts';
import { resolveIncident } from './resolve.ts';
import { addTimeline } from './timeline.ts';

let core: AlertCore;
let mina: By;
let jin: By;
let incident: Incident;

const declare = (scope: string | null) =>
  inTransaction(core.db, (tx) =>
    declareIncident(tx, {
      title: 'ServiceDown',
      severity: 'CRITICAL',
      systemId: null,
      scope,
      locale: 'EN',
      conversation: { workspace: 'T0LOCAL', channel: 'C0OPS' },
      startedAt: new Date(Date.now() - 16 * 60_000),
      actor: automation('alerts', 't').actor,
      text: 'Opened',
    }),
  );

beforeEach(async () => {
  core = await alertCore();
  mina = await person(core.db, 'Mina', ['INCIDENT_READ', 'APPROVAL_DECIDE']);
  jin = await person(core.db, 'Jin', ['INCIDENT_READ', 'INCIDENT_WRITE']);
  incident = await declare('label:payment-api');
});
afterEach(() => core.close());

const stateOf = (id: string) => core.db.incident.findUniqueOrThrow({ where: { id } });

test('an acknowledgement says whose it is, for an hour, in one transaction with timeline, card and audit', async () => {
  const answer = await acknowledgeIncident(core.deps, mina, incident.id);

  expect(answer.userErrors).toEqual([]);
  expect(answer.incident).toMatchObject({
    status: 'ACKNOWLEDGED',
    acknowledgedById: mina.person?.id,
    assigneeId: mina.person?.id,
  });
  const left = (answer.incident?.acknowledgedUntil?.getTime() ?? 0) - Date.now();
  expect(left).toBeGreaterThan(55 * 60_000);
  expect(left).toBeLessThan(61 * 60_000);
  expect(await core.db.timelineEntry.findMany({ orderBy: { seq: 'asc' } })).toMatchObject([
    { text: 'Opened' },
    { text: expect.stringMatching(/^Acknowledged by Mina until/), actorName: 'Mina' },
  ]);
  expect(await core.db.notification.findMany()).toMatchObject([{ kind: 'INCIDENT_CARD', revision: 2 }]);
  expect(await core.db.auditEntry.findMany()).toMatchObject([
    { operation: 'incidentAcknowledge', outcome: 'acknowledged' },
  ]);
});

test('of two people who acknowledge at once one has it, and the other is told who', async () => {
  const answers = await Promise.all([
    acknowledgeIncident(core.deps, mina, incident.id),
    acknowledgeIncident(core.deps, jin, incident.id),
  ]);

  const refused = answers.filter((one) => one.userErrors.length > 0);
  expect(refused).toHaveLength(1);
  const holder = (await stateOf(incident.id)).acknowledgedById === mina.person?.id ? 'Mina' : 'Jin';
  expect(refused[0]?.userErrors[0]).toMatchObject({ code: 'INVALID_STATE', message: expect.stringContaining(holder) });
});

test('acknowledging a resolved incident reopens nothing and answers it as it stands', async () => {
  await resolveIncident(core.deps, jin, incident.id, { cause: 'disk full' });

  const answer = await acknowledgeIncident(core.deps, mina, incident.id);

  expect(answer.userErrors[0]?.code).toBe('INVALID_STATE');
  expect(answer.incident?.status).toBe('RESOLVED');
  expect((await stateOf(incident.id)).status).toBe('RESOLVED');
});

test('an acknowledgement ends by database time and not before', async () => {
  await acknowledgeIncident(core.deps, mina, incident.id);
  expect(await endAcknowledgements(core.deps)).toBe(0);
  await core.db.$executeRaw`update "Incident" set "acknowledgedUntil" = clock_timestamp() - interval '1 ms'`;

  expect(await endAcknowledgements(core.deps)).toBe(1);

  expect(await stateOf(incident.id)).toMatchObject({ status: 'TRIGGERED', acknowledgedUntil: null, assigneeId: null });
  expect(await endAcknowledgements(core.deps)).toBe(0);
});

test('whoever may neither change incidents nor decide is refused, and a key that speaks for nobody cannot acknowledge', async () => {
  const alex = await person(core.db, 'Alex', ['INCIDENT_READ']);

  await expect(acknowledgeIncident(core.deps, alex, incident.id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(resolveIncident(core.deps, mina, incident.id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  const answer = await acknowledgeIncident(core.deps, automation('key', 't'), incident.id);
  expect(answer.userErrors[0]?.code).toBe('FORBIDDEN');
});

test('a released incident is open to all again', async () => {
  await acknowledgeIncident(core.deps, mina, incident.id);

  await releaseIncident(core.deps, jin, incident.id, 'shift ends');

  expect(await stateOf(incident.id)).toMatchObject({ status: 'TRIGGERED', acknowledgedById: null });
  expect((await releaseIncident(core.deps, jin, incident.id)).userErrors[0]?.code).toBe('INVALID_STATE');
});

test('resolving twice keeps the first cause, ends the approvals once and posts one card', async () => {
  const by = automation('sop', 'T-1');
  await resolveIncident(core.deps, by, incident.id, {
    cause: 'it was stopped',
    fix: 'restarted',
    verification: '200 in 12 ms',
  });

  const second = await resolveIncident(core.deps, jin, incident.id, { cause: 'other' });

  expect(second.userErrors[0]?.code).toBe('INVALID_STATE');
  expect(await stateOf(incident.id)).toMatchObject({
    cause: 'it was stopped',
    fix: 'restarted',
    resolvedBy: 'sop',
    openKey: null,
  });
  expect(core.cancelled).toEqual([incident.id]);
  expect(await core.db.timelineEntry.count({ where: { kind: 'VERIFICATION', text: '200 in 12 ms' } })).toBe(1);
});

test('reopening needs a reason, and is refused while another incident of the same system is open', async () => {
  await resolveIncident(core.deps, jin, incident.id);
  expect((await reopenIncident(core.deps, jin, incident.id, ' ')).userErrors[0]?.code).toBe('INVALID_INPUT');
  const other = await declare('label:payment-api');

  const refused = await reopenIncident(core.deps, jin, incident.id, 'not over');

  expect(refused.userErrors[0]).toMatchObject({
    code: 'INVALID_STATE',
    message: expect.stringContaining(`INC-${other.number}`),
  });
  await resolveIncident(core.deps, jin, other.id);
  expect((await reopenIncident(core.deps, jin, incident.id, 'not over')).incident?.status).toBe('TRIGGERED');
});

test('a note is added once per key', async () => {
  const note = { id: incident.id, text: 'called the provider', idempotencyKey: 'k1' };
  const first = await addNote(core.deps, jin, note);

  const second = await addNote(core.deps, jin, note);

  expect(second.entry?.id).toBe(first.entry?.id);
  expect(await core.db.timelineEntry.count({ where: { kind: 'NOTE' } })).toBe(1);
});

test('a refused audit entry leaves no trace of the change', async () => {
  const deaf = {
    ...core.deps,
    audit: async () => {
      throw new Error('audit is down');
    },
  };

  await expect(acknowledgeIncident(deaf, mina, incident.id)).rejects.toThrow('audit is down');

  expect((await stateOf(incident.id)).status).toBe('TRIGGERED');
  expect(await core.db.timelineEntry.count()).toBe(1);
});

test('the report is made from the record, stored and posted once', async () => {
  await acknowledgeIncident(core.deps, mina, incident.id);
  await inTransaction(core.db, (tx) =>
    addTimeline(tx, {
      incidentId: incident.id,
      kind: 'ACTION',
      actor: jin.actor,
      text: 'restart sent',
      evidenceRefs: [1],
      onceKey: 'a',
    }),
  );
  await resolveIncident(core.deps, automation('sop', 'T-1'), incident.id, {
    cause: 'stopped',
    fix: 'restart',
    verification: 'HTTP 200',
  });

  const markdown = await writeIncidentReport(core.db, incident.id);
  await storeIncidentReport(core.deps, jin, incident.id, markdown);
  await storeIncidentReport(core.deps, jin, incident.id, markdown);

  expect(markdown).toContain(`# INC-${incident.number} · ServiceDown`);
  expect(markdown).toMatch(/\*\*Duration\*\* 16 min · acknowledged after 16 min by Mina/);
  expect(markdown).toContain('**Cause** stopped');
  expect(markdown).toContain('restart sent \\[1\\]');
  expect(markdown).toContain('HTTP 200');
  expect((await stateOf(incident.id)).report).toBe(markdown);
  expect(await core.db.notification.findMany({ where: { kind: 'REPORT' } })).toMatchObject([
    { revision: 1, threadIncidentId: incident.id },
  ]);
});
