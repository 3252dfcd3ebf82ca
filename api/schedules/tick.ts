import { z } from 'zod';
import { isAppError } from '../../lib/errors.ts';
import { newId } from '../../lib/ids.ts';
import type { Actor, Core } from '../context.ts';
import { databaseNow, inTransaction, type Schedule, type Tx } from '../db.ts';
import { nextDueStep } from './due-rules.ts';
import { nextDue } from './next-due.ts';

const tickLock = 7_303;

/** What orchestrator/start-task.ts is asked for. */
export interface StartScheduled {
  readonly agentId: string;
  readonly taskType: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly trigger: 'SCHEDULE';
  readonly requestedBy: Actor;
  readonly locale: 'KO' | 'EN';
  readonly conversation?: { readonly workspace: string; readonly channel: string };
  readonly idempotencyKey: string;
  readonly correlationId: string;
}

/** orchestrator/start-task.ts inside the caller's transaction, and the language of what schedules say. */
export interface ScheduleDeps extends Core {
  readonly startTask: (tx: Tx, request: StartScheduled) => Promise<unknown>;
  /** workflows/start-workflow.ts in the same way; without it schedules of workflows do not run. */
  readonly startWorkflow?: (
    tx: Tx,
    request: Omit<StartScheduled, 'agentId' | 'taskType' | 'trigger'> & { readonly definition: string },
  ) => Promise<unknown>;
  readonly locale: 'KO' | 'EN';
}

/** Starts what is due. One worker at a time; a start is single by schedule and due time, whoever ticks. Answers how many were started. */
export async function tickSchedules(deps: ScheduleDeps): Promise<number> {
  const started = await inTransaction(deps.db, async (tx) => {
    const lock = await tx.$queryRaw<{ won: boolean }[]>`select pg_try_advisory_xact_lock(${tickLock}::bigint) as won`;
    if (lock[0]?.won !== true) return 0;
    const now = await databaseNow(tx);
    const due = await tx.schedule.findMany({
      where: {
        enabled: true,
        OR: [{ nextRunAt: null }, { nextRunAt: { lte: now } }],
        ...(deps.startWorkflow === undefined ? { agentId: { not: null } } : {}),
      },
      orderBy: [{ nextRunAt: 'asc' }, { id: 'asc' }],
      take: 50,
    });
    let count = 0;
    for (const schedule of due) if (await tickOne(deps, tx, schedule, now)) count += 1;
    return count;
  });
  if (started > 0) deps.wake('tasks');
  return started;
}

async function tickOne(deps: ScheduleDeps, tx: Tx, schedule: Schedule, now: Date): Promise<boolean> {
  const { agentId, taskType, workflowDefinition: definition } = schedule;
  const last = schedule.lastDueAt;
  const busy =
    last !== null &&
    (definition === null
      ? await tx.task.count({ where: { idempotencyKey: keyOf(schedule.id, last), finishedAt: null } })
      : await tx.workflow.count({ where: { idempotencyKey: keyOf(schedule.id, last), finishedAt: null } })) > 0;
  const step = nextDueStep(schedule, now, busy, (after) => nextDue(schedule.cron, schedule.timeZone, after));
  const { count } = await tx.schedule.updateMany({
    where: { id: schedule.id, version: schedule.version, nextRunAt: schedule.nextRunAt },
    data: step.reason === 'never-due-again' ? { enabled: false } : step.state,
  });
  if (count === 0 || step.start === null) return false;
  const request = {
    params: z.record(z.string(), z.unknown()).catch({}).parse(schedule.params),
    requestedBy: ownerOf(schedule),
    locale: schedule.locale ?? deps.locale,
    ...(schedule.workspace === null || schedule.channel === null
      ? {}
      : { conversation: { workspace: schedule.workspace, channel: schedule.channel } }),
    idempotencyKey: keyOf(schedule.id, step.start),
    correlationId: `schedule:${schedule.number}:${step.start.toISOString()}`,
  };
  try {
    if (definition !== null) await deps.startWorkflow?.(tx, { ...request, definition });
    else if (agentId !== null && taskType !== null)
      await deps.startTask(tx, { ...request, agentId, taskType, trigger: 'SCHEDULE' });
  } catch (error) {
    // A task that is gone, or an input that fits no longer: said in the log and tried at the next due time; the others go on.
    if (!isAppError(error) || error.code === 'UNAVAILABLE') throw error;
    deps.log.warn({ err: error, schedule: schedule.number }, 'a schedule could not start what it names');
    return false;
  }
  return true;
}

/** What a schedule starts is done for whoever made it: with their rights, not with those of the clock. */
function ownerOf(schedule: Schedule): Actor {
  if (schedule.ownerType === 'user' && schedule.ownerId !== null)
    return { type: 'user', id: schedule.ownerId, name: schedule.ownerName };
  if (schedule.ownerType === 'api_key' && schedule.ownerId !== null)
    return { type: 'api_key', id: schedule.ownerId, name: schedule.ownerName };
  return { type: 'automation', id: null, name: schedule.title };
}

function keyOf(scheduleId: string, due: Date): string {
  return `schedule:${scheduleId}:${due.toISOString()}`;
}

/** A schedule the product brings along. */
export interface ScheduleSeed {
  readonly title: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly agentId: string;
  readonly taskType: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** The monitoring agent's own check of all systems. */
export function healthCheckSchedule(everySeconds: number): ScheduleSeed {
  const seconds = Math.min(59, Math.max(1, Math.round(everySeconds)));
  return {
    title: 'health-check',
    cron: `*/${seconds} * * * * *`,
    timeZone: 'UTC',
    agentId: 'monitoring',
    taskType: 'health_check',
    params: {},
  };
}

/** Stores or changes a schedule by its title; an expression that is none stops the start. */
export async function seedSchedule(core: Core, seed: ScheduleSeed): Promise<void> {
  await inTransaction(core.db, async (tx) => {
    const nextRunAt = nextDue(seed.cron, seed.timeZone, await databaseNow(tx));
    const facts = {
      cron: seed.cron,
      timeZone: seed.timeZone,
      agentId: seed.agentId,
      taskType: seed.taskType,
      params: JSON.parse(JSON.stringify(seed.params)),
    };
    const { count } = await tx.schedule.createMany({
      data: [{ ...facts, id: newId(), title: seed.title, nextRunAt, ownerType: 'automation', ownerName: 'seed' }],
      skipDuplicates: true,
    });
    if (count === 1) return;
    await tx.schedule.updateMany({
      where: { title: seed.title, NOT: { cron: seed.cron, timeZone: seed.timeZone } },
      data: { ...facts, nextRunAt, version: { increment: 1 } },
    });
  });
}
