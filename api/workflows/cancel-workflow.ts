import type { Core } from '../context.ts';
import { databaseNow, inTransaction, type Workflow } from '../db.ts';
import { cancelTask, type TaskAnswer, type TaskCaller } from '../orchestrator/cancel-task.ts';
import { sayWorkflow } from './say.ts';
import { inLanguage, words } from './words.ts';

export interface WorkflowAnswer {
  readonly workflow: Workflow | null;
  readonly userErrors: TaskAnswer['userErrors'];
}

/** Asks a workflow to end: nothing new begins, and the tasks it works now end within one step. One that has not begun ends at once. */
export async function cancelWorkflow(
  core: Core,
  caller: TaskCaller,
  input: { readonly id: string; readonly reason?: string | null },
): Promise<WorkflowAnswer> {
  const answer = await inTransaction(core.db, async (tx): Promise<WorkflowAnswer> => {
    await tx.$queryRaw`select 1 from "Workflow" where "id" = ${input.id}::uuid for no key update`;
    const workflow = await tx.workflow.findUnique({ where: { id: input.id } });
    const refuse = (
      code: 'NOT_FOUND' | 'INVALID_STATE',
      text: typeof words.hasEnded | typeof words.noWorkflow,
    ): WorkflowAnswer => ({
      workflow,
      userErrors: [{ code, message: inLanguage(text, caller.locale), path: ['input', 'id'] }],
    });
    if (workflow === null) return refuse('NOT_FOUND', words.noWorkflow);
    if (workflow.finishedAt !== null) return refuse('INVALID_STATE', words.hasEnded);
    const notBegun = workflow.enqueuedAt === null;
    await tx.workflow.update({
      where: { id: workflow.id },
      data: {
        cancelRequested: true,
        version: { increment: 1 },
        ...(notBegun ? { status: 'CANCELLED' as const, finishedAt: await databaseNow(tx) } : {}),
      },
    });
    await core.audit(tx, {
      actor: caller.actor,
      operation: 'workflowCancel',
      subject: { type: 'Workflow', id: workflow.id },
      input: { reason: input.reason ?? null },
      outcome: 'accepted',
      correlationId: caller.correlationId,
    });
    const now = await tx.workflow.findUniqueOrThrow({ where: { id: workflow.id } });
    await sayWorkflow(tx, now);
    return { workflow: now, userErrors: [] };
  });
  if (answer.userErrors.length > 0 || answer.workflow === null) return answer;
  const tasks = await core.db.task.findMany({
    where: { workflowId: input.id, finishedAt: null },
    select: { id: true },
  });
  for (const { id } of tasks) await cancelTask(core, caller, { id, reason: input.reason ?? null });
  core.wake('decisions');
  core.wake('notifications');
  return { ...answer, workflow: await core.db.workflow.findUnique({ where: { id: input.id } }) };
}
