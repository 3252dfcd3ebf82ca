import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AlertCore, alert, alertCore } from '../../test/support/alert-core.ts';
import { automation } from '../incidents/by.ts';
import { settleIncidents } from '../incidents/resolve.ts';
import { ingestAlerts } from './ingest.ts';
import { processAlerts } from './process.ts';
import { settleGroups } from './settle.ts';

let core: AlertCore;
const sender = automation('alertmanager', 'test');

beforeEach(async () => {
  core = await alertCore();
});
afterEach(() => core.close());

const send = (...alerts: unknown[]) => ingestAlerts(core.deps, sender, { source: 'alertmanager', alerts });
const incidents = () => core.db.incident.findMany({ orderBy: { number: 'asc' } });
const groups = () => core.db.alertGroup.findMany({ orderBy: { number: 'asc' } });

test('a firing alert opens one incident with one card and one investigation', async () => {
  await send(
    alert({ annotations: { summary: 'cpu', value: '92 %', threshold: '85 %', runbook_url: 'https://r.example/x' } }),
  );

  expect(await processAlerts(core.deps)).toBe(1);

  const [incident, ...others] = await incidents();
  expect(others).toEqual([]);
  expect(incident).toMatchObject({
    title: 'ServiceDown · payment-api',
    severity: 'CRITICAL',
    status: 'TRIGGERED',
    channel: 'C0OPS',
  });
  expect(await groups()).toMatchObject([
    {
      firingCount: 1,
      totalCount: 1,
      reading: '92 % (limit 85 %)',
      runbookUrl: 'https://r.example/x',
      incidentId: incident?.id,
    },
  ]);
  expect(await core.db.notification.findMany()).toMatchObject([
    { kind: 'INCIDENT_CARD', subjectId: incident?.id, revision: 1 },
  ]);
  expect(await core.db.task.findMany()).toMatchObject([{ incidentId: incident?.id, taskType: 'incident_response' }]);
});

test('a repeated delivery stores nothing and starts nothing', async () => {
  expect(await send(alert())).toEqual({ accepted: 1, duplicates: 0, quarantined: 0 });
  await processAlerts(core.deps);

  expect(await send(alert(), alert())).toEqual({ accepted: 0, duplicates: 2, quarantined: 0 });

  expect(await processAlerts(core.deps)).toBe(0);
  expect(await core.db.task.count()).toBe(1);
});

test('a registered system is found by its name or its metric labels, and gives its channel', async () => {
  await core.db.system.create({
    data: {
      id: '00000000-0000-7000-8000-000000000001',
      name: 'payments',
      displayName: 'Payments',
      chatChannel: 'C0PAYMENTS',
      metricLabels: { job: 'pay', region: 'seoul' },
    },
  });
  await send(
    alert({ labels: { service: 'payments' } }),
    alert({ name: 'Slow', labels: { service: 'other', job: 'pay', region: 'seoul' }, severity: 'warning' }),
  );

  await processAlerts(core.deps);

  expect(await incidents()).toMatchObject([
    {
      systemId: '00000000-0000-7000-8000-000000000001',
      channel: 'C0PAYMENTS',
      title: 'ServiceDown',
      severity: 'CRITICAL',
    },
  ]);
  expect(await groups()).toHaveLength(2);
});

test('the end that arrives before the start opens nothing, then or later', async () => {
  await send(alert({ status: 'RESOLVED' }));
  await processAlerts(core.deps);
  await send(alert({ status: 'FIRING' }));
  await processAlerts(core.deps);

  expect(await incidents()).toEqual([]);
  expect(await groups()).toMatchObject([{ status: 'RESOLVED', firingCount: 0, totalCount: 1, openKey: null }]);
});

