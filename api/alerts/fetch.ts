import { z } from 'zod';
import { sha256Hex } from '../../lib/canonical-json.ts';
import { type AlertGroup, databaseNow, type Tx } from '../db.ts';
import { reopenWithinMs } from '../incidents/incident-state.ts';
import type { Severity } from '../incidents/severity-rules.ts';
import type { BatchFacts, Episode, Group } from './batch-state.ts';
import { indexSystems, type Place, placeFromKey, type SystemIndex } from './stages/group.ts';
import type { SilenceRule } from './stages/silence.ts';
import type { StoredAlert } from './stored-alert.ts';

const lockSpace = 7_302;
const lockBuckets = 64;

/** A registered system as incidents need it. */
export interface AlertSystem {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly chatChannel: string | null;
}

const labels = z.record(z.string(), z.string());

/** All systems that are not archived, prepared for look-ups. */
export async function fetchSystems(
  tx: Tx,
): Promise<{ readonly index: SystemIndex; readonly byId: ReadonlyMap<string, AlertSystem> }> {
  const rows = await tx.system.findMany({
    where: { archived: false },
    orderBy: { name: 'asc' },
    select: { id: true, name: true, displayName: true, chatChannel: true, metricLabels: true },
  });
  return {
    index: indexSystems(rows.map((row) => ({ ...row, metricLabels: labels.catch({}).parse(row.metricLabels ?? {}) }))),
    byId: new Map(rows.map((row) => [row.id, row])),
  };
}

/** One worker at a time per system, until the transaction ends; a fixed number of locks in rising order, so nobody waits in a circle. */
export async function lockScopes(tx: Tx, scopes: readonly string[]): Promise<void> {
  const buckets = new Set(scopes.map((scope) => Number.parseInt(sha256Hex(scope).slice(0, 8), 16) % lockBuckets));
  const sorted = [...buckets].sort((one, other) => one - other);
  await tx.$executeRaw`select pg_advisory_xact_lock(${lockSpace}::int, b) from unnest(${sorted}::int[]) as b`;
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
): Promise<Pick<BatchFacts, 'episodes' | 'groups' | 'silences' | 'now'>> {
  const now = await databaseNow(tx);
  const rows = await fetchEpisodes(tx, alerts);
  const groups = await fetchGroups(
    tx,
    [...new Set([...places.values()].map((place) => place.groupKey))],
    [...new Set(rows.map((row) => row.groupId))],
    new Map([...places.values()].map((place) => [place.groupKey, place])),
    now,
  );
  const episodes = rows.map((row): Episode => ({ ...row, told: null, changed: false }));
  return { now, groups, episodes, silences: await fetchSilences(tx, now) };
}

async function fetchEpisodes(tx: Tx, alerts: readonly StoredAlert[]): Promise<readonly EpisodeRow[]> {
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
      and (a."startsAt" >= k."startsAt" or a."status" = 'FIRING')`;
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
      status: row.status === 'FLAPPING' ? 'FIRING' : row.status,
      severity: row.severity,
      firing: row.firingCount,
      total: row.totalCount,
      startedAt: row.startedAt,
      lastSeenAt: row.lastSeenAt,
      resolvedAt: row.resolvedAt,
    },
    commonLabels: labels.catch({}).parse(row.commonLabels),
    voice: null,
    incidentId: row.incidentId,
    effects: new Set(),
    wantsIncident: false,
    changed: false,
  };
}

/** Muted groups with the labels of what fires in them, and the silences in force now. */
export async function fetchMuted(tx: Tx): Promise<{
  readonly groups: readonly Group[];
  readonly labelsOf: ReadonlyMap<string, readonly Readonly<Record<string, string>>[]>;
  readonly silences: readonly SilenceRule[];
  readonly now: Date;
}> {
  const now = await databaseNow(tx);
  const rows = await tx.alertGroup.findMany({
    where: { status: 'SILENCED' },
    include: { alerts: { where: { status: 'FIRING' }, select: { labels: true }, take: 500 } },
    orderBy: { lastSeenAt: 'asc' },
    take: 500,
  });
  return {
    now,
    groups: rows.map((row) => groupOf(row, undefined)),
    labelsOf: new Map(rows.map((row) => [row.id, row.alerts.map((one) => labels.catch({}).parse(one.labels))])),
    silences: await fetchSilences(tx, now),
  };
}

const matchers = z.array(
  z.object({
    name: z.string(),
    value: z.string(),
    isRegex: z.boolean().default(false),
    isEqual: z.boolean().default(true),
  }),
);

async function fetchSilences(tx: Tx, now: Date): Promise<readonly SilenceRule[]> {
  const rows = await tx.silence.findMany({
    where: { status: { not: 'EXPIRED' }, startsAt: { lte: now }, endsAt: { gt: now } },
    select: { id: true, matchers: true },
  });
  return rows.map((row) => ({ id: row.id, matchers: matchers.catch([]).parse(row.matchers) }));
}
