import { newId } from '../../lib/ids.ts';
import { clip } from '../../lib/text.ts';
import { databaseNow, type Incident, inTransaction, type Tx } from '../db.ts';
import { type By, type IncidentAnswer, type IncidentDeps, incidentNumber, type Refusal, requireAny } from './by.ts';
import { columnsOf } from './change.ts';
import { declareIncident } from './declare.ts';
import { nextIncident } from './incident-state.ts';
import { sayCard, sayNotice } from './say.ts';
import { louder } from './severity-rules.ts';
import { addTimeline } from './timeline.ts';
import { wordsOf } from './words.ts';

const refuse = (incident: Incident | null, code: Refusal['code'], message: string): IncidentAnswer => ({
  incident,
  userErrors: [{ code, message }],
});

/** Moves all alerts of one open incident into another one and closes it. What its alerts do from now on belongs to the other. */
export async function mergeIncident(deps: IncidentDeps, by: By, id: string, intoId: string): Promise<IncidentAnswer> {
  requireAny(by, 'INCIDENT_WRITE');
  const answer = await inTransaction(deps.db, async (tx): Promise<IncidentAnswer> => {
    const [from, into] = await lockTwo(tx, id, intoId);
    if (from === null || into === null) return refuse(from, 'NOT_FOUND', 'There is no such incident.');
    const words = wordsOf(into.locale);
    if (from.id === into.id) return refuse(from, 'INVALID_INPUT', 'An incident cannot be merged into itself.');
    if (from.mergedIntoId === into.id) return { incident: into, userErrors: [] };
    if (into.status === 'RESOLVED' || from.status === 'RESOLVED')
      return refuse(from, 'INVALID_STATE', 'Both incidents must be open.');
    const now = await databaseNow(tx);
    const step = nextIncident(from, { type: 'resolve' }, now);
    if (!step.ok) return refuse(from, 'INVALID_STATE', step.reason);
    await tx.alertGroup.updateMany({ where: { incidentId: from.id }, data: { incidentId: into.id } });
    await tx.incident.update({
      where: { id: from.id },
      data: {
        ...columnsOf(from, step.state),
        mergedIntoId: into.id,
        resolvedBy: words.merged(incidentNumber(into), by.actor.name),
        version: { increment: 1 },
      } as object,
    });
    const target = await tx.incident.update({
      where: { id: into.id },
      data: {
        severity: louder(into.severity, from.severity),
        startedAt: from.startedAt < into.startedAt ? from.startedAt : into.startedAt,
        version: { increment: 1 },
      },
    });
    const gone = wordsOf(from.locale).merged(incidentNumber(into), by.actor.name);
    const entry = await addTimeline(tx, { incidentId: from.id, kind: 'STATUS', actor: by.actor, text: gone });
    await sayNotice(tx, from, entry);
    const here = words.mergedHere(incidentNumber(from), by.actor.name);
    await sayNotice(
      tx,
      into,
      await addTimeline(tx, { incidentId: into.id, kind: 'STATUS', actor: by.actor, text: here }),
    );
    await deps.cancelApprovals(tx, from.id, wordsOf(from.locale).approvalEnds());
    await tx.task.updateMany({
      where: { incidentId: from.id, finishedAt: null, status: { not: 'OUTCOME_UNKNOWN' } },
      data: { cancelRequested: true },
    });
    await sayCard(tx, from, 'RESULT');
    await sayCard(tx, target, 'PROGRESS');
    await deps.audit(tx, {
      actor: by.actor,
      operation: 'incidentMerge',
      subject: { type: 'Incident', id: from.id },
      input: { into: into.id },
      outcome: 'merged',
      correlationId: by.correlationId,
    });
    return { incident: target, userErrors: [] };
  });
  if (answer.userErrors.length === 0) wakeBoth(deps, id, intoId);
  return answer;
}

/** Moves some alert groups of an open incident into one of their own; the same key answers the first. */
export async function splitIncident(
  deps: IncidentDeps,
  by: By,
  id: string,
  groupIds: readonly string[],
): Promise<IncidentAnswer> {
  requireAny(by, 'INCIDENT_WRITE');
  const answer = await inTransaction(deps.db, async (tx): Promise<IncidentAnswer> => {
    const [from] = await lockTwo(tx, id, id);
    if (from === null) return refuse(null, 'NOT_FOUND', 'There is no such incident.');
    if (from.status === 'RESOLVED') return refuse(from, 'INVALID_STATE', 'The incident must be open.');
    const groups = await tx.alertGroup.findMany({ where: { id: { in: [...groupIds] }, incidentId: id } });
    if (groups.length === 0 || groups.length !== new Set(groupIds).size)
      return refuse(from, 'NOT_FOUND', 'These alert groups are not all in this incident.');
    const total = await tx.alertGroup.count({ where: { incidentId: id } });
    if (total === groups.length)
      return refuse(from, 'INVALID_STATE', 'At least one alert group must stay in the incident.');
    const names = clip([...new Set(groups.map((one) => one.title))].join(', '), 300);
    const first = groups.reduce((one, other) => (louder(one.severity, other.severity) === one.severity ? one : other));
    const made = await declareIncident(tx, {
      title: first.title,
      severity: first.severity,
      systemId: first.systemId,
      // The scope stays with the incident it was split from, so that what is new there goes on going there.
      scope: `split:${newId()}`,
      locale: from.locale,
      conversation:
        from.workspace === null || from.channel === null ? null : { workspace: from.workspace, channel: from.channel },
      startedAt: groups.reduce((at, one) => (one.startedAt < at ? one.startedAt : at), first.startedAt),
      actor: by.actor,
      text: wordsOf(from.locale).splitFrom(incidentNumber(from), by.actor.name),
    });
    await tx.alertGroup.updateMany({ where: { id: { in: [...groupIds] } }, data: { incidentId: made.id } });
    const text = wordsOf(from.locale).splitOff(names, incidentNumber(made), by.actor.name);
    await sayNotice(tx, from, await addTimeline(tx, { incidentId: id, kind: 'STATUS', actor: by.actor, text }));
    await sayCard(tx, from, 'PROGRESS');
    await deps.audit(tx, {
      actor: by.actor,
      operation: 'incidentSplit',
      subject: { type: 'Incident', id },
      input: { alertGroupIds: groupIds, made: made.id },
      outcome: 'split',
      correlationId: by.correlationId,
    });
    return { incident: made, userErrors: [] };
  });
  if (answer.userErrors.length === 0) wakeBoth(deps, id, answer.incident?.id ?? id);
  return answer;
}

function wakeBoth(deps: IncidentDeps, one: string, other: string): void {
  deps.wake('notifications');
  deps.wake('decisions');
  deps.wake('silences');
  for (const id of new Set([one, other])) deps.wake('incident', id);
}

/** In the order of their ids, so that nobody waits in a circle. */
async function lockTwo(tx: Tx, one: string, other: string): Promise<readonly [Incident | null, Incident | null]> {
  await tx.$executeRaw`
    select "id" from "Incident" where "id" = any(${[one, other]}::uuid[]) order by "id" for update`;
  const rows = await tx.incident.findMany({ where: { id: { in: [one, other] } } });
  const find = (id: string) => rows.find((row) => row.id === id) ?? null;
  return [find(one), find(other)];
}
