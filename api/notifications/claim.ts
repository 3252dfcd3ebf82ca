import type { Core } from '../context.ts';
import type { Notification, NotificationChannel, Tx } from '../db.ts';
import { inTransaction, Prisma } from '../db.ts';

/** A sender that has not claimed for this long has lost the channel; no call to the chat takes longer. */
const senderLeaseMs = 10_000;
const shortestClaimMs = 5_000;
const longestClaimMs = 300_000;

/** Work taken for a while. Each row carries the token of its own channel kind in `claimToken`. */
export interface ClaimedNotifications {
  readonly lease: { readonly token: string; readonly expiresAt: Date } | null;
  readonly notifications: readonly Notification[];
}

interface HeldLease {
  readonly name: string;
  readonly token: bigint;
  readonly expiresAt: Date;
}

/** Takes or renews the right to send for one channel kind; null while another worker holds it. */
async function holdLease(tx: Tx, name: string, worker: string): Promise<HeldLease | null> {
  const rows = await tx.$queryRaw<HeldLease[]>(Prisma.sql`
    insert into "SenderLease" as l ("name", "holder", "token", "expiresAt")
    values (${name}, ${worker}, 1, clock_timestamp() + ${senderLeaseMs} * interval '1 ms')
    on conflict ("name") do update set
      "token" = case when l."holder" = excluded."holder" then l."token" else l."token" + 1 end,
      "holder" = excluded."holder",
      "expiresAt" = clock_timestamp() + ${senderLeaseMs} * interval '1 ms'
    where l."holder" = excluded."holder" or l."expiresAt" < clock_timestamp()
    returning l."name", l."token", l."expiresAt"`);
  return rows[0] ?? null;
}

/**
 * Gives the one sender of a channel kind its next messages, most urgent first. Replies wait for their incident's card. A row whose
 * claim ran out, or whose sender was replaced, comes back as uncertain: it may have been posted, so it is looked up first.
 */
export async function claimNotifications(
  core: Core,
  request: {
    readonly channels: readonly NotificationChannel[];
    readonly limit: number;
    readonly leaseMs: number;
    readonly worker: string;
  },
): Promise<ClaimedNotifications> {
  const limit = Math.min(100, Math.max(1, request.limit));
  const leaseMs = Math.min(longestClaimMs, Math.max(shortestClaimMs, request.leaseMs));
  return inTransaction(core.db, async (tx) => {
    const channels = [...new Set(request.channels)].sort();
    const held: HeldLease[] = [];
    const notifications: Notification[] = [];
    for (const channel of channels) {
      const lease = await holdLease(tx, channel, request.worker);
      if (lease === null) continue;
      held.push(lease);
      notifications.push(
        ...(await takeRows(tx, channel, lease, request.worker, limit - notifications.length, leaseMs)),
      );
    }
    const lease = held[0];
    return {
      lease: lease === undefined ? null : { token: String(lease.token), expiresAt: lease.expiresAt },
      notifications,
    };
  });
}

async function takeRows(
  tx: Tx,
  channel: NotificationChannel,
  lease: HeldLease,
  worker: string,
  limit: number,
  leaseMs: number,
): Promise<Notification[]> {
  if (limit < 1) return [];
  const taken = await tx.$queryRaw<{ id: string }[]>(Prisma.sql`
    with picked as (
      select n."id", i."workspace" as workspace, i."channel" as channel,
        coalesce(n."threadTs", i."threadTs", case when t."channel" = n."chatChannel" then t."threadTs" end) as thread
      from "Notification" n
      left join "Incident" i on i."id" = n."threadIncidentId"
      left join "Approval" a on n."subjectType" = 'Approval' and a."id" = n."subjectId"
      left join "Task" t on t."id" = coalesce(a."taskId", case when n."subjectType" = 'Task' then n."subjectId" end)
        and n."kind" <> 'TASK_PROGRESS'
      where n."channel" = ${channel}::"NotificationChannel"
        and ((n."status" in ('PENDING', 'UNCERTAIN') and n."notBefore" <= clock_timestamp())
          or (n."status" = 'CLAIMED' and (n."claimedUntil" < clock_timestamp() or n."claimToken" < ${lease.token})))
        and (n."threadIncidentId" is null or i."threadTs" is not null)
      order by n."priority", n."changedAt", n."id"
      limit ${limit}
      for update of n skip locked)
    update "Notification" n set
      "uncertain" = n."uncertain" or n."status" = 'CLAIMED',
      "status" = 'CLAIMED',
      "attempts" = n."attempts" + 1,
      "claimedBy" = ${worker},
      "claimToken" = ${lease.token},
      "claimedUntil" = clock_timestamp() + ${leaseMs} * interval '1 ms',
      "workspace" = coalesce(picked.workspace, n."workspace"),
      "chatChannel" = coalesce(picked.channel, n."chatChannel"),
      "threadTs" = picked.thread
    from picked where picked."id" = n."id"
    returning n."id"`);
  const rows = await tx.notification.findMany({ where: { id: { in: taken.map((row) => row.id) } } });
  return rows.sort(byUrgency);
}

const order = ['APPROVAL', 'RESULT', 'NEW_CRITICAL', 'FINDING', 'PROGRESS'];
const byUrgency = (a: Notification, b: Notification): number =>
  order.indexOf(a.priority) - order.indexOf(b.priority) ||
  a.changedAt.getTime() - b.changedAt.getTime() ||
  (a.id < b.id ? -1 : 1);
