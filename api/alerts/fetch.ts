import { z } from 'zod';
import { type AlertGroup, databaseNow, type Tx } from '../db.ts';
import { reopenWithinMs } from '../incidents/incident-state.ts';
import type { Severity } from '../incidents/severity-rules.ts';
import type { BatchFacts, BatchRules, Episode, Group } from './batch-state.ts';
import { indexSystems, type Place, placeFromKey, type SystemIndex } from './stages/group.ts';
import type { Firing, InhibitionRule } from './stages/inhibit.ts';
import type { SilenceRule } from './stages/silence.ts';
import type { StoredAlert } from './stored-alert.ts';

/** A registered system as incidents need it. */
export interface AlertSystem {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly chatChannel: string | null;
  readonly dependsOn: readonly string[];
}

const labels = z.record(z.string(), z.string());
const moments = z.array(z.number());

/** All systems that are not archived, prepared for look-ups. */
export async function fetchSystems(
  tx: Tx,
): Promise<{ readonly index: SystemIndex; readonly byId: ReadonlyMap<string, AlertSystem> }> {
  const rows = await tx.system.findMany({
    where: { archived: false },
    orderBy: { name: 'asc' },
    select: { id: true, name: true, displayName: true, chatChannel: true, metricLabels: true, dependsOn: true },
  });
  return {
    index: indexSystems(rows.map((row) => ({ ...row, metricLabels: labels.catch({}).parse(row.metricLabels ?? {}) }))),
    byId: new Map(rows.map((row) => [row.id, row])),
  };
}

interface EpisodeRow {
  readonly id: string;
  readonly groupId: string;
  readonly source: string;
  readonly fingerprint: string;
  readonly startsAt: Date;
  readonly status: 'FIRING' | 'RESOLVED';
  readonly endsAt: Date | null;
  readonly severity: Severity;
}

/** What the record knows about the alerts of a batch: a fixed number of queries, however many alerts. Read after the locks. */
export async function fetchFacts(
  tx: Tx,
  alerts: readonly StoredAlert[],
  places: ReadonlyMap<StoredAlert, Place>,
  rules: BatchRules,
): Promise<Pick<BatchFacts, 'episodes' | 'groups' | 'silences' | 'inhibitors' | 'now'>> {
  const now = await databaseNow(tx);
  const rows = await fetchEpisodes(tx, alerts, rules.flapping.withinMs);
  const groups = await fetchGroups(
    tx,
    [...new Set([...places.values()].map((place) => place.groupKey))],
    [...new Set(rows.map((row) => row.groupId))],
    new Map([...places.values()].map((place) => [place.groupKey, place])),
    now,
  );
  const episodes = rows.map((row): Episode => ({ ...row, told: null, changed: false }));
  const [silences, inhibitors] = [await fetchSilences(tx, now), await fetchInhibitors(tx, rules.inhibition)];
  return { now, groups, episodes, silences, inhibitors };
}

const mostInhibitors = 2_000;

/** Alerts that fire now and are the source of an inhibition rule, by the labels a rule compares exactly. */
export async function fetchInhibitors(tx: Tx, inhibition: readonly InhibitionRule[]): Promise<readonly Firing[]> {
  const found: Firing[] = [];
  for (const { source } of inhibition) {
    const exact = Object.fromEntries(source.filter((one) => !one.isRegex).map(({ name, value }) => [name, value]));
    const rows = await tx.$queryRaw<{ name: string; severity: Severity; labels: unknown; key: string }[]>`
      select a."name", a."severity"::text as severity, a."labels", g."key" from "Alert" a
      join "AlertGroup" g on g."id" = a."groupId"
      where a."status" = 'FIRING' and a."labels" @> ${JSON.stringify(exact)}::jsonb limit ${mostInhibitors}`;
    for (const row of rows)
      found.push({
        scope: placeFromKey(row.key, null).scope,
        name: row.name,
        severity: row.severity,
        labels: labels.catch({}).parse(row.labels),
      });
  }
  return found;
}

/** Episodes of the same conditions: those that matter for what fires, and those of the time in which flapping is judged. */
async function fetchEpisodes(
  tx: Tx,
  alerts: readonly StoredAlert[],
  lookBackMs: number,
): Promise<readonly EpisodeRow[]> {
  const oldest = new Map<string, { source: string; fingerprint: string; startsAt: Date }>();
  for (const { source, alert } of alerts) {
    const key = `${source}\n${alert.fingerprint}`;
    const known = oldest.get(key);
    if (known === undefined || alert.startsAt < known.startsAt)
      oldest.set(key, { source, fingerprint: alert.fingerprint, startsAt: alert.startsAt });
  }
  return tx.$queryRaw`
    select a."id", a."groupId", a."source", a."fingerprint", a."startsAt", a."status"::text as status, a."endsAt",
      a."severity"::text as severity
    from jsonb_to_recordset(${JSON.stringify([...oldest.values()])}::jsonb)
      as k("source" text, "fingerprint" text, "startsAt" timestamptz)
    join "Alert" a on a."source" = k."source" and a."fingerprint" = k."fingerprint"
      and (a."startsAt" >= k."startsAt" - ${lookBackMs} * interval '1 ms' or a."status" = 'FIRING')`;
}

