import { newId } from '../../lib/ids.ts';
import { clip } from '../../lib/text.ts';
import type { Bilingual } from '../agents/agent.ts';
import { inTransaction, type StepStatus, type Tx } from '../db.ts';
import { sayTask } from './say-task.ts';
import { TaskCancelled, type TaskRun } from './task-run.ts';
import { inLanguage } from './words.ts';

/** One step of the plan. */
export interface PlanStep {
  readonly name: string;
  readonly title: Bilingual;
  readonly seq: number;
  readonly tool?: string;
}

/** What a step brought, as people see it in one line. */
export interface StepEnd {
  readonly status: StepStatus;
  readonly summary: string | null;
  readonly evidenceRefs?: readonly number[];
}

/** What is kept of a step: its value, or that the task was cancelled before it began. */
export type Recorded<T> = { readonly cancelled: true } | { readonly cancelled: false; readonly value: T };

/** Tells whoever watches that a task has changed. */
export function wakeTask(run: TaskRun): void {
  run.deps.wake('task', run.task.id);
  run.deps.wake('notifications');
}

/** Marks the step as running, unless the task is to end; answers whether it may run. */
export async function beginStep(run: TaskRun, step: PlanStep, mayCancel = true): Promise<boolean> {
  const { task, deps } = run;
  const begins = await inTransaction(deps.db, async (tx) => {
    const row = await tx.task.findUniqueOrThrow({ where: { id: task.id }, select: { cancelRequested: true } });
    if (mayCancel && row.cancelRequested) return false;
    await tx.taskStep.upsert({
      where: { taskId_name: { taskId: task.id, name: step.name } },
      create: {
        id: newId(),
        taskId: task.id,
        seq: step.seq,
        name: step.name,
        title: inLanguage(step.title, task.locale),
        status: 'RUNNING',
        tool: step.tool ?? null,
        attempt: 1,
        startedAt: new Date(),
      },
      update: { status: 'RUNNING', attempt: { increment: 1 } },
    });
    await sayTask(tx, task, 'TASK_PROGRESS');
    return true;
  });
  if (begins) wakeTask(run);
  return begins;
}

/** Writes how a step ended, or what it waits for. */
export async function endStepIn(tx: Tx, run: TaskRun, step: Pick<PlanStep, 'name'>, end: StepEnd): Promise<void> {
  const waits = end.status === 'WAITING_APPROVAL' || end.status === 'OUTCOME_UNKNOWN' || end.status === 'RUNNING';
  await tx.taskStep.update({
    where: { taskId_name: { taskId: run.task.id, name: step.name } },
    data: {
      status: end.status,
      summary: end.summary === null ? null : clip(end.summary, 300),
      evidenceRefs: [...(end.evidenceRefs ?? [])],
      finishedAt: waits ? null : new Date(),
    },
  });
  await sayTask(tx, run.task, 'TASK_PROGRESS');
}

/** A durable step that stands in the plan. What it throws ends it as failed and is passed on. */
export async function shownStep<T>(
  run: TaskRun,
  step: PlanStep,
  work: () => Promise<{ readonly value: T; readonly end: StepEnd }>,
): Promise<T> {
  const recorded = await run.deps.durable.step(step.name, async (): Promise<Recorded<T>> => {
    if (!(await beginStep(run, step))) return { cancelled: true };
    const end = (how: StepEnd) => inTransaction(run.deps.db, (tx) => endStepIn(tx, run, step, how));
    try {
      const done = await work();
      await end(done.end);
      return { cancelled: false, value: done.value };
    } catch (error) {
      await end({ status: 'FAILED', summary: null });
      throw error;
    } finally {
      wakeTask(run);
    }
  });
  if (recorded.cancelled) throw new TaskCancelled();
  return recorded.value;
}
