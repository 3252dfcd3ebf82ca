import type { Incident, Tx } from '../db.ts';
import { reopens, reopenWithinMs } from '../incidents/incident-state.ts';
import { louder } from '../incidents/severity-rules.ts';
import type { Group } from './batch-state.ts';
import type { Conversation } from './deps.ts';
import type { AlertSystem } from './fetch.ts';
import { upstreamOf } from './storm-state.ts';

/** Groups that go into a known incident. */
export interface KnownPlace {
  readonly incident: Incident;
  readonly members: readonly Group[];
  /** They came because their system depends on the incident's. */
  readonly upstream: boolean;
}

/** Groups that would begin a thread: a new incident, or one that is opened again. */
export interface NewPlace {
  readonly scope: string;
  readonly members: readonly Group[];
  readonly conversation: Conversation | null;
  readonly again: Incident | null;
}

/** Where groups that want an incident belong. */
export interface Places {
  readonly known: readonly KnownPlace[];
  readonly fresh: readonly NewPlace[];
  readonly byId: ReadonlyMap<string, Incident>;
}

/** What finding a place needs. */
export interface PlaceFacts {
  readonly groups: readonly Group[];
  readonly systems: ReadonlyMap<string, AlertSystem>;
  readonly defaultConversation: Conversation | null;
  readonly joinUpstreamMs: number;
  readonly now: Date;
}

/**
 * Finds the incident of each group that wants one: the open one it is in already, the open one of its scope, that of a system it
 * depends on, one of its own or its scope resolved lately, or a new one.
 */
export async function findPlaces(tx: Tx, facts: PlaceFacts): Promise<Places> {
  const wanting = facts.groups.filter((one) => one.wantsIncident);
  const scopes = [...new Set(wanting.map((one) => one.place.scope))];
  const upstream = upstreamScopes(wanting, facts.systems);
  const rows = await fetchIncidents(
    tx,
    facts.groups,
    [...scopes, ...new Set([...upstream.values()].flat())],
    facts.now,
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  const follow = (row: Incident): Incident | undefined =>
    row.mergedIntoId === null ? row : byId.get(row.mergedIntoId);
  const usable = (row: Incident | undefined): row is Incident =>
    row !== undefined && row.mergedIntoId === null && (row.status !== 'RESOLVED' || reopens(row.resolvedAt, facts.now));
  const byScope = new Map<string, Incident>();
  for (const row of rows) {
    const target = follow(row);
    if (row.scope !== null && usable(target)) byScope.set(row.scope, target);
  }

  const known = new Map<string, { incident: Incident; members: Group[]; upstream: boolean }>();
  const fresh = new Map<string, { members: Group[]; again: Incident | null }>();
  for (const group of wanting) {
    const scope = group.place.scope;
    const mine = group.incidentId === null ? undefined : byId.get(group.incidentId);
    const own = mine === undefined ? undefined : follow(mine);
    const ofScope = byScope.get(scope);
    const above = (upstream.get(scope) ?? [])
      .map((one) => byScope.get(one))
      .find(
        (one) =>
          one !== undefined &&
          one.status !== 'RESOLVED' &&
          facts.now.getTime() - one.startedAt.getTime() <= facts.joinUpstreamMs,
      );
    const openOwn = own !== undefined && usable(own) && own.status !== 'RESOLVED' ? own : undefined;
    const openScope = ofScope !== undefined && ofScope.status !== 'RESOLVED' ? ofScope : undefined;
    const open = openOwn ?? openScope ?? above;
    if (open !== undefined) {
      const place = known.get(open.id) ?? {
        incident: open,
        members: [],
        upstream: openOwn === undefined && openScope === undefined,
      };
      place.members.push(group);
      known.set(open.id, place);
      continue;
    }
    const again = own !== undefined && usable(own) ? own : (ofScope ?? null);
    const key = again === null ? scope : `again:${again.id}`;
    const place = fresh.get(key) ?? { members: [], again };
    place.members.push(group);
    fresh.set(key, place);
  }
  return {
    known: [...known.values()],
    fresh: [...fresh.values()].map((one) => ({
      scope: one.members[0]?.place.scope ?? '',
      members: one.members,
      again: one.again,
      conversation: conversationOf(one.again, one.members, facts),
    })),
    byId,
  };
}

function conversationOf(again: Incident | null, members: readonly Group[], facts: PlaceFacts): Conversation | null {
  if (again !== null)
    return again.workspace === null || again.channel === null
      ? null
      : { workspace: again.workspace, channel: again.channel };
  const systemId = members[0]?.place.systemId ?? null;
  const own = systemId === null ? null : (facts.systems.get(systemId)?.chatChannel ?? null);
  const workspace = facts.defaultConversation?.workspace;
  const channel = own ?? facts.defaultConversation?.channel;
  return workspace === undefined || channel === undefined ? null : { workspace, channel };
}

/** For each scope of a registered system: the scopes of what it depends on, nearest first. */
function upstreamScopes(
  groups: readonly Group[],
  systems: ReadonlyMap<string, AlertSystem>,
): ReadonlyMap<string, readonly string[]> {
  const byName = new Map([...systems.values()].map((one) => [one.name, one]));
  const dependsOn = new Map([...systems.values()].map((one) => [one.name, one.dependsOn]));
  const found = new Map<string, readonly string[]>();
  for (const { place } of groups) {
    const system = place.systemId === null ? undefined : systems.get(place.systemId);
    if (system === undefined || system.dependsOn.length === 0 || found.has(place.scope)) continue;
    const names = [...new Set([...system.dependsOn, ...upstreamOf(system.name, dependsOn)])];
    found.set(
      place.scope,
      names.flatMap((name) => {
        const one = byName.get(name);
        return one === undefined ? [] : [`system:${one.id}`];
      }),
    );
  }
  return found;
}

async function fetchIncidents(
  tx: Tx,
  groups: readonly Group[],
  scopes: readonly string[],
  now: Date,
): Promise<readonly Incident[]> {
  const lately = new Date(now.getTime() - reopenWithinMs);
  const ids = [...new Set(groups.flatMap((one) => (one.incidentId === null ? [] : [one.incidentId])))];
  const where = {
    OR: [
      { openKey: { in: [...scopes] } },
      { scope: { in: [...scopes] }, resolvedAt: { gte: lately } },
      { id: { in: ids } },
    ],
  };
  // The last one of a scope stays: the open one, else the one resolved last.
  const orderBy = [{ resolvedAt: { sort: 'asc', nulls: 'last' } }, { id: 'asc' }] as const;
  const rows = await tx.incident.findMany({ where, orderBy: [...orderBy] });
  const have = new Set(rows.map((row) => row.id));
  const missing = rows.flatMap((row) =>
    row.mergedIntoId !== null && !have.has(row.mergedIntoId) ? [row.mergedIntoId] : [],
  );
  if (missing.length === 0) return rows;
  return [...(await tx.incident.findMany({ where: { id: { in: missing } } })), ...rows];
}

/** The group with the most urgent alert, the first of several. */
export function loudestOf(members: readonly Group[]): Group {
  return members.reduce((one, other) =>
    louder(one.state.severity, other.state.severity) === one.state.severity ? one : other,
  );
}
