import type { Core } from '../context.ts';

/** How long what is over is kept. */
export interface AlertRetention {
  /** Deliveries that were processed; those kept aside stay four times as long. */
  readonly inboxMs: number;
  /** Episodes that ended, groups without an incident, silences that are over. Incidents and their timelines stay. */
  readonly alertsMs: number;
}

const most = 5_000;

/** Sweep: removes what is over and old, some thousands at a time, so that the tables stay bounded. Answers how many rows went. */
export async function pruneAlerts(core: Pick<Core, 'db'>, retention: AlertRetention): Promise<number> {
  const { db } = core;
  const alerts = retention.alertsMs;
  const removed = [
    await db.$executeRaw`
      delete from "InboxEvent" where "id" in (
        select "id" from "InboxEvent" where "source" = 'ALERT'
          and (("status" = 'DONE' and "doneAt" < clock_timestamp() - ${retention.inboxMs} * interval '1 ms')
            or ("status" = 'QUARANTINED' and "doneAt" < clock_timestamp() - ${retention.inboxMs * 4} * interval '1 ms'))
        limit ${most})`,
    await db.$executeRaw`
      delete from "Alert" where "id" in (
        select a."id" from "Alert" a join "AlertGroup" g on g."id" = a."groupId"
        where a."status" = 'RESOLVED' and g."status" = 'RESOLVED'
          and g."resolvedAt" < clock_timestamp() - ${alerts} * interval '1 ms'
        limit ${most})`,
    await db.$executeRaw`
      delete from "AlertGroup" where "id" in (
        select g."id" from "AlertGroup" g
        where g."status" = 'RESOLVED' and g."incidentId" is null
          and g."resolvedAt" < clock_timestamp() - ${alerts} * interval '1 ms'
          and not exists (select 1 from "Alert" a where a."groupId" = g."id")
        limit ${most})`,
    await db.$executeRaw`
      delete from "Silence" where "id" in (
        select "id" from "Silence" where "status" = 'EXPIRED' and "thereUntil" is null
          and "endsAt" < clock_timestamp() - ${alerts} * interval '1 ms'
        limit ${most})`,
  ];
  return removed.reduce((sum, count) => sum + count, 0);
}
