import { cancelApprovalsOf } from '../approvals/cancel.ts';
import { type StoredJson, storedJson } from '../audit/stored-json.ts';
import { inTransaction, Prisma, type Task, type Tx } from '../db.ts';
import { moveTask } from './move-task.ts';
import { sayTask } from './say-task.ts';
import type { TaskDeps } from './task-run.ts';
import { inLanguage, words } from './words.ts';

/** How a task ends. */
export type TaskEnding =
  | { readonly status: 'SUCCEEDED'; readonly result: StoredJson }
  | { readonly status: 'CANCELLED' | 'EXPIRED' }
  | { readonly status: 'FAILED'; readonly code: string; readonly message: string; readonly retryable: boolean };

type EndDeps = Pick<TaskDeps, 'db' | 'audit' | 'wake' | 'log' | 'onTaskEnd'>;

/** Writes the end of a task once: state, result or reason, steps that were left, message, audit. A task that has ended is left as it is. */
export async function endTask(deps: EndDeps, id: string, ending: TaskEnding): Promise<boolean> {
  const ended = await inTransaction(deps.db, (tx) => endTaskIn(deps, tx, id, ending));
  if (ended === null) return false;
  deps.wake('task', id);
  deps.wake('notifications');
  deps.wake('decisions');
  if (ended.incidentId !== null) deps.wake('incident', ended.incidentId);
  deps.onTaskEnd?.({
    agentId: ended.agentId,
    taskType: ended.taskType,
    status: ending.status,
    durationMs: Math.max(0, (ended.finishedAt?.getTime() ?? 0) - (ended.startedAt ?? ended.createdAt).getTime()),
  });
  return true;
}

async function endTaskIn(deps: EndDeps, tx: Tx, id: string, ending: TaskEnding): Promise<Task | null> {
  const before = await tx.task.findUniqueOrThrow({ where: { id } });
  const failed = ending.status === 'FAILED';
  const kept = failed ? await tx.evidence.count({ where: { taskId: id } }) : 0;
  const moved = await moveTask(tx, id, ending.status, {
    finishedAt: new Date(),
    ...(ending.status === 'SUCCEEDED' ? { result: ending.result === null ? Prisma.JsonNull : ending.result } : {}),
    ...(ending.status === 'EXPIRED'
      ? {
          errorCode: 'EXPIRED',
          errorMessage: inLanguage(before.startedAt === null ? words.expiredQueued : words.notAnswered, before.locale),
          errorRetryable: true,
        }
      : {}),
    ...(failed
      ? {
          errorCode: ending.code,
          errorMessage: ending.message,
          errorKept: inLanguage(words.kept(kept), before.locale),
          errorNextStep: inLanguage(ending.code === 'INTERNAL' ? words.askOperator : words.tryAgain, before.locale),
          errorRetryable: ending.retryable,
        }
      : {}),
  });
  if (!moved) return null;
  await tx.taskStep.updateMany({
    where: { taskId: id, finishedAt: null },
    data: { status: failed ? 'FAILED' : 'CANCELLED', finishedAt: new Date() },
  });
  // An action that ran and was not looked at again is said to be just that.
  await tx.proposedAction.updateMany({
    where: { taskId: id, outcome: 'RUNNING' },
    data: { outcome: 'EXECUTED_UNVERIFIED' },
  });
  const reason = inLanguage(failed ? words.stoppedOutside : words.cancelled, before.locale);
  if (ending.status !== 'SUCCEEDED') await cancelApprovalsOf({ ...deps }, tx, { taskId: id }, reason);
  const task = await tx.task.findUniqueOrThrow({ where: { id } });
  await sayTask(tx, task, 'TASK_PROGRESS', { priority: 'RESULT' });
  if (failed) await sayTask(tx, task, 'TASK_FAILED');
  // A question nobody has to answer any more loses its buttons.
  if (ending.status !== 'SUCCEEDED' && (await tx.taskQuestion.count({ where: { taskId: id, answeredAt: null } })) > 0)
    await sayTask(tx, task, 'TASK_QUESTION');
  if (failed || ending.status === 'CANCELLED' || ending.status === 'EXPIRED') {
    await deps.audit(tx, {
      actor: { type: 'automation', id: null, name: `agent:${task.agentId}` },
      operation: 'taskEnd',
      subject: { type: 'Task', id },
      input: storedJson({ agentId: task.agentId, taskType: task.taskType }),
      outcome: ending.status.toLowerCase(),
      reason: failed ? `${ending.code}: ${ending.message}` : null,
      correlationId: task.correlationId,
    });
  }
  return task;
}
