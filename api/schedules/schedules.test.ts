import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AlertCore, alertCore } from '../../test/support/alert-core.ts';
import { createDb } from '../db.ts';
import { nextDueStep } from './due-rules.ts';
import { nextDue } from './next-due.ts';
import { healthCheckSchedule, type ScheduleDeps, type StartScheduled, seedSchedule, tickSchedules } from './tick.ts';

let core: AlertCore;
let deps: ScheduleDeps;

beforeEach(async () => {
  core = await alertCore();
  deps = {
    ...core.deps,
    startTask: async (tx, request: StartScheduled) => {
      await tx.task.createMany({
        skipDuplicates: true,
        data: [
          {
            id: crypto.randomUUID(),
            title: request.taskType,
            agentId: request.agentId,
            taskType: request.taskType,
            params: {},
            trigger: request.trigger,
            requestedByType: 'automation',
            requestedByName: request.requestedBy.name,
            idempotencyKey: request.idempotencyKey,
            correlationId: request.correlationId,
          },
        ],
      });
    },
  };
  await seedSchedule(core.deps, healthCheckSchedule(15));
});
afterEach(() => core.close());

const makeDue = () =>
  core.db.$executeRaw`update "Schedule" set "nextRunAt" = date_trunc('minute', now()) - interval '2 minutes'`;
const tasks = () => core.db.task.findMany();

test('a due schedule starts once, however many workers tick, and what was missed is counted', async () => {
  await makeDue();
  const other = createDb(core.url, { poolSize: 3 });

  const started = await Promise.all([
    tickSchedules(deps),
    tickSchedules({ ...deps, db: other.db }),
    tickSchedules(deps),
  ]);

  expect(started.reduce((one, two) => one + two, 0)).toBe(1);
  expect(await tasks()).toMatchObject([{ agentId: 'monitoring', taskType: 'health_check', trigger: 'SCHEDULE' }]);
  const schedule = await core.db.schedule.findFirstOrThrow();
  expect(schedule.missedRuns).toBeGreaterThanOrEqual(8);
  expect(schedule.nextRunAt?.getTime()).toBeGreaterThan(Date.now());
  await other.close();
});

test('while the last start still works the next due time is skipped and counted', async () => {
  await makeDue();
  await tickSchedules(deps);
  await core.db.$executeRaw`update "Schedule" set "nextRunAt" = now() - interval '1 second'`;
  expect(await tickSchedules(deps)).toBe(0);

  await core.db.task.updateMany({ data: { finishedAt: new Date() } });
  await core.db.$executeRaw`update "Schedule" set "nextRunAt" = now() - interval '1 second'`;

  expect(await tickSchedules(deps)).toBe(1);
  expect(await tasks()).toHaveLength(2);
});

test('seeding again keeps the schedule, and a new rhythm changes it', async () => {
  await seedSchedule(core.deps, healthCheckSchedule(15));
  expect(await core.db.schedule.findMany()).toMatchObject([{ cron: '*/15 * * * * *', version: 1 }]);

  await seedSchedule(core.deps, healthCheckSchedule(5));

  expect(await core.db.schedule.findMany()).toMatchObject([{ cron: '*/5 * * * * *', version: 2 }]);
  await expect(seedSchedule(core.deps, { ...healthCheckSchedule(5), cron: 'every day' })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  });
});

test('due times follow the clock of their zone through daylight saving', () => {
  const utc = (text: string) => new Date(`${text}Z`);

  expect(nextDue('0 9 * * *', 'Asia/Seoul', utc('2026-03-01T00:00:00'))).toEqual(utc('2026-03-02T00:00:00'));
  expect(nextDue('0 9 * * *', 'America/New_York', utc('2026-03-07T15:00:00'))).toEqual(utc('2026-03-08T13:00:00'));
  const night = Array.from({ length: 3 }).reduce<Date[]>((list) => {
    const due = nextDue('30 1 * * *', 'America/New_York', list.at(-1) ?? utc('2026-10-31T00:00:00'));
    return due === null ? list : [...list, due];
  }, []);
  expect(night.map((due) => due.toISOString().slice(0, 10))).toEqual(['2026-10-31', '2026-11-01', '2026-11-02']);
});

test('a schedule that will never be due again starts nothing', () => {
  const step = nextDueStep({ nextRunAt: null, lastDueAt: null, missedRuns: 0 }, new Date(), false, () => null);

  expect(step).toMatchObject({ start: null, reason: 'never-due-again' });
});