/** Groups that are open or have ended lately, the newest of each key, and those the known episodes belong to. */
async function fetchGroups(
  tx: Tx,
  keys: readonly string[],
  ids: readonly string[],
  placeOf: ReadonlyMap<string, Place>,
  now: Date,
): Promise<readonly Group[]> {
  const lately = new Date(now.getTime() - reopenWithinMs);
  const rows = await tx.alertGroup.findMany({
    where: {
      OR: [
        { id: { in: [...ids] } },
        { key: { in: [...keys] }, OR: [{ openKey: { not: null } }, { resolvedAt: { gte: lately } }] },
      ],
    },
    orderBy: [{ startedAt: 'asc' }, { id: 'asc' }],
  });
  const ended = rows.filter((row) => row.openKey === null);
  return [...ended, ...rows.filter((row) => row.openKey !== null)].map((row) => groupOf(row, placeOf.get(row.key)));
}

function groupOf(row: AlertGroup, place: Place | undefined): Group {
  return {
    id: row.id,
    key: row.key,
    place: place ?? placeFromKey(row.key, row.systemId),
    source: row.source,
    title: row.title,
    isNew: false,
    state: {
      status: row.status,
      severity: row.severity,
      firing: row.firingCount,
      total: row.totalCount,
      startedAt: row.startedAt,
      lastSeenAt: row.lastSeenAt,
      resolvedAt: row.resolvedAt,
      mutedBy: row.mutedBy,
      restarts: moments.catch([]).parse(row.changes),
      pendingUntil: row.pendingUntil,
      heldUntil: row.heldUntil,
    },
    commonLabels: labels.catch({}).parse(row.commonLabels),
    voice: null,
    incidentId: row.incidentId,
    effects: new Set(),
    wantsIncident: false,
    changed: false,
  };
}

/** A group that time may change, with the labels of what fires in it (as many as are needed to judge whether it is muted). */
export interface DueGroup {
  readonly group: Group;
  readonly firing: readonly Firing[];
}

/** Groups whose wait or hold is over, and those that are muted: time alone may change them. */
export async function fetchDue(
  tx: Tx,
  inhibition: readonly InhibitionRule[],
): Promise<{
  readonly due: readonly DueGroup[];
  readonly silences: readonly SilenceRule[];
  readonly inhibitors: readonly Firing[];
  readonly now: Date;
}> {
  const now = await databaseNow(tx);
  const rows = await tx.alertGroup.findMany({
    where: { OR: [{ dueAt: { lte: now } }, { status: 'SILENCED' }] },
    include: {
      alerts: { where: { status: 'FIRING' }, select: { name: true, severity: true, labels: true }, take: 500 },
    },
    orderBy: [{ dueAt: { sort: 'asc', nulls: 'last' } }, { lastSeenAt: 'asc' }],
    take: 500,
  });
  return {
    now,
    due: rows.map((row) => {
      const group = groupOf(row, undefined);
      return {
        group,
        firing: row.alerts.map((one) => ({
          scope: group.place.scope,
          name: one.name,
          severity: one.severity,
          labels: labels.catch({}).parse(one.labels),
        })),
      };
    }),
    silences: await fetchSilences(tx, now),
    inhibitors: [...(await fetchInhibitors(tx, inhibition)), ...(await fetchCriticals(tx, rows))],
  };
}

/** What fires critically under the same keys as muted groups: the built-in inhibition goes by it. */
async function fetchCriticals(tx: Tx, muted: readonly AlertGroup[]): Promise<readonly Firing[]> {
  const titles = [...new Set(muted.filter((row) => row.status === 'SILENCED').map((row) => row.title))];
  if (titles.length === 0) return [];
  const rows = await tx.alertGroup.findMany({
    where: {
      title: { in: titles },
      severity: 'CRITICAL',
      openKey: { not: null },
      mutedBy: null,
      firingCount: { gt: 0 },
    },
    take: mostInhibitors,
  });
  return rows.map((row) => ({
    scope: placeFromKey(row.key, row.systemId).scope,
    name: row.title,
    severity: row.severity,
    labels: { alertname: row.title, ...labels.catch({}).parse(row.commonLabels) },
  }));
}

/** Matchers as they are stored with a silence. */
export const matchers = z.array(
  z.object({
    name: z.string(),
    value: z.string(),
    isRegex: z.boolean().default(false),
    isEqual: z.boolean().default(true),
  }),
);

async function fetchSilences(tx: Tx, now: Date): Promise<readonly SilenceRule[]> {
  const rows = await tx.silence.findMany({
    // An acknowledgement's silence keeps Alertmanager quiet; the incident that is owned goes on being updated.
    where: {
      status: { not: 'EXPIRED' },
      kind: { not: 'ACKNOWLEDGEMENT' },
      startsAt: { lte: now },
      endsAt: { gt: now },
    },
    select: { id: true, matchers: true },
  });
  return rows.map((row) => ({ id: row.id, matchers: matchers.catch([]).parse(row.matchers) }));
}
