import { isAppError } from '../../lib/errors.ts';
import { inTransaction } from '../db.ts';
import { endTask } from './end-task.ts';
import { taskFunction } from './run-task.ts';
import type { TaskDeps } from './task-run.ts';
import { openStates } from './task-state.ts';
import { inLanguage, words } from './words.ts';

type SweepDeps = Pick<TaskDeps, 'db' | 'durable' | 'audit' | 'wake' | 'log' | 'onTaskEnd' | 'agents'>;

const atOnce = 200;
const startLock = 7_306;
/** Tasks of one agent that work at the same moment, over all processes, where the agent says nothing else. */
const usualConcurrency = 20;
const lookAtEngineEveryMs = 5_000;
const pollMs = 1_000;

/**
 * Hands accepted tasks to the engine, the more urgent first, as many of each agent as may work at once; a task that waits for a person
 * takes no place. The row is marked first: a start that is lost is found by the look at the engine, and a second one is the same.
 */
async function startQueuedTasks(deps: SweepDeps): Promise<number> {
  await endBeforeTheyBegin(deps);
  const chosen = await inTransaction(deps.db, async (tx) => {
    const queued = await tx.task.findMany({
      where: { status: 'QUEUED', enqueuedAt: null, cancelRequested: false },
      orderBy: [{ priority: 'desc' }, { createdAt: 'asc' }],
      take: atOnce,
      select: { id: true, agentId: true },
    });
    if (queued.length === 0) return [];
    // One sweep counts at a time, or two processes would both fill the last places.
    const lock = await tx.$queryRaw<{ won: boolean }[]>`select pg_try_advisory_xact_lock(${startLock}::bigint) as won`;
    if (lock[0]?.won !== true) return [];
    const busy = await tx.task.groupBy({
      by: ['agentId'],
      where: { OR: [{ status: 'RUNNING' }, { status: 'QUEUED', enqueuedAt: { not: null } }] },
      _count: { _all: true },
    });
    const free = new Map(busy.map((one) => [one.agentId, -one._count._all]));
    const ids = queued.flatMap(({ id, agentId }) => {
      const left = (free.get(agentId) ?? 0) + (deps.agents.agent(agentId)?.concurrency ?? usualConcurrency);
      if (left <= 0) return [];
      free.set(agentId, (free.get(agentId) ?? 0) - 1);
      return [id];
    });
    // Of the chosen ones, those that nobody else has marked meanwhile.
    const marked = await tx.$queryRaw<{ id: string }[]>`
      update "Task" set "enqueuedAt" = clock_timestamp() where "id" = any(${ids}::uuid[]) and "enqueuedAt" is null returning "id"`;
    const mine = new Set(marked.map((one) => one.id));
    return ids.filter((id) => mine.has(id));
  });
  for (const id of chosen) await deps.durable.start(taskFunction, id, { queue: 'tasks' });
  return chosen.length;
}

/** Tasks that were cancelled, or ran out of time, before anybody began them. */
async function endBeforeTheyBegin(deps: SweepDeps): Promise<void> {
  const over = await deps.db.$queryRaw<{ id: string; cancelled: boolean }[]>`
    select "id", "cancelRequested" as cancelled from "Task"
    where "status" = 'QUEUED' and "enqueuedAt" is null and ("cancelRequested" or "expiresAt" < clock_timestamp()) limit ${atOnce}`;
  for (const { id, cancelled } of over) await endTask(deps, id, { status: cancelled ? 'CANCELLED' : 'EXPIRED' });
}