test('all alerts gone closes the incident and ends its approvals; the same episode never opens it again', async () => {
  await send(alert({ fingerprint: 'a' }), alert({ fingerprint: 'b' }));
  await processAlerts(core.deps);
  await core.db.task.updateMany({ data: { status: 'SUCCEEDED', finishedAt: new Date() } });
  await send(alert({ fingerprint: 'a', status: 'RESOLVED' }));
  await processAlerts(core.deps);
  expect((await incidents())[0]?.status).toBe('TRIGGERED');

  await send(alert({ fingerprint: 'b', status: 'RESOLVED' }));
  await processAlerts(core.deps);

  const [incident] = await incidents();
  expect(incident).toMatchObject({ status: 'RESOLVED', openKey: null, resolvedBy: 'the alerts stopped by themselves' });
  expect(core.cancelled).toEqual([incident?.id]);
  await core.db.inboxEvent.deleteMany({});
  await send(alert({ fingerprint: 'a' }));
  await processAlerts(core.deps);
  expect((await incidents())[0]?.status).toBe('RESOLVED');
});

test('a new episode soon after opens the same incident and group again, and investigates again', async () => {
  await send(alert());
  await processAlerts(core.deps);
  await core.db.task.updateMany({ data: { status: 'SUCCEEDED', finishedAt: new Date() } });
  await send(alert({ status: 'RESOLVED' }));
  await processAlerts(core.deps);

  await send(alert({ start: 60 }));
  await processAlerts(core.deps);

  expect(await incidents()).toMatchObject([{ status: 'TRIGGERED', resolvedAt: null }]);
  expect(await groups()).toMatchObject([{ status: 'FIRING', firingCount: 1, totalCount: 2 }]);
  expect(await core.db.task.count()).toBe(2);
});

test('a new episode long after opens a new incident', async () => {
  await send(alert());
  await processAlerts(core.deps);
  await send(alert({ status: 'RESOLVED' }));
  await processAlerts(core.deps);
  const long = new Date(Date.now() - 31 * 60_000);
  await core.db.incident.updateMany({ data: { resolvedAt: long } });
  await core.db.alertGroup.updateMany({ data: { resolvedAt: long } });

  await send(alert({ start: 60 }));
  await processAlerts(core.deps);

  expect(await incidents()).toMatchObject([{ status: 'RESOLVED' }, { status: 'TRIGGERED' }]);
});

test('an approved action in hand keeps the incident open for the check of its task', async () => {
  await send(alert());
  await processAlerts(core.deps);
  const task = await core.db.task.findFirstOrThrow();
  const action = {
    id: '00000000-0000-7000-8000-00000000000a',
    taskId: task.id,
    stepKey: 's',
    title: 't',
    tool: 'restart',
    target: 'x',
  };
  await core.db.proposedAction.create({
    data: { ...action, arguments: {}, risk: 'MEDIUM', command: 'restart x', effect: 'x restarts' },
  });
  await core.db.approval.create({
    data: {
      id: '00000000-0000-7000-8000-00000000000b',
      status: 'APPROVED',
      actionId: action.id,
      taskId: task.id,
      incidentId: task.incidentId,
      stepKey: 's',
      requestedByType: 'automation',
      requestedByName: 'sop',
      policy: 'p',
      precondition: {},
      digest: 'd',
      expiresAt: new Date(Date.now() + 60_000),
    },
  });

  await send(alert({ status: 'RESOLVED' }));
  await processAlerts(core.deps);

  expect((await incidents())[0]?.status).toBe('TRIGGERED');
  expect((await groups())[0]?.status).toBe('RESOLVED');
});

