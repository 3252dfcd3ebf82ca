import { afterEach, beforeEach, expect, test } from 'vitest';
import { newId } from '../../lib/ids.ts';
import { type AlertCore, alertCore } from '../../test/support/alert-core.ts';
import { createSchedule, deleteSchedule, type NewSchedule, updateSchedule } from './manage.ts';
import { healthCheckSchedule, seedSchedule, tickSchedules } from './tick.ts';

let core: AlertCore;
const caller = {
  actor: { type: 'api_key' as const, id: newId(), name: 'key' },
  correlationId: 'test',
  locale: 'KO' as const,
};

beforeEach(async () => {
  core = await alertCore();
});
afterEach(() => core.close());

const create = (over: Partial<NewSchedule> = {}) =>
  createSchedule(core.deps, caller, {
    title: 'morning check',
    cron: '0 9 * * 1-5',
    timeZone: 'Europe/Berlin',
    agentId: null,
    taskType: null,
    workflowDefinition: 'system_checkup',
    params: { system: 'payment-api' },
    conversation: { workspace: 'T0LOCAL', channel: 'C0OPS' },
    idempotencyKey: newId(),
    ...over,
  });

test('a schedule is stored with its first due time in its own zone; the same key is the same schedule', async () => {
  const key = newId();

  const [one, two] = [await create({ idempotencyKey: key }), await create({ idempotencyKey: key })];

  expect(two.id).toBe(one.id);
  const hour = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', hour: '2-digit', hourCycle: 'h23' });
  expect(hour.format(one.nextRunAt ?? 0)).toBe('09');
  await expect(create({ idempotencyKey: key, title: 'other' })).rejects.toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
  await expect(create()).rejects.toMatchObject({ code: 'CONFLICT' });
});

test.each([
  ['no cron expression', { cron: 'every morning' }],
  ['no zone', { timeZone: 'Mars/Olympus' }],
  ['never due', { cron: '0 0 30 2 *' }],
  ['too often', { cron: '* * * * * *' }],
])('%s is refused', async (_, over) => {
  await expect(create(over)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});

test('a due schedule of a workflow starts it once, for whoever made the schedule, and not while paused', async () => {
  const started: { definition: string; requestedBy: { name: string }; locale: string; idempotencyKey: string }[] = [];
  const deps = {
    ...core.deps,
    startTask: async () => undefined,
    startWorkflow: async (_: unknown, request: (typeof started)[number]) => void started.push(request),
  };
  const schedule = await create();
  const due = () => core.db.$executeRaw`update "Schedule" set "nextRunAt" = now() - interval '1 minute'`;
  await due();

  await tickSchedules(deps);
  await tickSchedules(deps);

  expect(started).toMatchObject([{ definition: 'system_checkup', requestedBy: { name: 'key' }, locale: 'KO' }]);
  const changed = { id: schedule.id, expectedVersion: 1 };
  const paused = await updateSchedule(core.deps, caller, { ...changed, change: { enabled: false } });
  await due();
  await tickSchedules(deps);
  expect([paused.nextRunAt, started.length]).toEqual([null, 1]);
  await expect(updateSchedule(core.deps, caller, { ...changed, change: { enabled: true } })).rejects.toMatchObject({
    code: 'CONFLICT',
  });
  const again = await updateSchedule(core.deps, caller, { ...changed, expectedVersion: 2, change: { enabled: true } });
  expect(again.nextRunAt?.getTime()).toBeGreaterThan(Date.now());
});

test("one that cannot start what it names hurts no other, and the product's own is not changed by people", async () => {
  await create();
  await seedSchedule(core.deps, healthCheckSchedule(10));
  await core.db.$executeRaw`update "Schedule" set "nextRunAt" = now() - interval '1 minute'`;
  const tasks: string[] = [];
  const { AppError } = await import('../../lib/errors.ts');

  await tickSchedules({
    ...core.deps,
    startTask: async (_, request) => void tasks.push(request.taskType),
    startWorkflow: async () => Promise.reject(new AppError('NOT_FOUND', 'gone')),
  });

  expect(tasks).toEqual(['health_check']);
  const own = await core.db.schedule.findFirstOrThrow({ where: { title: 'health-check' } });
  await expect(deleteSchedule(core.deps, caller, { id: own.id, expectedVersion: own.version })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
  const mine = await core.db.schedule.findFirstOrThrow({ where: { title: 'morning check' } });
  await deleteSchedule(core.deps, caller, { id: mine.id, expectedVersion: mine.version });
  expect(await core.db.schedule.count()).toBe(1);
});

test.each([
  // The clock springs from 2 to 3, and falls from 3 to 2.
  ['30 2 * * *', '2026-03-28T12:00:00Z', ['2026-03-29', '2026-03-30']],
  ['30 2 * * *', '2026-10-24T12:00:00Z', ['2026-10-25', '2026-10-26']],
])('%s in Berlin after %s is due once a day through the change of the clock', async (cron, from, days) => {
  const { nextDue } = await import('./next-due.ts');
  const first = nextDue(cron, 'Europe/Berlin', new Date(from));
  const second = first === null ? null : nextDue(cron, 'Europe/Berlin', first);

  expect([first, second].map((one) => one?.toISOString().slice(0, 10))).toEqual(days);
});
