import type { Actor } from '../context.ts';
import type { Approval, Task, Tx } from '../db.ts';
import { addTimeline } from '../incidents/timeline.ts';
import { type NotifyTarget, notify } from '../notifications/write.ts';
import { type ApprovalTextKey, say, type Words } from './texts.ts';

/** One line of the timeline. `once` keeps it single when the step runs again. */
export interface ApprovalNews {
  readonly actor: Actor;
  readonly key: ApprovalTextKey;
  readonly words: Words;
  readonly once: string;
}

const broadcastEveryMs = 30 * 60_000;

/** Writes what happened to an approval: a line in the incident's timeline, and its card once more, drawn from the row as it is now. */
export async function tellApproval(tx: Tx, approval: Approval, task: Task, news: ApprovalNews): Promise<void> {
  if (approval.incidentId !== null)
    await addTimeline(tx, {
      incidentId: approval.incidentId,
      kind: 'APPROVAL',
      actor: news.actor,
      text: say(task.locale, news.key, news.words),
      subject: { type: 'Approval', id: approval.id },
      onceKey: `approval:${approval.id}:${news.once}`,
    });
  const to = await cardTarget(tx, approval, task);
  if (to === null) return;
  await notify(tx, {
    kind: 'APPROVAL_REQUEST',
    subject: { type: 'Approval', id: approval.id },
    to,
    locale: task.locale,
    broadcast: news.once === 'requested' && (await mayBroadcast(tx, approval)),
  });
}

/** The incident's thread, else the task's conversation; null when it was asked through neither. */
async function cardTarget(tx: Tx, approval: Approval, task: Task): Promise<NotifyTarget | null> {
  if (approval.incidentId !== null) {
    const incident = await tx.incident.findUnique({ where: { id: approval.incidentId } });
    if (incident?.workspace && incident.channel)
      return { type: 'incident', incidentId: incident.id, workspace: incident.workspace, channel: incident.channel };
  }
  if (task.workspace !== null && task.channel !== null)
    return { type: 'chat', workspace: task.workspace, channel: task.channel, thread: task.threadTs };
  return null;
}

/** A waiting approval on a CRITICAL incident is shown in the channel too, at most once in half an hour per thread. */
async function mayBroadcast(tx: Tx, approval: Approval): Promise<boolean> {
  if (approval.incidentId === null) return false;
  const incident = await tx.incident.findUnique({ where: { id: approval.incidentId } });
  if (incident?.severity !== 'CRITICAL') return false;
  const earlier = await tx.notification.count({
    where: {
      threadIncidentId: approval.incidentId,
      broadcast: true,
      createdAt: { gt: new Date(approval.createdAt.getTime() - broadcastEveryMs) },
    },
  });
  return earlier === 0;
}
