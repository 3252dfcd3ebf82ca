import { clip } from '../../lib/text.ts';
import type { Incident, Tx } from '../db.ts';
import type { By } from '../incidents/by.ts';
import { columnsOf } from '../incidents/change.ts';
import { declareIncident } from '../incidents/declare.ts';
import { nextIncident } from '../incidents/incident-state.ts';
import { sayCard, sayNotice } from '../incidents/say.ts';
import { addTimeline } from '../incidents/timeline.ts';
import { wordsOf } from '../incidents/words.ts';
import type { Group } from './batch-state.ts';
import type { IncidentsDeps } from './deps.ts';
import type { AlertSystem } from './fetch.ts';
import { investigate } from './investigate.ts';
import { findPlaces, loudestOf, type NewPlace } from './places.ts';
import { foldStorms } from './storm.ts';

/** What a batch did to incidents. */
export interface Attached {
  readonly opened: readonly string[];
  readonly reopened: readonly string[];
  /** Every incident one of whose groups has changed. */
  readonly touched: readonly string[];
  /** Starts one investigation for each opened or reopened incident that is not closed again; answers how many. */
  readonly startInvestigations: (closed: ReadonlySet<string>) => Promise<number>;
}

/** Gives each group that wants one its incident, or gathers them in a storm. Sets `incidentId`. */
export async function attachIncidents(
  deps: IncidentsDeps,
  tx: Tx,
  by: By,
  groups: readonly Group[],
  systems: ReadonlyMap<string, AlertSystem>,
  now: Date,
): Promise<Attached> {
  const places = await findPlaces(tx, {
    groups,
    systems,
    defaultConversation: deps.defaultConversation,
    joinUpstreamMs: deps.settings.grouping.joinUpstreamMs,
    now,
  });
  const storms = await foldStorms(deps, tx, by, { fresh: places.fresh, groups, systems, now });
  const opened: Incident[] = [...storms.opened];
  const reopened: Incident[] = [...storms.reopened];
  const told = new Set<string>(storms.told);
  for (const place of storms.left) {
    const { again, members } = place;
    const incident =
      again === null
        ? await open(deps, tx, by, place, systems)
        : await tellKnown(tx, by, again, { members, joined: [], upstream: false }, now);
    for (const one of members) one.incidentId = incident.id;
    told.add(incident.id);
    (again === null ? opened : reopened).push(incident);
  }
  for (const place of places.known) {
    const target = storms.moved.get(place.incident.id) ?? place.incident;
    const joined = place.members.filter((one) => one.incidentId !== target.id);
    for (const one of place.members) one.incidentId = target.id;
    await tellKnown(tx, by, target, { members: place.members, joined, upstream: place.upstream }, now);
    told.add(target.id);
  }
  await tellCounts(tx, by, groups, places.byId, told);
  const touched = [...new Set(groups.flatMap((one) => (one.incidentId === null ? [] : [one.incidentId])))].sort();
  return {
    opened: opened.map((one) => one.id),
    reopened: reopened.map((one) => one.id),
    touched: [...new Set([...touched, ...storms.merged])].sort(),
    startInvestigations: (closed) =>
      investigate(
        deps,
        tx,
        by,
        [...opened, ...reopened].filter((one) => !closed.has(one.id) && !storms.uninvestigated.has(one.id)),
      ),
  };
}

async function open(
  deps: IncidentsDeps,
  tx: Tx,
  by: By,
  place: NewPlace,
  systems: ReadonlyMap<string, AlertSystem>,
): Promise<Incident> {
  const { members, scope } = place;
  const first = loudestOf(members);
  const names = [...new Set(members.map((one) => one.title))];
  return declareIncident(tx, {
    title: first.place.subject === null ? first.title : `${first.title} · ${clip(first.place.subject, 80)}`,
    severity: first.state.severity,
    systemId: first.place.systemId !== null && systems.has(first.place.systemId) ? first.place.systemId : null,
    scope,
    locale: deps.locale,
    conversation: place.conversation,
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
  news: { readonly members: readonly Group[]; readonly joined: readonly Group[]; readonly upstream: boolean },
  now: Date,
): Promise<Incident> {
  const { members, joined } = news;
  const words = wordsOf(incident.locale);
  const step = nextIncident(incident, { type: 'episode', severity: loudestOf(members).state.severity }, now);
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
  const grew = !again && step.effects.includes('louder');
  if (again) await sayNotice(tx, incident, await add('STATUS', words.reopenedByAlert(clip(names.join(', '), 300))));
  if (grew)
    await sayNotice(
      tx,
      incident,
      await add('STATUS', words.louder(step.state.severity)),
      step.state.severity === 'CRITICAL',
    );
  if (joined.length > 0 && incident.kind !== 'STORM') {
    const shown = joined
      .slice(0, 3)
      .map((one) => one.title)
      .join(', ');
    const more = joined.length - 3;
    const text = news.upstream ? words.upstream(shown) : more > 0 ? words.joinedMore(shown, more) : words.joined(shown);
    await sayNotice(tx, incident, await add('ALERT', text));
  }
  await sayCard(tx, incident, again || grew ? 'NEW_CRITICAL' : 'PROGRESS');
  return tx.incident.findUniqueOrThrow({ where: { id: incident.id } });
}

/** Groups that changed: a timeline line for each that ended or flaps, one notice for what flaps, and one redrawn card per incident. */
async function tellCounts(
  tx: Tx,
  by: By,
  groups: readonly Group[],
  known: ReadonlyMap<string, Incident>,
  told: ReadonlySet<string>,
): Promise<void> {
  for (const [id, members] of Map.groupBy(groups, (one) => one.incidentId)) {
    const incident = id === null ? undefined : known.get(id);
    if (incident === undefined || id === null) continue;
    const words = wordsOf(incident.locale);
    const storm = incident.kind === 'STORM';
    const add = (text: string, subject: Group) =>
      addTimeline(tx, {
        incidentId: id,
        kind: 'ALERT',
        actor: by.actor,
        text,
        subject: { type: 'AlertGroup', id: subject.id },
      });
    const ended = members.filter((one) => one.effects.has('resolved') && one.state.status === 'RESOLVED');
    if (!storm) for (const one of ended.slice(0, 20)) await add(words.groupResolved(one.title), one);
    for (const [effect, line] of [
      ['held', words.flaps],
      ['stable', words.stable],
    ] as const) {
      const changed = members.filter((one) => one.effects.has(effect));
      const first = changed[0];
      if (first === undefined || storm) continue;
      const names = clip(changed.map((one) => one.title).join(', '), 300);
      const entry = await add(line(names), first);
      if (effect === 'held' && (incident.status !== 'RESOLVED' || told.has(id))) await sayNotice(tx, incident, entry);
    }
    if (!told.has(id) && incident.status !== 'RESOLVED') await sayCard(tx, incident, 'PROGRESS');
  }
}
