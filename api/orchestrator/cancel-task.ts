import type { AppErrorCode } from '../../lib/errors.ts';
import { cancelApprovalsOf } from '../approvals/cancel.ts';
import type { Actor, Core } from '../context.ts';
import { inTransaction, type Task, type Tx } from '../db.ts';
import { refusalToCancel } from './task-state.ts';
import { inLanguage, words } from './words.ts';

/** Who asks for something to be done with a task. */
export interface TaskCaller {
  readonly actor: Actor;
  readonly correlationId: string;
  readonly locale: 'KO' | 'EN';
}

/** A task as it stands, and why nothing was done. */
export interface TaskAnswer {
  readonly task: Task | null;
  readonly userErrors: readonly {
    readonly code: AppErrorCode;
    readonly message: string;
    readonly path: readonly string[] | null;
  }[];
}

const noTask = { en: 'There is no such task.', ko: '그런 작업이 없습니다.' };
const asked = { en: 'The task was cancelled.', ko: '작업이 취소되었습니다.' };

/** Asks a task and its children to end: they do within one step and keep what they found. Approvals it waits for are withdrawn at once. */
export async function cancelTask(
  core: Core,
  caller: TaskCaller,
  input: { readonly id: string; readonly reason?: string | null },
): Promise<TaskAnswer> {
  const answer = await inTransaction(core.db, async (tx): Promise<TaskAnswer> => {
    const task = await tx.task.findUnique({ where: { id: input.id } });
    if (task === null) {
      return {
        task: null,
        userErrors: [{ code: 'NOT_FOUND', message: inLanguage(noTask, caller.locale), path: ['input', 'id'] }],
      };
    }
    const refusal = refusalToCancel(task.status);
    if (refusal !== null) {
      const text = refusal === 'finished' ? words.cannotCancelFinished : words.cannotCancelUnknown;
      return { task, userErrors: [{ code: 'INVALID_STATE', message: inLanguage(text, caller.locale), path: null }] };
    }
    const ids = [task.id];
    for (let parents = [task.id]; parents.length > 0; ) {
      const children = await tx.task.findMany({
        where: { parentId: { in: parents }, finishedAt: null },
        select: { id: true },
      });
      parents = children.map((child) => child.id);
      ids.push(...parents);
    }
    await tx.task.updateMany({ where: { id: { in: ids }, finishedAt: null }, data: { cancelRequested: true } });
    const reason = input.reason?.trim() || inLanguage(asked, task.locale);
    for (const id of ids) await cancelApprovalsOf(core, tx, { taskId: id }, reason, caller.actor);
    await core.audit(tx, {
      actor: caller.actor,
      operation: 'taskCancel',
      subject: { type: 'Task', id: task.id },
      input: { reason: input.reason ?? null, tasks: ids.length },
      outcome: 'accepted',
      correlationId: caller.correlationId,
    });
    return { task: await tx.task.findUnique({ where: { id: task.id } }), userErrors: [] };
  });
  if (answer.userErrors.length === 0) {
    core.wake('decisions');
    core.wake('notifications');
    core.wake('task', input.id);
  }
  return answer;
}

/** Asks the unfinished tasks of incidents that were gathered elsewhere to end; in the caller's transaction, which wakes decisions. */
export async function cancelTasksOf(tx: Tx, incidentIds: readonly string[]): Promise<void> {
  await tx.task.updateMany({
    where: { incidentId: { in: [...incidentIds] }, finishedAt: null, status: { not: 'OUTCOME_UNKNOWN' } },
    data: { cancelRequested: true },
  });
}
