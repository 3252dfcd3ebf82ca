import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AlertCore, alertCore } from '../../test/support/alert-core.ts';
import { ingestAlerts } from '../alerts/ingest.ts';
import { processAlerts } from '../alerts/process.ts';
import { automation } from '../incidents/by.ts';
import { type HealthReading, pruneHealthReadings, saveHealthReading, watchHealth } from './health-watch.ts';
import { nextHealth, wantedAlert } from './health-watch-rules.ts';
import { registerSystem, updateSystem } from './register.ts';
import { seedSystems } from './seed.ts';

let core: AlertCore;
const admin = automation('admin', 't');
const facts = {
  name: 'payment-api',
  displayName: 'Payment API',
  environment: 'PROD',
  healthUrl: 'http://127.0.0.1:8090/health',
  workload: { kind: 'process', namespace: '', name: 'sample' },
  metricLabels: { job: 'payment-api' },
};

beforeEach(async () => {
  core = await alertCore();
});
afterEach(() => core.close());

const register = async () => {
  const { system, userErrors } = await registerSystem(core.deps, admin, facts);
  expect(userErrors).toEqual([]);
  if (system === null) throw new Error('not registered');
  return system;
};
const read = (systemId: string, state: HealthReading['state'], id?: string) =>
  saveHealthReading(
    core.deps,
    { systemId, state, statusCode: null, latencyMs: 5, attempts: 2, message: 'no answer' },
    id,
  );
const watch = async () => {
  const sent = await watchHealth({ ...core.deps, ingestAlerts });
  await processAlerts(core.deps);
  return sent;
};

test('two ill readings in a row open one incident, a well one ends it, and watching again changes nothing', async () => {
  const { id } = await register();
  await read(id, 'UNHEALTHY');
  expect(await watch()).toBe(0);
  await read(id, 'UNHEALTHY');

  expect(await watch()).toBe(1);
  expect(await watch()).toBe(0);

  expect(await core.db.incident.findMany()).toMatchObject([
    { systemId: id, title: 'ServiceDown', status: 'TRIGGERED', severity: 'CRITICAL' },
  ]);
  await read(id, 'UNHEALTHY');
  expect(await watch()).toBe(0);
  await read(id, 'HEALTHY');
  expect(await watch()).toBe(1);
  expect(await core.db.incident.findMany()).toMatchObject([{ status: 'RESOLVED' }]);
  expect(await core.db.alert.findMany()).toMatchObject([{ source: 'monitoring', status: 'RESOLVED' }]);
});

test('a slow system and one that fails now and then alarm nobody', async () => {
  const { id } = await register();
  for (const state of ['SLOW', 'SLOW', 'UNHEALTHY', 'SLOW', 'UNHEALTHY', 'HEALTHY', 'UNHEALTHY'] as const) {
    await read(id, state);
    expect(await watch()).toBe(0);
  }
});

test('a reading whose step runs again counts once', async () => {
  const { id } = await register();
  const reading = '00000000-0000-7000-8000-000000000009';
  await read(id, 'UNHEALTHY', reading);
  await read(id, 'UNHEALTHY', reading);

  expect(await watch()).toBe(0);
  expect(await core.db.system.findUniqueOrThrow({ where: { id } })).toMatchObject({
    healthStreak: 1,
    healthState: 'UNHEALTHY',
  });
});

test('old readings go, new ones stay', async () => {
  const { id } = await register();
  await read(id, 'HEALTHY');
  await read(id, 'HEALTHY');
  await core.db.$executeRaw`update "HealthCheck" set "checkedAt" = now() - interval '8 days'
    where "id" = (select "id" from "HealthCheck" order by "checkedAt" limit 1)`;

  expect(await pruneHealthReadings(core.deps)).toBe(1);
  expect(await core.db.healthCheck.count()).toBe(1);
});

