import { isAppError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import { clip } from '../../lib/text.ts';
import type { Actor } from '../context.ts';
import type { Incident, Tx } from '../db.ts';
import type { By } from '../incidents/by.ts';
import { columnsOf } from '../incidents/change.ts';
import { declareIncident } from '../incidents/declare.ts';
import { nextIncident, reopens, reopenWithinMs } from '../incidents/incident-state.ts';
import { sayCard, sayNotice } from '../incidents/say.ts';
import { louder } from '../incidents/severity-rules.ts';
import { addTimeline } from '../incidents/timeline.ts';
import { type Language, wordsOf } from '../incidents/words.ts';
import type { Group } from './batch-state.ts';
import type { AlertSystem } from './fetch.ts';

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

interface Deps {
  readonly startTask: (tx: Tx, request: StartInvestigation) => Promise<unknown>;
  readonly defaultConversation: { readonly workspace: string; readonly channel: string } | null;
  readonly locale: Language;
  readonly log: Logger;
}

/** What a batch did to incidents. */
export interface Attached {
  readonly opened: readonly string[];
  readonly reopened: readonly string[];
  /** Every incident one of whose groups has changed. */
  readonly touched: readonly string[];
  /** Starts one investigation for each opened or reopened incident that is not closed again; answers how many. */
  readonly startInvestigations: (closed: ReadonlySet<string>) => Promise<number>;
}

/** Gives each group that wants one its incident: the open one of its scope, one resolved lately, or a new one. Sets `incidentId`. */
export async function attachIncidents(
  deps: Deps,
  tx: Tx,
  by: By,
  groups: readonly Group[],
  systems: ReadonlyMap<string, AlertSystem>,
  now: Date,
): Promise<Attached> {
  const wanting = Map.groupBy(
    groups.filter((one) => one.wantsIncident),
    (one) => one.place.scope,
  );
  const known = await incidentsOf(tx, [...wanting.keys()], groups, now);
  const opened: Incident[] = [];
  const reopened: Incident[] = [];
  for (const [scope, members] of wanting) {
    const incident = known.byScope.get(scope);
    if (incident === undefined) {
      const made = await open(deps, tx, by, scope, members, systems);
      for (const one of members) one.incidentId = made.id;
      opened.push(made);
      continue;
    }
    const was = incident.status === 'RESOLVED';
    const joined = members.filter((one) => one.incidentId !== incident.id);
    for (const one of members) one.incidentId = incident.id;
    const after = await tellKnown(tx, by, incident, members, was ? [] : joined, now);
    if (was) reopened.push(after);
  }
  const news = new Set([...opened, ...reopened].map((one) => one.id));
  await tellCounts(tx, by, groups, known.byId, news);
  const touched = [...new Set(groups.flatMap((one) => (one.incidentId === null ? [] : [one.incidentId])))].sort();
  return {
    opened: opened.map((one) => one.id),
    reopened: reopened.map((one) => one.id),
    touched,
    startInvestigations: (closed) =>
      investigate(
        deps,
        tx,
        by,
        [...opened, ...reopened].filter((one) => !closed.has(one.id)),
      ),
  };
}

async function incidentsOf(
  tx: Tx,
  scopes: readonly string[],
  groups: readonly Group[],
  now: Date,
): Promise<{ readonly byScope: ReadonlyMap<string, Incident>; readonly byId: ReadonlyMap<string, Incident> }> {
  const lately = new Date(now.getTime() - reopenWithinMs);
  const ids = [...new Set(groups.flatMap((one) => (one.incidentId === null ? [] : [one.incidentId])))];
  const rows = await tx.incident.findMany({
    where: {
      OR: [
        { openKey: { in: [...scopes] } },
        { scope: { in: [...scopes] }, resolvedAt: { gte: lately } },
        { id: { in: ids } },
      ],
    },
    orderBy: [{ resolvedAt: { sort: 'asc', nulls: 'last' } }, { id: 'asc' }],
  });
  // The last one of a scope stays: the open one, else the one resolved last.
  const byScope = new Map<string, Incident>();
  for (const row of rows) {
    if (row.scope === null || (row.status === 'RESOLVED' && !reopens(row.resolvedAt, now))) continue;
    byScope.set(row.scope, row);
  }
  return { byScope, byId: new Map(rows.map((row) => [row.id, row])) };
}

async function open(
  deps: Deps,
  tx: Tx,
  by: By,
  scope: string,
  members: readonly Group[],
  systems: ReadonlyMap<string, AlertSystem>,
): Promise<Incident> {
  const first = members.reduce((one, other) =>
    louder(one.state.severity, other.state.severity) === one.state.severity ? one : other,
  );
  const system = first.place.systemId === null ? null : (systems.get(first.place.systemId) ?? null);
  const workspace = deps.defaultConversation?.workspace;
  const channel = system?.chatChannel ?? deps.defaultConversation?.channel;
  const names = [...new Set(members.map((one) => one.title))];
  return declareIncident(tx, {
    title: first.place.subject === null ? first.title : `${first.title} · ${clip(first.place.subject, 80)}`,
    severity: first.state.severity,
    systemId: first.place.systemId,
    scope,
    locale: deps.locale,
    conversation: workspace === undefined || channel === undefined ? null : { workspace, channel },
    startedAt: members.reduce(
      (at, one) => (one.state.startedAt < at ? one.state.startedAt : at),
      first.state.startedAt,
    ),
    actor: by.actor,
    text: wordsOf(deps.locale).opened(clip(names.join(', '), 500)),
  });
}

/** A new episode at a known incident: it may open again, grow louder, or gain another alert. One card, one line. */
async function tellKnown(
  tx: Tx,
  by: By,
  incident: Incident,
  members: readonly Group[],
  joined: readonly Group[],
  now: Date,
): Promise<Incident> {
  const words = wordsOf(incident.locale);
  const severity = members.reduce(
    (most, one) => louder(most, one.state.severity),
    members[0]?.state.severity ?? 'UNKNOWN',
  );
  const step = nextIncident(incident, { type: 'episode', severity }, now);
  if (!step.ok) throw new RangeError(`An incident that cannot take an episode was chosen: ${step.reason}`);
  const again = step.effects.includes('reopened');
  const names = members.map((one) => one.title);
  if (step.effects.length > 0) {
    const { count } = await tx.incident.updateMany({
      where: { id: incident.id, status: incident.status },
      data: {
        ...columnsOf(incident, step.state),
        ...(again ? { resolvedBy: null, assigneeId: null } : {}),
        version: { increment: 1 },
      },
    });
    // Someone changed it in this moment: the batch is run again and sees it.
    if (count !== 1) throw new Error('The incident changed while its alerts were processed.');
  }
  const add = (kind: 'STATUS' | 'ALERT', text: string) =>
    addTimeline(tx, { incidentId: incident.id, kind, actor: by.actor, text });
  if (again) await sayNotice(tx, incident, await add('STATUS', words.reopenedByAlert(clip(names.join(', '), 300))));
  if (!again && step.effects.includes('louder'))
    await sayNotice(
      tx,
      incident,
      await add('STATUS', words.louder(step.state.severity)),
      step.state.severity === 'CRITICAL',
    );
  if (joined.length > 0) {
    const shown = joined
      .slice(0, 3)
      .map((one) => one.title)
      .join(', ');
    const more = joined.length - 3;
    await sayNotice(tx, incident, await add('ALERT', more > 0 ? words.joinedMore(shown, more) : words.joined(shown)));
  }
  await sayCard(tx, incident, again || step.effects.includes('louder') ? 'NEW_CRITICAL' : 'PROGRESS');
  return tx.incident.findUniqueOrThrow({ where: { id: incident.id } });
}

/** Counts of groups that changed: a timeline line for each that ended, and one redrawn card per incident. */
async function tellCounts(
  tx: Tx,
  by: By,
  groups: readonly Group[],
  known: ReadonlyMap<string, Incident>,
  news: ReadonlySet<string>,
): Promise<void> {
  for (const [id, members] of Map.groupBy(groups, (one) => one.incidentId)) {
    const incident = id === null ? undefined : known.get(id);
    if (incident === undefined || id === null) continue;
    for (const one of members
      .filter((member) => member.effects.has('resolved') && member.state.status === 'RESOLVED')
      .slice(0, 20))
      await addTimeline(tx, {
        incidentId: id,
        kind: 'ALERT',
        actor: by.actor,
        text: wordsOf(incident.locale).groupResolved(one.title),
        subject: { type: 'AlertGroup', id: one.id },
      });
    const told = news.has(id) || members.some((one) => one.wantsIncident);
    if (!told && incident.status !== 'RESOLVED') await sayCard(tx, incident, 'PROGRESS');
  }
}

/** One investigation at a time: an incident that opens again gets a new one unless an earlier one still works on it. */
async function investigate(deps: Deps, tx: Tx, by: By, incidents: readonly Incident[]): Promise<number> {
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