test('a silenced alert is counted and told to nobody until its silence ends', async () => {
  await core.db.silence.create({
    data: {
      id: '00000000-0000-7000-8000-00000000000c',
      status: 'ACTIVE',
      comment: 'deploy',
      matchers: [{ name: 'queue', value: 'a|b', isRegex: true, isEqual: true }],
      startsAt: new Date(Date.now() - 60_000),
      endsAt: new Date(Date.now() + 60_000),
    },
  });
  await send(alert({ labels: { queue: 'a' } }), alert({ labels: { queue: 'b' } }));
  await processAlerts(core.deps);
  expect(await settleGroups(core.deps)).toBe(0);
  expect(await groups()).toMatchObject([{ status: 'SILENCED', firingCount: 2, incidentId: null }]);
  expect(await incidents()).toEqual([]);

  await core.db.silence.updateMany({ data: { endsAt: new Date(Date.now() - 1_000) } });

  expect(await settleGroups(core.deps)).toBe(1);
  expect(await groups()).toMatchObject([{ status: 'FIRING', firingCount: 2 }]);
  expect(await incidents()).toMatchObject([{ title: 'ServiceDown · payment-api' }]);
  expect(await core.db.task.count()).toBe(1);
  expect(await settleGroups(core.deps)).toBe(0);
});

test('another alert of the same system joins its incident with one line in the thread', async () => {
  await send(alert({ severity: 'warning' }));
  await processAlerts(core.deps);

  await send(alert({ name: 'HighLatency' }), alert({ name: 'HighCpu', severity: 'warning' }));
  await processAlerts(core.deps);

  expect(await incidents()).toMatchObject([{ severity: 'CRITICAL' }]);
  const notices = await core.db.notification.findMany({
    where: { kind: 'INCIDENT_NOTICE' },
    orderBy: { createdAt: 'asc' },
  });
  expect(notices.map((one) => one.text)).toEqual([
    'Severity raised to CRITICAL',
    expect.stringMatching(/^More|^Another/),
  ]);
  expect(await core.db.notification.findMany({ where: { kind: 'INCIDENT_CARD' } })).toMatchObject([{ revision: 2 }]);
  expect(await core.db.task.count()).toBe(1);
});

test('settling closes an incident whose task ended without closing it', async () => {
  await send(alert());
  await processAlerts(core.deps);
  await core.db.alertGroup.updateMany({ data: { status: 'RESOLVED', openKey: null, resolvedAt: new Date() } });

  expect(await settleIncidents(core.deps)).toBe(1);
  expect(await settleIncidents(core.deps)).toBe(0);

  expect(await incidents()).toMatchObject([{ status: 'RESOLVED' }]);
});

test('info opens no incident, an unknown severity does', async () => {
  await send(alert({ severity: 'info' }), alert({ name: 'Odd', severity: 'banana', labels: { service: 'two' } }));

  await processAlerts(core.deps);

  expect(await incidents()).toMatchObject([{ severity: 'UNKNOWN', title: 'Odd · two' }]);
  expect(await groups()).toHaveLength(2);
});

test('a group of three as Alertmanager sends it is one group, and its end closes it', async () => {
  const queues = (status: 'firing' | 'resolved'): unknown[] =>
    ['a', 'b', 'c'].map((queue) => ({
      name: 'QueueDeep',
      status: status.toUpperCase(),
      labels: {
        alertname: 'QueueDeep',
        cluster: 'local',
        instance: '127.0.0.1:19200',
        job: 'demo',
        queue,
        severity: 'critical',
        team: 'ops',
      },
      annotations: { description: '큐 깊이가 임계값을 넘었습니다', summary: `queue ${queue} deep: 500` },
      startsAt: '2026-11-22T20:49:46.568Z',
      endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : '2026-11-22T20:49:53.568Z',
      fingerprint: `48edc14f03e4ab1${queue}`,
    }));
  await send(...queues('firing'));
  await processAlerts(core.deps);
  expect(await groups()).toMatchObject([{ title: 'QueueDeep', firingCount: 3, totalCount: 3 }]);
  expect(Object.keys(Object((await groups())[0]?.commonLabels)).sort()).toEqual([
    'alertname',
    'cluster',
    'instance',
    'job',
    'severity',
    'team',
  ]);

  await send(...queues('resolved'));
  await processAlerts(core.deps);

  expect(await groups()).toMatchObject([{ status: 'RESOLVED', firingCount: 0, totalCount: 3 }]);
  expect(await incidents()).toMatchObject([{ status: 'RESOLVED' }]);
});