test('the same registration again is the first; other facts under the name are refused', async () => {
  const first = await register();

  expect((await registerSystem(core.deps, admin, facts)).system?.id).toBe(first.id);
  const other = await registerSystem(core.deps, admin, { ...facts, displayName: 'Other' });
  expect(other.userErrors[0]?.code).toBe('CONFLICT');
  expect(await core.db.auditEntry.count({ where: { operation: 'systemCreate' } })).toBe(1);
});

test.each([
  ['a name with spaces', { name: 'pay ment' }],
  ['a password in the address', { healthUrl: 'http://a:b@x/' }],
  ['another scheme', { healthUrl: 'file:///etc/passwd' }],
  ['a deployment without namespace', { workload: { kind: 'deployment', name: 'x' } }],
  ['a strange expectation', { expectation: { satus: 200 } }],
  ['a label that is none', { metricLabels: { 'a"}': 'x' } }],
])('%s is refused with its place', async (_, wrong) => {
  const answer = await registerSystem(core.deps, admin, { ...facts, ...wrong });

  expect(answer.system).toBeNull();
  expect(answer.userErrors[0]).toMatchObject({
    code: 'INVALID_INPUT',
    path: ['input', ...[Object.keys(wrong)[0]], ...(answer.userErrors[0]?.path?.slice(2) ?? [])],
  });
});

test('an update keeps what is left out, clears what is null, and loses against a newer version', async () => {
  const { id } = await register();

  const changed = await updateSystem(core.deps, admin, {
    id,
    expectedVersion: 1,
    chatChannel: 'C0PAYMENTS',
    healthUrl: null,
  });

  expect(changed.system).toMatchObject({
    chatChannel: 'C0PAYMENTS',
    healthUrl: null,
    displayName: 'Payment API',
    version: 2,
  });
  const late = await updateSystem(core.deps, admin, { id, expectedVersion: 1, chatChannel: 'C0GENERAL' });
  expect(late).toMatchObject({ system: { chatChannel: 'C0PAYMENTS' }, userErrors: [{ code: 'CONFLICT' }] });
});

test('the seed file registers and updates its systems, and a wrong one is refused by name', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'systems-'));
  const file = join(folder, 'systems.json');
  await writeFile(file, JSON.stringify({ systems: [{ ...facts, healthUrl: 'http://127.0.0.1:PORT/health' }] }));
  const fill = (port: number) => (text: string) => text.replaceAll('PORT', String(port));

  expect(await seedSystems(core.deps, file, fill(8090))).toBe(1);
  expect(await seedSystems(core.deps, file, fill(8091))).toBe(1);

  expect(await core.db.system.findMany()).toMatchObject([{ healthUrl: 'http://127.0.0.1:8091/health', version: 2 }]);
  await writeFile(file, '{"systems": [{"name": "A B"}]}');
  await expect(seedSystems(core.deps, file)).rejects.toThrow(/systems\.json.*systems\.0\.name/s);
});

test('health rules: well and ill streaks, and what the alert should be', () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
  let health = nextHealth({ state: 'UNKNOWN', streak: 0, since: null }, 'UNHEALTHY', at(1));
  expect(wantedAlert(health, null).alert).toBe('leave');
  health = nextHealth(health, 'UNHEALTHY', at(2));
  expect(wantedAlert(health, null)).toEqual({ alert: 'fire', startsAt: at(1) });
  expect(wantedAlert(health, at(1)).alert).toBe('leave');
  health = nextHealth(health, 'SLOW', at(3));
  expect(health).toEqual({ state: 'SLOW', streak: 1, since: at(3) });
  expect(wantedAlert(health, at(1))).toEqual({ alert: 'resolve', startsAt: at(1) });
  expect(nextHealth(health, 'HEALTHY', at(4))).toEqual({ state: 'HEALTHY', streak: 2, since: at(3) });
});

test('a system that was well for a moment and is ill again raises a new episode beside the old one', () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
  const ill = { state: 'UNHEALTHY', streak: 2, since: at(60) } as const;

  expect(wantedAlert(ill, at(1))).toEqual({ alert: 'fire', startsAt: at(60) });
  expect(wantedAlert(ill, at(60))).toEqual({ alert: 'leave' });
});
