import { afterEach, beforeEach, expect, test } from 'vitest';
import { AppError } from '../../lib/errors.ts';
import { type AlertCore, alertCore } from '../../test/support/alert-core.ts';
import { createDb } from '../db.ts';
import { automation } from '../incidents/by.ts';
import { settleIncidents } from '../incidents/resolve.ts';
import { ingestAlerts } from './ingest.ts';
import { processAlerts } from './process.ts';
import { unmuteGroups } from './unmute.ts';

let core: AlertCore;
const sender = automation('alertmanager', 'test');

beforeEach(async () => {
  core = await alertCore();
});
afterEach(() => core.close());

interface Shape {
  readonly name?: string;
  readonly status?: 'FIRING' | 'RESOLVED';
  readonly start?: number;
  readonly labels?: Record<string, string>;
  readonly fingerprint?: string;
  readonly severity?: string;
  readonly annotations?: Record<string, string>;
}

const start = Date.now() - 600_000;
const alert = (shape: Shape = {}): unknown => ({
  name: shape.name ?? 'ServiceDown',
  status: shape.status ?? 'FIRING',
  labels: { alertname: shape.name ?? 'ServiceDown', service: 'payment-api', ...shape.labels },
  annotations: shape.annotations ?? { summary: 'it is down' },
  startsAt: new Date(start + (shape.start ?? 0) * 1_000).toISOString(),
  endsAt: shape.status === 'RESOLVED' ? new Date().toISOString() : '0001-01-01T00:00:00Z',
  severity: shape.severity ?? 'critical',
  ...(shape.fingerprint === undefined ? {} : { fingerprint: shape.fingerprint }),
});
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
  expect(await unmuteGroups(core.deps)).toBe(0);
  expect(await groups()).toMatchObject([{ status: 'SILENCED', firingCount: 2, incidentId: null }]);
  expect(await incidents()).toEqual([]);

  await core.db.silence.updateMany({ data: { endsAt: new Date(Date.now() - 1_000) } });

  expect(await unmuteGroups(core.deps)).toBe(1);
  expect(await groups()).toMatchObject([{ status: 'FIRING', firingCount: 2 }]);
  expect(await incidents()).toMatchObject([{ title: 'ServiceDown · payment-api' }]);
  expect(await core.db.task.count()).toBe(1);
  expect(await unmuteGroups(core.deps)).toBe(0);
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

test('odd alerts are kept aside with a reason and block nothing', async () => {
  const odd = [
    { ...(alert() as object), name: '', labels: { service: 'x' } },
    { ...(alert() as object), startsAt: '0001-01-01T00:00:00Z' },
    { ...(alert() as object), startsAt: '2999-01-01T00:00:00Z' },
    alert({ labels: { huge: 'x'.repeat(3_000) } }),
    { ...(alert() as object), labels: { deep: { a: 1 } } },
    { ...(alert() as object), startsAt: 'yesterday' },
    null,
  ];

  expect(await send(...odd, alert({ labels: { note: 'nul \u0000 and \ud800 half' } }))).toEqual({
    accepted: 1,
    duplicates: 0,
    quarantined: odd.length,
  });

  expect(await processAlerts(core.deps)).toBe(1);
  expect(await incidents()).toHaveLength(1);
  const aside = await core.db.inboxEvent.findMany({ where: { status: 'QUARANTINED' } });
  expect(aside.every((row) => row.error !== null && row.error.length > 5)).toBe(true);
  expect(await send(...odd)).toEqual({ accepted: 0, duplicates: odd.length, quarantined: 0 });
});

