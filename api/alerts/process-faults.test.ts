import { afterEach, beforeEach, expect, test } from 'vitest';
import { AppError } from '../../lib/errors.ts';
import { type AlertCore, alert, alertCore } from '../../test/support/alert-core.ts';
import { createDb } from '../db.ts';
import { automation } from '../incidents/by.ts';
import { ingestAlerts } from './ingest.ts';
import { processAlerts } from './process.ts';

let core: AlertCore;
const sender = automation('alertmanager', 'test');

beforeEach(async () => {
  core = await alertCore();
});
afterEach(() => core.close());

const send = (...alerts: unknown[]) => ingestAlerts(core.deps, sender, { source: 'alertmanager', alerts });
const incidents = () => core.db.incident.findMany({ orderBy: { number: 'asc' } });
const groups = () => core.db.alertGroup.findMany({ orderBy: { number: 'asc' } });

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
