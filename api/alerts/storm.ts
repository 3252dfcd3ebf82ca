import { z } from 'zod';
import { sha256Hex } from '../../lib/canonical-json.ts';
import type { Incident, Prisma, Tx } from '../db.ts';
import { type By, incidentNumber } from '../incidents/by.ts';
import { columnsOf } from '../incidents/change.ts';
import { declareIncident } from '../incidents/declare.ts';
import { nextIncident } from '../incidents/incident-state.ts';
import { sayCard, sayNotice } from '../incidents/say.ts';
import { louder } from '../incidents/severity-rules.ts';
import { addTimeline } from '../incidents/timeline.ts';
import { wordsOf } from '../incidents/words.ts';
import type { Group } from './batch-state.ts';
import type { Conversation, IncidentsDeps } from './deps.ts';
import type { AlertSystem } from './fetch.ts';
import { loudestOf, type NewPlace } from './places.ts';
import { placeScopes } from './scope-locks.ts';
import { beginsStorm, grownStorm, ownThreads, type StormState, startStorm } from './storm-state.ts';

const channelLockSpace = 7_303;

const causeSchema = z.object({
  kind: z.enum(['system', 'label', 'first']),
  name: z.string(),
  value: z.string(),
  groups: z.number(),
  of: z.number(),
});
const stormSchema = z.object({
  startedAt: z.string(),
  lastNewAt: z.string(),
  endedAt: z.string().nullable(),
  ownThreads: z.number(),
  cause: causeSchema.nullable(),
  dropped: z.number().nullable(),
});

/** What a storm incident keeps; null for one that cannot be read. */
export function readStorm(incident: Pick<Incident, 'storm'>): StormState | null {
  return stormSchema.nullable().catch(null).parse(incident.storm);
}

/** The same as it is stored. */
export function stormColumn(state: StormState): Prisma.InputJsonObject {
  return { ...state, cause: state.cause === null ? null : { ...state.cause } };
}

/** What became of groups that would have begun threads. */
export interface FoldedStorms {
  /** They begin threads as usual. */
  readonly left: readonly NewPlace[];
  readonly opened: readonly Incident[];
  readonly reopened: readonly Incident[];
  /** Incidents whose cards were told here. */
  readonly told: readonly string[];
  /** Incidents that were gathered in a storm, and the storm. */
  readonly merged: readonly string[];
  readonly moved: ReadonlyMap<string, Incident>;
  /** In a storm only the storm itself is investigated. */
  readonly uninvestigated: { has(id: string): boolean };
}

/** The scope of a channel's storm. */
export const stormScope = (place: Conversation): string => `storm:${place.workspace}:${place.channel}`;

interface Batch {
  readonly fresh: readonly NewPlace[];
  readonly groups: readonly Group[];
  readonly systems: ReadonlyMap<string, AlertSystem>;
  readonly now: Date;
}

/**
 * Judges each channel: when more threads would begin than people can read, they are gathered in one storm incident. A few critical
 * ones keep their own. Threads that began in the same minute and that nobody has touched are gathered too.
 */
export async function foldStorms(deps: IncidentsDeps, tx: Tx, by: By, batch: Batch): Promise<FoldedStorms> {
  const result = {
    left: [] as NewPlace[],
    opened: [] as Incident[],
    reopened: [] as Incident[],
    told: [] as string[],
    merged: [] as string[],
    moved: new Map<string, Incident>(),
    quiet: new Set<NewPlace>(),
  };
  const byChannel = Map.groupBy(batch.fresh, (one) => (one.conversation === null ? '' : stormScope(one.conversation)));
  for (const [scope, places] of byChannel) {
    const conversation = places[0]?.conversation ?? null;
    if (conversation === null) {
      result.left.push(...places);
      continue;
    }
    await lockChannel(tx, scope);
    const running = await tx.incident.findUnique({ where: { openKey: scope } });
    const state = running === null ? null : readStorm(running);
    const active = state !== null && state.endedAt === null;
    const rules = deps.settings.storm;
    const recent = active ? [] : await recentThreads(tx, conversation, batch.now, rules.withinMs);
    if (!active && !beginsStorm(recent.length, places.length, rules)) {
      result.left.push(...places);
      continue;
    }
    const keptBefore = ownThreads(recent, 0, rules);
    const used = active ? state.ownThreads : keptBefore.length;
    const candidates = places.map((place) => {
      const loudest = loudestOf(place.members);
      return { place, severity: loudest.state.severity, startedAt: loudest.state.startedAt };
    });
    const own = new Set(ownThreads(candidates, used, rules).map((one) => one.place));
    result.left.push(...places.filter((place) => own.has(place)));
    for (const place of own) result.quiet.add(place);
    const folded = places.filter((place) => !own.has(place));
    const members = folded.flatMap((place) => place.members);
    const added = own.size + (active ? 0 : keptBefore.length);
    const next = active ? grownStorm(state, added, batch.now) : startStorm(state, added, batch.now);
    const { incident, was } = await keepStorm(
      deps,
      tx,
      by,
      { running, scope, conversation, members, next, active },
      batch,
    );
    for (const one of members) one.incidentId = incident.id;
    const gathered = active
      ? []
      : await gather(
          deps,
          tx,
          by,
          incident,
          recent.filter((one) => !keptBefore.includes(one)),
          batch,
        );
    for (const one of gathered) {
      result.merged.push(one.id);
      result.moved.set(one.id, incident);
    }
    if (was === 'opened') result.opened.push(incident);
    if (was === 'reopened') result.reopened.push(incident);
    result.told.push(incident.id, ...gathered.map((one) => one.id));
  }
  const quietScopes = new Set([...result.quiet].map((place) => place.scope));
  const scopeOf = new Map<string, string>();
  return {
    ...result,
    uninvestigated: {
      has: (id) => {
        if (scopeOf.size === 0)
          for (const place of result.left)
            for (const one of place.members) if (one.incidentId !== null) scopeOf.set(one.incidentId, place.scope);
        return quietScopes.has(scopeOf.get(id) ?? '');
      },
    },
  };
}

