import { isAppError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import type { Actor } from '../context.ts';
import type { Incident, Tx } from '../db.ts';
import type { By } from '../incidents/by.ts';
import type { Language } from '../incidents/words.ts';

/** What orchestrator/start-task.ts is asked for. */
export interface StartInvestigation {
  readonly agentId: 'sop';
  readonly taskType: 'incident_response';
  readonly params: Readonly<Record<string, never>>;
  readonly trigger: 'ALERT';
  readonly requestedBy: Actor;
  readonly locale: Language;
  readonly incidentId: string;
  readonly conversation?: { readonly workspace: string; readonly channel: string; readonly thread?: string };
  readonly idempotencyKey: string;
  readonly correlationId: string;
}

/** What starting an investigation needs from above. */
export interface InvestigationDeps {
  /** orchestrator/start-task.ts, inside the caller's transaction; the same key starts nothing twice. */
  readonly startTask: (tx: Tx, request: StartInvestigation) => Promise<unknown>;
  readonly log: Logger;
}

/** One investigation at a time: an incident that opens again gets a new one unless an earlier one still works on it. Answers how many. */
export async function investigate(
  deps: InvestigationDeps,
  tx: Tx,
  by: By,
  incidents: readonly Incident[],
): Promise<number> {
  if (incidents.length === 0) return 0;
  const busy = await tx.task.findMany({
    where: { incidentId: { in: incidents.map((one) => one.id) }, agentId: 'sop', finishedAt: null },
    select: { incidentId: true },
  });
  const working = new Set(busy.map((one) => one.incidentId));
  const waiting = incidents.filter((one) => !working.has(one.id));
  for (const incident of waiting) {
    const request: StartInvestigation = {
      agentId: 'sop',
      taskType: 'incident_response',
      params: {},
      trigger: 'ALERT',
      requestedBy: by.actor,
      locale: incident.locale,
      incidentId: incident.id,
      ...(incident.workspace === null || incident.channel === null
        ? {}
        : {
            conversation: {
              workspace: incident.workspace,
              channel: incident.channel,
              ...(incident.threadTs === null ? {} : { thread: incident.threadTs }),
            },
          }),
      idempotencyKey: `incident:${incident.id}:response:${incident.version}`,
      correlationId: by.correlationId,
    };
    try {
      await deps.startTask(tx, request);
    } catch (error) {
      // Without its agent the incident is still told; an alert is never given back because nobody can look into it.
      if (!isAppError(error) || (error.code !== 'NOT_FOUND' && error.code !== 'INVALID_INPUT')) throw error;
      deps.log.error({ err: error, incidentId: incident.id }, 'the investigation of an incident could not be started');
    }
  }
  return waiting.length;
}
