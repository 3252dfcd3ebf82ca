import { newId } from '../../lib/ids.ts';
import type { Core } from '../context.ts';
import { databaseNow, type InboxEvent, type InboxSource, inTransaction } from '../db.ts';

const mostAttempts = 5;
const shortestLeaseMs = 1_000;
const longestLeaseMs = 300_000;

/** What a worker asks for. */
export interface ClaimInput {
  readonly sources: readonly InboxSource[];
  readonly limit: number;
  readonly leaseMs: number;
  readonly worker: string;
  /** Rows younger than this are left to the process that accepted them. */
  readonly minAgeMs?: number;
}

/** Deliveries taken for a while; the token rises with each claim. */
export interface ClaimedDeliveries {
  readonly events: readonly InboxEvent[];
  readonly lease: { readonly token: string; readonly expiresAt: Date } | null;
}

/** Takes deliveries nobody works on, oldest first; one that has failed too often is quarantined instead. */
export async function claimDeliveries(core: Core, input: ClaimInput): Promise<ClaimedDeliveries> {
  const leaseMs = Math.min(longestLeaseMs, Math.max(shortestLeaseMs, Math.round(input.leaseMs)));
  const limit = Math.min(200, Math.max(1, Math.trunc(input.limit)));
  const minAgeMs = Math.max(0, Math.round(input.minAgeMs ?? 0));
  const token = newId();
  return inTransaction(core.db, async (tx) => {
    const now = await databaseNow(tx);
    const taken = await tx.$queryRaw<{ id: string; status: string }[]>`
      with picked as (
        select "id" from "InboxEvent"
        where "source"::text = any(${[...input.sources]}::text[])
          and (("status" = 'RECEIVED' and "receivedAt" <= clock_timestamp() - ${minAgeMs} * interval '1 ms')
            or ("status" = 'CLAIMED' and "claimedUntil" < clock_timestamp()))
        order by "receivedAt", "id" limit ${limit} for update skip locked)
      update "InboxEvent" e set
        "status" = (case when e."attempts" >= ${mostAttempts} then 'QUARANTINED' else 'CLAIMED' end)::"InboxStatus",
        "error" = case when e."attempts" >= ${mostAttempts}
          then coalesce(e."error", 'taken ' || e."attempts" || ' times, never completed') else e."error" end,
        "attempts" = e."attempts" + 1,
        "claimedBy" = ${input.worker},
        "claimToken" = ${token}::uuid,
        "claimedUntil" = clock_timestamp() + ${leaseMs} * interval '1 ms',
        "doneAt" = case when e."attempts" >= ${mostAttempts} then clock_timestamp() else null end
      from picked where picked."id" = e."id"
      returning e."id", e."status"::text as status`;
    const ids = taken.filter((row) => row.status === 'CLAIMED').map((row) => row.id);
    if (ids.length === 0) return { events: [], lease: null };
    const events = await tx.inboxEvent.findMany({
      where: { id: { in: ids } },
      orderBy: [{ receivedAt: 'asc' }, { id: 'asc' }],
    });
    return { events, lease: { token, expiresAt: new Date(now.getTime() + leaseMs) } };
  });
}