async function lockChannel(tx: Tx, scope: string): Promise<void> {
  const key = Number.parseInt(sha256Hex(scope).slice(0, 7), 16);
  await tx.$executeRaw`select pg_advisory_xact_lock(${channelLockSpace}::int, ${key}::int)`;
}

/** Threads that began in this channel within the time and in which no person has done anything. */
async function recentThreads(tx: Tx, place: Conversation, now: Date, withinMs: number): Promise<readonly Incident[]> {
  return tx.incident.findMany({
    where: {
      workspace: place.workspace,
      channel: place.channel,
      kind: 'NORMAL',
      status: 'TRIGGERED',
      createdAt: { gt: new Date(now.getTime() - withinMs) },
      timeline: { none: { actorType: 'user' } },
    },
    orderBy: { number: 'asc' },
  });
}

async function keepStorm(
  deps: IncidentsDeps,
  tx: Tx,
  by: By,
  storm: {
    readonly running: Incident | null;
    readonly scope: string;
    readonly conversation: Conversation;
    readonly members: readonly Group[];
    readonly next: StormState;
    readonly active: boolean;
  },
  batch: Batch,
): Promise<{ readonly incident: Incident; readonly was: 'opened' | 'reopened' | 'known' }> {
  const { running, scope, conversation, members, next } = storm;
  const first = members.length === 0 ? null : loudestOf(members);
  if (running === null) {
    const words = wordsOf(deps.locale);
    const incident = await declareIncident(tx, {
      title: words.stormTitle(),
      severity: first?.state.severity ?? 'CRITICAL',
      systemId: null,
      scope,
      locale: deps.locale,
      conversation,
      startedAt: members.reduce((at, one) => (one.state.startedAt < at ? one.state.startedAt : at), batch.now),
      actor: by.actor,
      text: words.stormOpened(batch.fresh.length),
      storm: stormColumn(next),
    });
    return { incident, was: 'opened' };
  }
  const severity = first === null ? running.severity : louder(running.severity, first.state.severity);
  await tx.incident.update({
    where: { id: running.id },
    data: { storm: stormColumn(next), severity, version: { increment: 1 } },
  });
  if (!storm.active)
    await sayNotice(
      tx,
      running,
      await addTimeline(tx, {
        incidentId: running.id,
        kind: 'STATUS',
        actor: by.actor,
        text: wordsOf(running.locale).stormAgain(),
      }),
    );
  await sayCard(tx, running, severity === running.severity ? 'PROGRESS' : 'NEW_CRITICAL');
  return { incident: await tx.incident.findUniqueOrThrow({ where: { id: running.id } }), was: 'known' };
}

/** Moves untouched threads of the first minute into the storm. One whose system is being worked on elsewhere stays where it is. */
async function gather(
  deps: IncidentsDeps,
  tx: Tx,
  by: By,
  storm: Incident,
  threads: readonly Incident[],
  batch: Batch,
): Promise<readonly Incident[]> {
  const gathered: Incident[] = [];
  for (const one of threads) {
    if (one.scope !== null && !(await placeScopes.tryLock(tx, one.scope))) continue;
    const step = nextIncident(one, { type: 'resolve' }, batch.now);
    if (!step.ok) continue;
    const text = wordsOf(one.locale).folded(incidentNumber(storm));
    const { count } = await tx.incident.updateMany({
      where: { id: one.id, status: one.status, version: one.version },
      data: {
        ...columnsOf(one, step.state),
        mergedIntoId: storm.id,
        resolvedBy: text,
        version: { increment: 1 },
      },
    });
    if (count === 1) gathered.push(one);
    if (count === 1) await addTimeline(tx, { incidentId: one.id, kind: 'STATUS', actor: by.actor, text });
  }
  if (gathered.length === 0) return gathered;
  const ids = gathered.map((one) => one.id);
  await tx.alertGroup.updateMany({ where: { incidentId: { in: ids } }, data: { incidentId: storm.id } });
  for (const group of batch.groups)
    if (group.incidentId !== null && ids.includes(group.incidentId)) group.incidentId = storm.id;
  await deps.cancelTasks(tx, ids);
  await withdraw(tx, ids);
  for (const one of gathered) await sayCard(tx, one, 'PROGRESS');
  return gathered;
}

/** What was not sent yet of these threads need not be sent any more. */
async function withdraw(tx: Tx, incidentIds: readonly string[]): Promise<void> {
  await tx.$executeRaw`
    update "Notification" set "status" = 'REPLACED'
    where "status" = 'PENDING' and "deliveredRevision" = 0 and not "uncertain"
      and ("threadIncidentId" = any(${[...incidentIds]}::uuid[])
        or ("subjectType" = 'Incident' and "subjectId" = any(${[...incidentIds]}::uuid[])))`;
}
