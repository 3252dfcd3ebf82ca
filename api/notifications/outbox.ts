import type { Db, NotificationChannel, NotificationPriority } from '../db.ts';
import { Prisma } from '../db.ts';

/** What waits in the outbox: for the health page, the metrics and the wake-up of deliverers. */
export interface OutboxState {
  readonly pending: number;
  readonly oldestAt: Date | null;
  /** By database time. */
  readonly oldestSeconds: number;
  readonly highestPriority: NotificationPriority | null;
  readonly failed: number;
}

/** Counts the messages that are still to be sent, and how long the oldest has waited. */
export async function readOutbox(
  db: Db,
  channels: readonly NotificationChannel[] = ['CHAT', 'EMAIL', 'SMS'],
): Promise<OutboxState> {
  const rows = await db.$queryRaw<
    {
      pending: number;
      oldest_at: Date | null;
      oldest_seconds: number | null;
      highest: NotificationPriority | null;
      failed: number;
    }[]
  >(Prisma.sql`
    select (count(*) filter (where waiting))::int as pending,
      min("changedAt") filter (where waiting) as oldest_at,
      (extract(epoch from clock_timestamp() - min("changedAt") filter (where waiting)))::float8 as oldest_seconds,
      min("priority") filter (where waiting) as highest,
      (count(*) filter (where not waiting))::int as failed
    from (select *, "status" <> 'FAILED' as waiting from "Notification"
      where "status" in ('PENDING', 'CLAIMED', 'UNCERTAIN', 'FAILED')
        and "channel"::text in (${Prisma.join([...channels])})) n`);
  const row = rows[0];
  return {
    pending: row?.pending ?? 0,
    oldestAt: row?.oldest_at ?? null,
    oldestSeconds: Math.max(0, row?.oldest_seconds ?? 0),
    highestPriority: row?.highest ?? null,
    failed: row?.failed ?? 0,
  };
}
