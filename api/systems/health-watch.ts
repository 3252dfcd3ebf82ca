import { newId } from '../../lib/ids.ts';
import type { Core } from '../context.ts';
import { databaseNow, inTransaction } from '../db.ts';
import { automation, type By } from '../incidents/by.ts';
import { nextHealth, wantedAlert } from './health-watch-rules.ts';

/** One reading of a system, as the health check made it. */
export interface HealthReading {
  readonly systemId: string;
  readonly state: 'HEALTHY' | 'SLOW' | 'UNHEALTHY';
  readonly statusCode: number | null;
  readonly latencyMs: number | null;
  readonly attempts: number;
  readonly message: string;
}

/** Name and source of the alert this watch raises. */
export const healthAlert = { source: 'monitoring', name: 'ServiceDown' } as const;

/** Keeps a reading and what it means for the system's health. `id` keeps it single when its step runs again. */
export async function saveHealthReading(core: Core, reading: HealthReading, id: string = newId()): Promise<void> {
  await inTransaction(core.db, async (tx) => {
    await tx.$executeRaw`select "id" from "System" where "id" = ${reading.systemId}::uuid for update`;
    const system = await tx.system.findUnique({ where: { id: reading.systemId } });
    if (system === null) return;
    const now = await databaseNow(tx);
    const { count } = await tx.healthCheck.createMany({
      data: [
        {
          ...reading,
          id,
          message: reading.message.replaceAll('\u0000', '').slice(0, 1_000).toWellFormed(),
          checkedAt: now,
        },
      ],
      skipDuplicates: true,
    });
    if (count === 0) return;
    const health = nextHealth(
      { state: system.healthState, streak: system.healthStreak, since: system.healthSince },
      reading.state,
      now,
    );
    await tx.system.update({
      where: { id: system.id },
      data: { healthState: health.state, healthStreak: health.streak, healthSince: health.since },
    });
  });
}

/** alerts/ingest.ts, passed in by app.ts: the watch uses the same door as everybody. */
export type IngestAlerts = (
  core: Core,
  viewer: By,
  input: { readonly source: string; readonly alerts: readonly unknown[] },
) => Promise<unknown>;

/**
 * Sweep: two ill readings in a row raise an alert through the door of all alerts, a well one ends it. It follows from the rows alone,
 * so a lost run costs nothing and a second one changes nothing. Answers how many alerts were sent.
 */
export async function watchHealth(core: Core & { readonly ingestAlerts: IngestAlerts }): Promise<number> {
  const rows = await core.db.$queryRaw<
    {
      name: string;
      displayName: string;
      environment: string;
      state: 'HEALTHY' | 'SLOW' | 'UNHEALTHY';
      streak: number;
      since: Date | null;
      firingSince: Date | null;
      message: string | null;
    }[]
  >`
    select s."name", s."displayName", s."environment"::text as environment, s."healthState"::text as state,
      s."healthStreak" as streak, s."healthSince" as since, a."startsAt" as "firingSince",
      (select h."message" from "HealthCheck" h where h."systemId" = s."id" order by h."checkedAt" desc limit 1) as message
    from "System" s
    left join lateral (
      select max(x."startsAt") as "startsAt" from "Alert" x
      where x."source" = ${healthAlert.source} and x."fingerprint" = ${healthAlert.name} || ':' || s."name" and x."status" = 'FIRING') a
      on true
    where not s."archived" and s."healthState" <> 'UNKNOWN'
      and ((s."healthState" = 'UNHEALTHY' and (a."startsAt" is null or s."healthSince" > a."startsAt")) or (s."healthState" <> 'UNHEALTHY' and a."startsAt" is not null))`;
  const alerts = rows.flatMap((row) => {
    const wanted = wantedAlert(row, row.firingSince);
    if (wanted.alert === 'leave') return [];
    return [
      {
        name: healthAlert.name,
        status: wanted.alert === 'fire' ? 'FIRING' : 'RESOLVED',
        fingerprint: `${healthAlert.name}:${row.name}`,
        severity: 'critical',
        labels: {
          alertname: healthAlert.name,
          system: row.name,
          environment: row.environment.toLowerCase(),
          severity: 'critical',
        },
        annotations: { summary: `${row.displayName}: ${row.message ?? ''}` },
        startsAt: wanted.startsAt.toISOString(),
      },
    ];
  });
  if (alerts.length > 0)
    await core.ingestAlerts(core, automation('monitoring', 'health-watch'), { source: healthAlert.source, alerts });
  return alerts.length;
}

const keptDays = 7;

/** Sweep: readings older than a week go, some thousands at a time. Answers how many. */
export async function pruneHealthReadings(core: Core): Promise<number> {
  return core.db.$executeRaw`
    delete from "HealthCheck" where "id" in (
      select "id" from "HealthCheck" where "checkedAt" < clock_timestamp() - ${keptDays} * interval '1 day' limit 5000)`;
}