/** Tells waiting tasks what was decided, answered or asked of them. The rows decide; a message twice changes nothing. */
async function signalDecisions(deps: SweepDeps): Promise<number> {
  const open = { status: { in: openStates() } };
  const approvals = await deps.db.approval.findMany({
    where: { status: { not: 'PENDING' }, signalledAt: null, task: open },
    orderBy: { decidedAt: 'asc' },
    take: atOnce,
    select: { id: true, status: true, taskId: true },
  });
  for (const approval of approvals) {
    await tell(
      deps,
      approval.taskId,
      `approval:${approval.id}`,
      { status: approval.status },
      `${approval.id}:${approval.status}`,
    );
    await deps.db.approval.updateMany({
      where: { id: approval.id, signalledAt: null },
      data: { signalledAt: new Date() },
    });
  }
  const effects = await deps.db.effect.findMany({
    where: { resolvedAt: { not: null }, signalledAt: null, task: open },
    orderBy: { resolvedAt: 'asc' },
    take: atOnce,
    select: { id: true, observed: true, taskId: true },
  });
  for (const effect of effects) {
    await tell(deps, effect.taskId, `outcome:${effect.id}`, { observed: effect.observed }, `${effect.id}:outcome`);
    await deps.db.effect.updateMany({ where: { id: effect.id, signalledAt: null }, data: { signalledAt: new Date() } });
  }
  const questions = await deps.db.taskQuestion.findMany({
    where: { answeredAt: { not: null }, signalledAt: null, task: open },
    orderBy: { answeredAt: 'asc' },
    take: atOnce,
    select: { id: true, taskId: true },
  });
  for (const { id, taskId } of questions) {
    await tell(deps, taskId, `question:${id}`, { answered: true }, `${id}:answered`);
    await deps.db.taskQuestion.updateMany({ where: { id, signalledAt: null }, data: { signalledAt: new Date() } });
  }
  const cancelled = await deps.db.task.findMany({
    where: { cancelRequested: true, status: { in: ['RUNNING', 'WAITING_INPUT'] }, enqueuedAt: { not: null } },
    take: atOnce,
    select: { id: true, questions: { where: { answeredAt: null }, select: { id: true } } },
  });
  for (const { id, questions: asked } of cancelled) {
    await tell(deps, id, 'cancel', { cancelled: true }, `${id}:cancel`);
    for (const question of asked)
      await tell(deps, id, `question:${question.id}`, { cancelled: true }, `${question.id}:cancel`);
  }
  return approvals.length + effects.length + questions.length;
}

async function tell(deps: SweepDeps, taskId: string, topic: string, message: unknown, key: string): Promise<void> {
  try {
    await deps.durable.signal(taskId, topic, message, key);
  } catch (error) {
    // A function the engine does not know: started again by the look at the engine, and it reads the row.
    if (!isAppError(error) || error.code !== 'NOT_FOUND') throw error;
  }
}

/** Ends the rows of tasks whose durable function has ended without writing so, and starts again what the engine does not know. */
export async function settleDeadTasks(deps: SweepDeps): Promise<number> {
  const open = await deps.db.task.findMany({
    where: { status: { in: openStates() }, enqueuedAt: { lt: new Date(Date.now() - lookAtEngineEveryMs) } },
    orderBy: { version: 'asc' },
    select: { id: true, locale: true },
  });
  let settled = 0;
  for (const { id, locale } of open) {
    const status = await deps.durable.status(id);
    if (status === 'pending') continue;
    if (status === 'missing') {
      await deps.durable.start(taskFunction, id, { queue: 'tasks' });
      continue;
    }
    const message = inLanguage(status === 'dead' ? words.died : words.stoppedOutside, locale);
    if (await endTask(deps, id, { status: 'FAILED', code: 'INTERNAL', message, retryable: false })) settled++;
  }
  return settled;
}

/** The sweep of this process. */
export interface Sweep {
  /** Looks at once instead of at the next poll. */
  readonly wake: () => void;
  readonly stop: () => Promise<void>;
}

/** Runs the sweeps now, when woken, and every second; the engine is compared every five. Any number of processes may do so. */
export function startSweep(deps: SweepDeps): Sweep {
  let stopped = false;
  let woken = false;
  let ring: () => void = () => undefined;
  let comparedAt = 0;
  const loop = async (): Promise<void> => {
    while (!stopped) {
      woken = false;
      try {
        if (deps.durable.isHeld()) {
          await startQueuedTasks(deps);
          await signalDecisions(deps);
          if (performance.now() - comparedAt > lookAtEngineEveryMs) {
            comparedAt = performance.now();
            await settleDeadTasks(deps);
          }
        }
      } catch (error) {
        deps.log.warn({ err: error }, 'sweep of tasks failed');
      }
      if (woken || stopped) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pollMs);
        ring = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const running = loop();
  return {
    wake: () => {
      woken = true;
      ring();
    },
    stop: async () => {
      stopped = true;
      ring();
      await running;
    },
  };
}
