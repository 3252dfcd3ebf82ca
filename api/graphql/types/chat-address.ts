import type { Incident, Task } from '../../db.ts';
import type { RequestContext } from '../request-context.ts';
import type { ChatAddress } from './common.ts';

/** Where something is shown; null while no place is known. */
export function addressOf(
  workspace: string | null,
  channel: string | null,
  thread: string | null,
  message: string | null,
): ChatAddress | null {
  return workspace === null || channel === null ? null : { workspace, channel, thread, message, url: null };
}

/** The incident of a row that may belong to one. */
export function incidentOf(ctx: RequestContext, incidentId: string | null): Promise<Incident | null> {
  return incidentId === null ? Promise.resolve(null) : ctx.load.incident.load(incidentId);
}

/** Where a task's messages appear: its incident's thread, else its own conversation. */
export function conversationOf(task: Task | null, incident: Incident | null): ChatAddress | null {
  if (incident !== null) return addressOf(incident.workspace, incident.channel, incident.threadTs, null);
  return task === null ? null : addressOf(task.workspace, task.channel, task.threadTs, null);
}
