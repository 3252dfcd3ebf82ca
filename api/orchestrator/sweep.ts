import { isAppError } from '../../lib/errors.ts';
import { endTask } from './end-task.ts';
import { taskFunction } from './run-task.ts';
import type { TaskDeps } from './task-run.ts';
import { openStates } from './task-state.ts';
import { inLanguage, words } from './words.ts';

type SweepDeps = Pick<TaskDeps, 'db' | 'durable' | 'audit' | 'wake' | 'log' | 'onTaskEnd'>;

const atOnce = 200;
const lookAtEngineEveryMs = 5_000;
const pollMs = 1_000;

/** Hands accepted tasks to the engine. A task that is handed over twice is worked once. */
async function startQueuedTasks(deps: SweepDeps): Promise<number> {
  const queued = await deps.db.task.findMany({
    where: { status: 'QUEUED', enqueuedAt: null },
    orderBy: { createdAt: 'asc' },
    take: atOnce,
    select: { id: true, cancelRequested: true },
  });
  for (const { id, cancelRequested } of queued) {
    if (cancelRequested) {
      await endTask(deps, id, { status: 'CANCELLED' });
      continue;
    }
    await deps.durable.start(taskFunction, id, { queue: 'tasks' });
    await deps.db.task.updateMany({ where: { id, enqueuedAt: null }, data: { enqueuedAt: new Date() } });
  }
  return queued.length;
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
  const cancelled = await deps.db.task.findMany({
    where: { cancelRequested: true, status: { in: ['RUNNING', 'WAITING_INPUT'] }, enqueuedAt: { not: null } },
    take: atOnce,
    select: { id: true },
  });
  for (const { id } of cancelled) await tell(deps, id, 'cancel', { cancelled: true }, `${id}:cancel`);
  return approvals.length + effects.length;
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
