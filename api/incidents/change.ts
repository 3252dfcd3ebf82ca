import { databaseNow, type Incident, inTransaction, type Prisma, type TimelineKind, type Tx } from '../db.ts';
import { type By, type IncidentAnswer, type IncidentDeps, incidentNumber, type Refusal } from './by.ts';
import { type IncidentEvent, type IncidentState, nextIncident } from './incident-state.ts';
import { sayCard } from './say.ts';
import { addTimeline } from './timeline.ts';
import { moment, wordsOf } from './words.ts';

/** One change a person or the product asks for: the event, what is said about it, and which other facts it stores. */
export interface WantedChange {
  readonly operation: string;
  readonly event: (incident: Incident, now: Date) => IncidentEvent;
  readonly text: (incident: Incident, effect: string) => string;
  readonly kind?: TimelineKind;
  readonly data?: (incident: Incident, next: IncidentState) => Prisma.IncidentUncheckedUpdateManyInput;
  readonly urgency: 'RESULT' | 'NEW_CRITICAL' | 'PROGRESS';
  readonly input: unknown;
  /** More to store in the same transaction, before the audit entry. */
  readonly also?: (tx: Tx, incident: Incident) => Promise<void>;
}

/** Changes one incident in one transaction: state, timeline, card, audit. A refused change answers the incident as it stands. */
export async function changeIncident(
  deps: IncidentDeps,
  by: By,
  id: string,
  wanted: WantedChange,
): Promise<IncidentAnswer> {
  const answer = await inTransaction(deps.db, (tx) => changeIncidentIn(deps, tx, by, id, wanted));
  if (answer.userErrors.length === 0) {
    deps.wake('notifications');
    deps.wake('silences');
    deps.wake('incident', id);
  }
  return answer;
}

/** The same inside the caller's transaction; the caller wakes. */
export async function changeIncidentIn(
  deps: IncidentDeps,
  tx: Tx,
  by: By,
  id: string,
  wanted: WantedChange,
): Promise<IncidentAnswer> {
  await tx.$executeRaw`select "id" from "Incident" where "id" = ${id}::uuid for update`;
  const incident = await tx.incident.findUnique({ where: { id } });
  if (incident === null)
    return { incident, userErrors: [{ code: 'NOT_FOUND', message: 'There is no such incident.' }] };
  const now = await databaseNow(tx);
  const step = nextIncident(incident, wanted.event(incident, now), now);
  if (!step.ok) return { incident, userErrors: [await refusal(tx, incident, step.reason)] };
  const effect = step.effects[0];
  if (effect === undefined) return { incident, userErrors: [] };
  if (effect === 'reopened' && incident.scope !== null) {
    const other = await tx.incident.findUnique({ where: { openKey: incident.scope } });
    if (other !== null) {
      const message = wordsOf(incident.locale).otherOpen(incidentNumber(incident), incidentNumber(other));
      return { incident, userErrors: [{ code: 'INVALID_STATE', message }] };
    }
  }
  const { count } = await tx.incident.updateMany({
    where: { id, status: incident.status, version: incident.version },
    data: { ...columnsOf(incident, step.state), ...wanted.data?.(incident, step.state), version: { increment: 1 } },
  });
  if (count !== 1) {
    const message = wordsOf(incident.locale).changedMeanwhile(incidentNumber(incident));
    return { incident, userErrors: [{ code: 'CONFLICT', message }] };
  }
  const changed = await tx.incident.findUniqueOrThrow({ where: { id } });
  const text = wanted.text(changed, effect);
  await addTimeline(tx, { incidentId: id, kind: wanted.kind ?? 'STATUS', actor: by.actor, text });
  await wanted.also?.(tx, changed);
  await sayCard(tx, changed, wanted.urgency);
  await deps.audit(tx, {
    actor: by.actor,
    operation: wanted.operation,
    subject: { type: 'Incident', id },
    input: wanted.input,
    outcome: effect,
    correlationId: by.correlationId,
  });
  return { incident: changed, userErrors: [] };
}

/** The columns that follow from a state; `openKey` is there exactly while the incident is open. */
export function columnsOf(
  incident: Pick<Incident, 'id' | 'scope'>,
  state: IncidentState,
): Prisma.IncidentUncheckedUpdateManyInput {
  return {
    status: state.status,
    severity: state.severity,
    acknowledgedById: state.acknowledgedById,
    acknowledgedUntil: state.acknowledgedUntil,
    acknowledgedAt: state.acknowledgedAt,
    resolvedAt: state.resolvedAt,
    openKey: state.status === 'RESOLVED' ? null : (incident.scope ?? `incident:${incident.id}`),
  };
}

async function refusal(
  tx: Tx,
  incident: Incident,
  reason: Extract<ReturnType<typeof nextIncident>, { ok: false }>['reason'],
): Promise<Refusal> {
  const words = wordsOf(incident.locale);
  const number = incidentNumber(incident);
  const say = async (): Promise<string> => {
    switch (reason) {
      case 'already-resolved':
        return words.alreadyResolved(number, moment(incident.resolvedAt ?? incident.createdAt));
      case 'not-resolved':
        return words.notResolved(number);
      case 'not-acknowledged':
        return words.notAcknowledged(number);
      case 'held-by-another': {
        const holder = await tx.user.findUnique({ where: { id: incident.acknowledgedById ?? incident.id } });
        const until = incident.acknowledgedUntil ?? incident.createdAt;
        return words.heldBy(number, holder?.displayName ?? words.someone(), moment(until));
      }
      case 'too-late':
        return words.changedMeanwhile(number);
      default:
        return reason satisfies never;
    }
  };
  return { code: 'INVALID_STATE', message: await say() };
}
