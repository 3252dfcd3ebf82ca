import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AlertCore, alert, alertCore } from '../../test/support/alert-core.ts';
import { automation } from '../incidents/by.ts';
import { ingestAlerts } from './ingest.ts';
import { processAlerts } from './process.ts';
import { pruneAlerts } from './prune.ts';

let core: AlertCore;
const sender = automation('alertmanager', 'test');
const day = 86_400_000;

beforeEach(async () => {
  core = await alertCore();
});
afterEach(() => core.close());

test('what is over and old goes, what fires or is an incident stays, and a late repeat of it opens nothing', async () => {
  const send = async (...alerts: unknown[]) => {
    await ingestAlerts(core.deps, sender, { source: 'alertmanager', alerts });
    await processAlerts(core.deps);
  };
  await send(alert({ fingerprint: 'a' }), alert({ name: 'Other', severity: 'info', fingerprint: 'b' }));
  await send(
    alert({ fingerprint: 'a', status: 'RESOLVED' }),
    alert({ name: 'Other', severity: 'info', fingerprint: 'b', status: 'RESOLVED' }),
    alert({ name: 'Fires', labels: { service: 'x' }, fingerprint: 'c' }),
  );
  await ingestAlerts(core.deps, sender, { source: 'alertmanager', alerts: [null] });
  const old = new Date(Date.now() - 100 * day);
  await core.db.inboxEvent.updateMany({ data: { doneAt: new Date(Date.now() - 8 * day) } });
  await core.db.alertGroup.updateMany({ where: { status: 'RESOLVED' }, data: { resolvedAt: old } });
  await core.db.incident.updateMany({ where: { status: 'RESOLVED' }, data: { resolvedAt: old } });

  await pruneAlerts(core.deps, { inboxMs: 7 * day, alertsMs: 90 * day });

  expect(await core.db.inboxEvent.count()).toBe(1);
  expect((await core.db.alert.findMany()).map((one) => one.fingerprint)).toEqual(['c']);
  expect((await core.db.alertGroup.findMany({ orderBy: { number: 'asc' } })).map((one) => one.title)).toEqual([
    'ServiceDown',
    'Fires',
  ]);
  expect(await core.db.incident.count()).toBe(2);
  await send(alert({ name: 'Fires', labels: { service: 'x' }, fingerprint: 'c' }));
  expect(await core.db.alertGroup.count()).toBe(2);
});
