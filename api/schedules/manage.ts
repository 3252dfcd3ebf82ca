import { canonicalJson } from '../../lib/canonical-json.ts';
import { AppError } from '../../lib/errors.ts';
import { newId } from '../../lib/ids.ts';
import { redactSecrets } from '../../lib/redact.ts';
import { storedObject } from '../audit/stored-json.ts';
import type { Actor, Core } from '../context.ts';
import { databaseNow, inTransaction, type Schedule, type Tx } from '../db.ts';
import { nextDue } from './next-due.ts';

/** Who changes schedules. */
export interface ScheduleCaller {
  readonly actor: Actor;
  readonly correlationId: string;
  readonly locale: 'KO' | 'EN';
}

/** What is to be started when: a task or a workflow. */
export interface NewSchedule {
  readonly title: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly agentId: string | null;
  readonly taskType: string | null;
  readonly workflowDefinition: string | null;
  readonly params: Readonly<Record<string, unknown>>;
  readonly conversation: { readonly workspace: string; readonly channel: string } | null;
  readonly idempotencyKey: string;
}

export interface ScheduleChange {
  readonly title?: string;
  readonly cron?: string;
  readonly timeZone?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly enabled?: boolean;
}

/** The product's own schedules: only the operator's settings change them. */
const isOwn = (schedule: Pick<Schedule, 'ownerType' | 'ownerName'>) =>
  schedule.ownerType === 'automation' && schedule.ownerName === 'seed';
const mostOften = 10_000;

/** The first due time; refuses what is no cron expression, no zone, never due, or due more often than every ten seconds. */
function firstDue(cron: string, timeZone: string, now: Date): Date {
  const refuse = (message: string) => new AppError('INVALID_INPUT', message, { path: ['input', 'cron'] });
  const first = nextDue(cron, timeZone, now);
  if (first === null) throw refuse(`"${cron}" is never due.`);
  const second = nextDue(cron, timeZone, first);
  if (second !== null && second.getTime() - first.getTime() < mostOften)
    throw refuse('A schedule may be due every ten seconds at most.');
  return first;
}

/** Stores a schedule. The same key and input again is the same schedule; a taken title is refused. */
export async function createSchedule(core: Core, caller: ScheduleCaller, input: NewSchedule): Promise<Schedule> {
  return inTransaction(core.db, async (tx) => {
    const known = await tx.schedule.findUnique({ where: { idempotencyKey: input.idempotencyKey } });
    if (known !== null) {
      if (
        known.title === input.title &&
        known.cron === input.cron &&
        canonicalJson(known.params) === canonicalJson(storedObject(input.params))
      )
        return known;
      throw new AppError('IDEMPOTENCY_MISMATCH', 'This key was used before for another schedule.', {
        path: ['input', 'idempotencyKey'],
      });
    }
    const nextRunAt = firstDue(input.cron, input.timeZone, await databaseNow(tx));
    if ((await tx.schedule.count({ where: { title: input.title } })) > 0)
      throw new AppError('CONFLICT', `There is a schedule named "${input.title}" already.`, {
        path: ['input', 'title'],
      });
    const schedule = await tx.schedule.create({
      data: {
        id: newId(),
        title: input.title,
        cron: input.cron,
        timeZone: input.timeZone,
        agentId: input.agentId,
        taskType: input.taskType,
        workflowDefinition: input.workflowDefinition,
        params: storedObject(redactSecrets(input.params)),
        workspace: input.conversation?.workspace ?? null,
        channel: input.conversation?.channel ?? null,
        ownerType: caller.actor.type,
        ownerId: caller.actor.id,
        ownerName: caller.actor.name,
        locale: caller.locale,
        idempotencyKey: input.idempotencyKey,
        nextRunAt,
      },
    });
    await note(core, tx, caller, 'scheduleCreate', schedule);
    return schedule;
  });
}

/** Changes a schedule that still has the version the caller read. A pause keeps what was missed uncounted. */
export async function updateSchedule(
  core: Core,
  caller: ScheduleCaller,
  input: { readonly id: string; readonly expectedVersion: number; readonly change: ScheduleChange },
): Promise<Schedule> {
  return inTransaction(core.db, async (tx) => {
    const before = await current(tx, input.id, input.expectedVersion);
    const { change } = input;
    const cron = change.cron ?? before.cron;
    const timeZone = change.timeZone ?? before.timeZone;
    const enabled = change.enabled ?? before.enabled;
    const schedule = await tx.schedule.update({
      where: { id: before.id },
      data: {
        cron,
        timeZone,
        enabled,
        ...(change.title === undefined ? {} : { title: change.title }),
        ...(change.params === undefined ? {} : { params: storedObject(redactSecrets(change.params)) }),
        nextRunAt: enabled ? firstDue(cron, timeZone, await databaseNow(tx)) : null,
        version: { increment: 1 },
      },
    });
    await note(core, tx, caller, 'scheduleUpdate', schedule);
    return schedule;
  });
}

/** Removes a schedule; what it started stays. */
export async function deleteSchedule(
  core: Core,
  caller: ScheduleCaller,
  input: { readonly id: string; readonly expectedVersion: number },
): Promise<string> {
  return inTransaction(core.db, async (tx) => {
    const schedule = await current(tx, input.id, input.expectedVersion);
    await tx.schedule.delete({ where: { id: schedule.id } });
    await note(core, tx, caller, 'scheduleDelete', schedule);
    return schedule.id;
  });
}

async function current(tx: Tx, id: string, expectedVersion: number): Promise<Schedule> {
  await tx.$queryRaw`select 1 from "Schedule" where "id" = ${id}::uuid for update`;
  const schedule = await tx.schedule.findUnique({ where: { id } });
  if (schedule === null) throw new AppError('NOT_FOUND', 'There is no such schedule.', { path: ['input', 'id'] });
  if (isOwn(schedule)) throw new AppError('FORBIDDEN', "This schedule is the product's own: its setting changes it.");
  if (schedule.version !== expectedVersion)
    throw new AppError('CONFLICT', 'This schedule was changed meanwhile.', { path: ['input', 'expectedVersion'] });
  return schedule;
}

async function note(core: Core, tx: Tx, caller: ScheduleCaller, operation: string, schedule: Schedule): Promise<void> {
  const { title, cron, timeZone, agentId, taskType, workflowDefinition, enabled, params } = schedule;
  await core.audit(tx, {
    actor: caller.actor,
    operation,
    subject: { type: 'Schedule', id: schedule.id },
    input: { title, cron, timeZone, agentId, taskType, workflowDefinition, enabled, params: params ?? {} },
    outcome: 'done',
    correlationId: caller.correlationId,
  });
}