test('a row that cannot be processed is kept aside; the rest of its batch goes on', async () => {
  await send(...Array.from({ length: 20 }, (_, index) => alert({ fingerprint: `f${index}` })));
  await core.db.$executeRaw`update "InboxEvent" set "payload" = '{"alert": 1}' where "key" like '%:f7:%'`;
  await core.db
    .$executeRaw`update "InboxEvent" set "payload" = jsonb_set("payload", '{alert,startsAt}', '"2024-01-01T00:00:00Z"')
    where "key" like '%:f9:%'`;
  await core.db.$executeRaw`create function refuse() returns trigger language plpgsql as
    $$ begin if new."fingerprint" = 'f9' then raise exception 'no room for f9'; end if; return new; end $$`;
  await core.db.$executeRaw`create trigger refuse before insert on "Alert" for each row execute function refuse()`;

  await processAlerts(core.deps);
  await processAlerts(core.deps);
  await processAlerts(core.deps);

  expect(await groups()).toMatchObject([{ firingCount: 18, totalCount: 18 }]);
  const aside = await core.db.inboxEvent.findMany({ where: { status: 'QUARANTINED' }, orderBy: { key: 'asc' } });
  expect(aside.map((row) => row.error)).toEqual([expect.stringContaining('unreadable'), expect.stringContaining('f9')]);
});

test('while the audit refuses, alerts wait and none is put aside', async () => {
  await send(alert());
  const refuse = async () => {
    throw new Error('permission denied for table AuditEntry');
  };

  for (let attempt = 0; attempt < 4; attempt++)
    await expect(processAlerts({ ...core.deps, audit: refuse })).rejects.toMatchObject({ code: 'UNAVAILABLE' });

  expect(await core.db.inboxEvent.count({ where: { status: 'RECEIVED', attempts: 0 } })).toBe(1);
  expect(await incidents()).toEqual([]);
  expect(await processAlerts(core.deps)).toBe(1);
});

test('an incident is told even when its investigation cannot be started', async () => {
  await send(alert());
  const startTask = async () => {
    throw new AppError('NOT_FOUND', 'There is no agent sop.');
  };

  await processAlerts({ ...core.deps, startTask });

  expect(await incidents()).toHaveLength(1);
  expect(await core.db.notification.count({ where: { kind: 'INCIDENT_CARD' } })).toBe(1);
});

test('two workers at once make one incident, one card and one investigation', async () => {
  const other = createDb(core.url, { poolSize: 4 });
  const second = { ...core.deps, db: other.db, batchSize: 7 };
  const first = { ...core.deps, batchSize: 5 };

  for (let round = 0; round < 10; round++) {
    const labels = { service: `system-${round}` };
    const alerts = Array.from({ length: 40 }, (_, index) =>
      alert({ name: `Alert${index % 4}`, fingerprint: `${round}-${index}`, labels }),
    );
    await send(...alerts);
    await Promise.all([processAlerts(first), processAlerts(second), processAlerts(first), processAlerts(second)]);
  }

  const made = await incidents();
  expect(made).toHaveLength(10);
  expect(await core.db.task.count()).toBe(10);
  expect(await core.db.notification.count({ where: { kind: 'INCIDENT_CARD' } })).toBe(10);
  const all = await groups();
  expect(all).toHaveLength(40);
  expect(all.every((one) => one.firingCount === 10 && one.totalCount === 10)).toBe(true);
  await other.close();
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

test('ten thousand alerts are stored in seconds, and too many waiting are refused', async () => {
  const alerts = Array.from({ length: 10_000 }, (_, index) => alert({ fingerprint: `f${index}` }));
  const begun = performance.now();

  expect(await send(...alerts)).toEqual({ accepted: 10_000, duplicates: 0, quarantined: 0 });

  expect(performance.now() - begun).toBeLessThan(10_000);
  await expect(
    ingestAlerts(
      core.deps,
      sender,
      { source: 'alertmanager', alerts: [alert({ fingerprint: 'late' })] },
      { maxWaiting: 9_999, maxAlerts: 10 },
    ),
  ).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
  expect(await processAlerts(core.deps)).toBe(10_000);
  expect(await groups()).toMatchObject([{ firingCount: 10_000, totalCount: 10_000 }]);
  expect(await core.db.notification.count()).toBe(1);
}, 40_000);
