import { inTransaction, type Tx } from '../db.ts';
import { automation, type By, type IncidentAnswer, type IncidentDeps, requireAny } from './by.ts';
import { changeIncident, changeIncidentIn, type WantedChange } from './change.ts';
import { mayCloseByItself, type TaskFacts } from './incident-state.ts';
import { addTimeline } from './timeline.ts';
import { wordsOf } from './words.ts';

/** What is known when an incident is closed. */
export interface ResolveFacts {
  readonly cause?: string | null;
  readonly fix?: string | null;
  /** What a fresh look at the target showed; becomes a VERIFICATION entry. */
  readonly verification?: string | null;
}

/** Closes an incident: cause, fix and who; open approvals end with it. An incident that is already resolved is left as it is. */
export async function resolveIncident(
  deps: IncidentDeps,
  by: By,
  id: string,
  facts: ResolveFacts = {},
): Promise<IncidentAnswer> {
  requireAny(by, 'INCIDENT_WRITE');
  const answer = await changeIncident(deps, by, id, closing(deps, by, facts));
  if (answer.userErrors.length === 0) deps.wake('decisions');
  return answer;
}

/** The same in the caller's transaction; the caller wakes notifications, incident and decisions. */
export async function resolveIncidentIn(
  deps: IncidentDeps,
  tx: Tx,
  by: By,
  id: string,
  facts: ResolveFacts = {},
): Promise<IncidentAnswer> {
  return changeIncidentIn(deps, tx, by, id, closing(deps, by, facts));
}

function closing(deps: IncidentDeps, by: By, facts: ResolveFacts): WantedChange {
  const itself = by.actor.type === 'automation' && facts.fix === undefined;
  return {
    operation: 'incidentResolve',
    event: () => ({ type: 'resolve' }),
    text: (incident) => {
      const words = wordsOf(incident.locale);
      return itself ? words.resolvedByItself() : words.resolved(by.actor.name);
    },
    data: (incident) => ({
      cause: trimmed(facts.cause) ?? incident.cause,
      fix: trimmed(facts.fix) ?? incident.fix,
      resolvedBy: itself ? wordsOf(incident.locale).alertsGone() : by.actor.name,
    }),
    urgency: 'RESULT',
    input: facts,
    also: async (tx, incident) => {
      const verification = trimmed(facts.verification);
      if (verification !== null)
        await addTimeline(tx, { incidentId: incident.id, kind: 'VERIFICATION', actor: by.actor, text: verification });
      await deps.cancelApprovals(tx, incident.id, wordsOf(incident.locale).approvalEnds());
    },
  };
}

function trimmed(text: string | null | undefined): string | null {
  const kept = text?.trim() ?? '';
  return kept === '' ? null : kept.slice(0, 2_000).toWellFormed();
}

/**
 * Closes those of these open incidents whose alerts are all gone, unless an approved action of one of their tasks is in hand: then
 * that task's own check closes it. Answers the ids that were closed.
 */
export async function closeQuietIncidentsIn(
  deps: IncidentDeps,
  tx: Tx,
  by: By,
  ids: readonly string[],
): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  const quiet = await tx.$queryRaw<{ id: string; total: number; open: number }[]>`
    select i."id", count(g."id")::int as total, (count(g."id") filter (where g."status" <> 'RESOLVED'))::int as open
    from "Incident" i join "AlertGroup" g on g."incidentId" = i."id"
    where i."id" = any(${[...ids]}::uuid[]) and i."status" <> 'RESOLVED'
      and (i."kind" <> 'STORM' or i."storm"->>'endedAt' is not null)
    group by i."id" having bool_and(g."status" = 'RESOLVED') order by i."id"`;
  if (quiet.length === 0) return [];
  const tasks = await tasksOf(
    tx,
    quiet.map(({ id }) => id),
  );
  const closed: string[] = [];
  for (const row of quiet) {
    const verdict = mayCloseByItself(row, tasks.get(row.id) ?? []);
    if (!verdict.close) continue;
    const answer = await resolveIncidentIn(deps, tx, by, row.id);
    if (answer.userErrors.length === 0) closed.push(row.id);
  }
  return closed;
}

async function tasksOf(tx: Tx, incidentIds: readonly string[]): Promise<ReadonlyMap<string, readonly TaskFacts[]>> {
  const rows = await tx.$queryRaw<{ incidentId: string; finished: boolean; actionInHand: boolean }[]>`
    select t."incidentId", t."finishedAt" is not null as finished,
      exists (select 1 from "Effect" e where e."taskId" = t."id")
        or exists (select 1 from "Approval" a where a."taskId" = t."id" and a."status" = 'APPROVED') as "actionInHand"
    from "Task" t where t."incidentId" = any(${[...incidentIds]}::uuid[]) and t."finishedAt" is null`;
  const found = new Map<string, TaskFacts[]>();
  for (const row of rows) found.set(row.incidentId, [...(found.get(row.incidentId) ?? []), row]);
  return found;
}

/** Sweep: closes open incidents whose alerts are gone and whose tasks have ended without closing them. Answers how many. */
export async function settleIncidents(deps: IncidentDeps): Promise<number> {
  const candidates = await deps.db.$queryRaw<{ id: string }[]>`
    select i."id" from "Incident" i
    where i."openKey" is not null and (i."kind" <> 'STORM' or i."storm"->>'endedAt' is not null)
      and exists (select 1 from "AlertGroup" g where g."incidentId" = i."id")
      and not exists (select 1 from "AlertGroup" g where g."incidentId" = i."id" and g."status" <> 'RESOLVED')
    order by i."startedAt" limit 100`;
  let closed = 0;
  for (const { id } of candidates) {
    const by = automation('alerts', `settle:${id}`);
    const done = await inTransaction(deps.db, (tx) => closeQuietIncidentsIn(deps, tx, by, [id]));
    closed += done.length;
  }
  if (closed > 0) {
    deps.wake('notifications');
    deps.wake('decisions');
  }
  return closed;
}
