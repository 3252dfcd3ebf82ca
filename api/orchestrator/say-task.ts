import type { Task, Tx } from '../db.ts';
import type { Priority } from '../notifications/notification-state.ts';
import { type NotifyTarget, notify } from '../notifications/write.ts';

type Told = Pick<
  Task,
  'id' | 'parentId' | 'workflowId' | 'incidentId' | 'workspace' | 'channel' | 'threadTs' | 'locale'
> & {
  readonly trigger: string;
};

/** Where a task speaks: where a person asked for it, else its incident's thread. A task that works for another one says nothing. */
async function placeOf(tx: Tx, task: Told, kind: string): Promise<NotifyTarget | null> {
  if (task.parentId !== null) {
    // A question has to reach somebody: it is asked where the task it works for speaks.
    if (kind !== 'TASK_QUESTION') return null;
    return placeOf(tx, await tx.task.findUniqueOrThrow({ where: { id: task.parentId } }), kind);
  }
  const own: NotifyTarget | null =
    task.workspace === null || task.channel === null
      ? null
      : { type: 'chat', workspace: task.workspace, channel: task.channel, thread: task.threadTs };
  if (own !== null && task.trigger === 'CHAT') return own;
  if (task.incidentId !== null) {
    const incident = await tx.incident.findUnique({ where: { id: task.incidentId } });
    if (incident?.workspace && incident.channel) {
      return { type: 'incident', incidentId: incident.id, workspace: incident.workspace, channel: incident.channel };
    }
  }
  return own;
}

/** Writes one message of a task; the bot draws it from the task as it is when it is sent. The caller wakes 'notifications' after its commit. */
export async function sayTask(
  tx: Tx,
  task: Told,
  kind: 'TASK_PROGRESS' | 'TASK_FAILED' | 'TASK_QUESTION' | 'ACTION_RESULT' | 'OUTCOME_UNKNOWN',
  options: { readonly priority?: Priority; readonly broadcast?: boolean; readonly fresh?: boolean } = {},
): Promise<void> {
  const to = await placeOf(tx, task, kind);
  if (to === null) return;
  // The plan message of the workflow shows how far its tasks are; what one of them found is told by itself.
  if (task.workflowId !== null && kind === 'TASK_PROGRESS' && options.priority !== 'FINDING') {
    const told = { subjectType: 'Task', subjectId: task.id, kind };
    if ((await tx.notification.count({ where: told })) === 0) return;
  }
  await notify(tx, { kind, subject: { type: 'Task', id: task.id }, to, locale: task.locale, ...options });
}
