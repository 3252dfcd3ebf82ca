import type { Core } from '../context.ts';
import { type InboxEvent, inTransaction } from '../db.ts';

/** What became of a delivery. An error without quarantine gives it back for another try. */
export interface CompleteInput {
  readonly id: string;
  readonly leaseToken?: string | null;
  readonly quarantine?: boolean;
  readonly error?: string | null;
}

/** The row as it stands now, also when the report was refused. */
export interface CompleteAnswer {
  readonly event: InboxEvent | null;
  readonly refused: { readonly code: 'NOT_FOUND' | 'INVALID_STATE'; readonly message: string } | null;
}

/**
 * Closes a delivery. Whoever accepted it needs no token; a token that is no longer the row's is refused. Completing a closed one
 * changes nothing and is no error.
 */
export async function completeDelivery(core: Core, input: CompleteInput): Promise<CompleteAnswer> {
  const error = input.error?.replaceAll('\u0000', '').slice(0, 1_000).toWellFormed() ?? null;
  const next = input.quarantine === true ? 'QUARANTINED' : error === null ? 'DONE' : 'RECEIVED';
  const token = input.leaseToken ?? null;
  return inTransaction(core.db, async (tx) => {
    const changed = await tx.$executeRaw`
      update "InboxEvent" set
        "status" = ${next}::"InboxStatus", "error" = coalesce(${error}, "error"),
        "attempts" = "attempts" + (case when "status" = 'RECEIVED' then 1 else 0 end),
        "doneAt" = case when ${next} = 'RECEIVED' then null else clock_timestamp() end,
        "claimedBy" = null, "claimToken" = null, "claimedUntil" = null
      where "id" = ${input.id}::uuid and "status" in ('RECEIVED', 'CLAIMED')
        and (${token}::text is null or "claimToken"::text = ${token}::text)`;
    const event = await tx.inboxEvent.findUnique({ where: { id: input.id } });
    if (event === null) return { event, refused: { code: 'NOT_FOUND', message: 'There is no such delivery.' } };
    const open = event.status === 'RECEIVED' || event.status === 'CLAIMED';
    if (changed === 0 && open)
      return { event, refused: { code: 'INVALID_STATE', message: 'Another worker has taken this delivery.' } };
    return { event, refused: null };
  });
}
