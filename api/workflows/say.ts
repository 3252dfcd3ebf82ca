import type { Tx, Workflow } from '../db.ts';
import { notify } from '../notifications/write.ts';

/** Writes the plan message of a workflow where it was started, or in its incident's thread. The caller wakes 'notifications'. */
export async function sayWorkflow(tx: Tx, workflow: Workflow): Promise<void> {
  const { workspace, channel, threadTs, incidentId, locale } = workflow;
  const incident = incidentId === null ? null : await tx.incident.findUnique({ where: { id: incidentId } });
  const to =
    workspace !== null && channel !== null
      ? ({ type: 'chat', workspace, channel, thread: threadTs } as const)
      : incident?.workspace && incident.channel
        ? ({
            type: 'incident',
            incidentId: incident.id,
            workspace: incident.workspace,
            channel: incident.channel,
          } as const)
        : null;
  if (to === null) return;
  await notify(tx, { kind: 'WORKFLOW_PROGRESS', subject: { type: 'Workflow', id: workflow.id }, to, locale });
}
