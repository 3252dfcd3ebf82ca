import type { Core } from '../context.ts';
import { inTransaction } from '../db.ts';
import { lockApproval, wakeAfter } from './decide.ts';
import { endApproval } from './end.ts';

const atOnce = 200;

/** Ends what nobody decided in time, by database time; answers how many. Any number of processes may sweep at once. */
export async function expireApprovals(core: Core): Promise<number> {
  const due = await core.db.$queryRaw<{ id: string }[]>`
    select "id" from "Approval" where "status" = 'PENDING' and "expiresAt" <= clock_timestamp() order by "expiresAt" limit ${atOnce}`;
  let expired = 0;
  for (const { id } of due) {
    const ended = await inTransaction(core.db, async (tx) => {
      const approval = await lockApproval(tx, id);
      return approval?.status === 'PENDING' ? endApproval(core, tx, approval, { status: 'EXPIRED' }) : null;
    });
    if (ended === null) continue;
    expired++;
    wakeAfter(core, ended);
  }
  return expired;
}
