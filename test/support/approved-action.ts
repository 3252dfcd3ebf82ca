import type { Db } from '../../api/db.ts';
import { newId } from '../../lib/ids.ts';

/** Ids of a task with one approved action, which the effect journal refers to. */
export interface ApprovedAction {
  readonly taskId: string;
  readonly actionId: string;
  readonly approvalId: string;
}

/** Writes the rows an effect needs; `params` are the task's, next to the ids. */
export async function makeApprovedAction(
  db: Db,
  params: Record<string, string | number | boolean | string[]> = {},
): Promise<ApprovedAction> {
  const [taskId, actionId, approvalId] = [newId(), newId(), newId()];
  const requester = { requestedByType: 'automation', requestedByName: 'test' };
  await db.task.create({
    data: {
      id: taskId,
      title: 'crash test',
      agentId: 'infra',
      taskType: 'test',
      params: { approvalId, actionId, ...params },
      trigger: 'API',
      idempotencyKey: taskId,
      correlationId: taskId,
      ...requester,
    },
  });
  await db.proposedAction.create({
    data: {
      id: actionId,
      taskId,
      stepKey: `${taskId}:action`,
      title: 'restart',
      tool: 'restart',
      target: `target-${taskId}`,
      arguments: {},
      risk: 'MEDIUM',
      command: 'restart',
      effect: 'restarts',
    },
  });
  await db.approval.create({
    data: {
      id: approvalId,
      actionId,
      taskId,
      stepKey: `${taskId}:approval`,
      status: 'APPROVED',
      policy: 'test',
      precondition: {},
      digest: 'digest',
      expiresAt: new Date(Date.now() + 600_000),
      ...requester,
    },
  });
  return { taskId, actionId, approvalId };
}
