import { type By, type IncidentAnswer, type IncidentDeps, requireAny } from './by.ts';
import { changeIncident } from './change.ts';
import { wordsOf } from './words.ts';

/** Opens a resolved incident again, with a reason; refused while another one is open for the same system. */
export async function reopenIncident(
  deps: IncidentDeps,
  viewer: By,
  id: string,
  reason: string,
): Promise<IncidentAnswer> {
  requireAny(viewer, 'INCIDENT_WRITE');
  const why = reason.trim().slice(0, 1_000);
  if (why === '') {
    const incident = await deps.db.incident.findUnique({ where: { id } });
    return {
      incident,
      userErrors: [{ code: 'INVALID_INPUT', message: 'A reason is needed.', path: ['input', 'reason'] }],
    };
  }
  return changeIncident(deps, viewer, id, {
    operation: 'incidentReopen',
    event: () => ({ type: 'reopen' }),
    text: (incident) => wordsOf(incident.locale).reopenedBy(viewer.actor.name, why),
    data: () => ({ resolvedBy: null, assigneeId: null }),
    urgency: 'NEW_CRITICAL',
    input: { reason: why },
  });
}
