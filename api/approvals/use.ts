import type { Tx } from '../db.ts';
import { Prisma } from '../db.ts';
import { approvalNumber, say, timeOfDay } from './texts.ts';

/**
 * Claims the one execution an approval allows, inside the transaction that writes the effect's intent. Null when it is claimed; else
 * why not, in the task's language: nothing may run then.
 */
export async function useApproval(
  tx: Tx,
  use: { readonly approvalId: string; readonly digestNow: string },
): Promise<string | null> {
  const claimed = await tx.$executeRaw(Prisma.sql`
    update "Approval" set "usedAt" = clock_timestamp()
    where "id" = ${use.approvalId}::uuid and "status" = 'APPROVED' and "usedAt" is null
      and "digest" = ${use.digestNow} and "expiresAt" > clock_timestamp()`);
  if (claimed === 1) return null;
  const approval = await tx.approval.findUnique({ where: { id: use.approvalId }, include: { task: true } });
  if (approval === null) return say('EN', 'notFound');
  const locale = approval.task.locale;
  const number = approvalNumber(approval.number);
  if (approval.usedAt !== null) return say(locale, 'useUsed', { number });
  if (approval.status !== 'APPROVED') return say(locale, 'useNotApproved', { number });
  if (approval.digest !== use.digestNow) return say(locale, 'useDrifted', { number });
  return say(locale, 'expired', { number, when: timeOfDay(approval.expiresAt) });
}
