import { AppError } from '../../lib/errors.ts';
import type { Actor, AuditRecord, Core } from '../context.ts';
import { type Approval, Prisma, type ProposedAction, type Task, type Tx } from '../db.ts';
import { tellApproval } from './tell.ts';
import { type ApprovalTextKey, approvalNumber, say } from './texts.ts';

/** How an approval ends. Nobody's decision means the product ended it by itself. */
export interface ApprovalEnd {
  readonly status: 'APPROVED' | 'REJECTED' | 'EXPIRED' | 'CANCELLED';
  readonly actor?: Actor;
  readonly who?: string;
  readonly reason?: string | null;
  /** The audit entry of the operation that ended it; made here when the product ended it. */
  readonly record?: Omit<AuditRecord, 'outcome' | 'reason'>;
  readonly correlationId?: string;
}

const automation: Actor = { type: 'automation', id: null, name: 'approvals' };
const lines: Readonly<Record<ApprovalEnd['status'], ApprovalTextKey>> = {
  APPROVED: 'timelineApproved',
  REJECTED: 'timelineRejected',
  EXPIRED: 'timelineExpired',
  CANCELLED: 'timelineCancelled',
};

/**
 * Ends a locked, waiting approval: one conditional update, the timeline, the card without its buttons, and the audit entry, all in
 * the caller's transaction. The waiting task is told by the sweep (`signalledAt` stays empty).
 */
export async function endApproval(
  core: Core,
  tx: Tx,
  approval: Approval & { readonly task: Task; readonly action: ProposedAction },
  end: ApprovalEnd,
): Promise<Approval> {
  const reason = end.status === 'EXPIRED' ? say(approval.task.locale, 'expiredReason') : (end.reason ?? null);
  const inTime = end.status === 'APPROVED' || end.status === 'REJECTED';
  const changed = await tx.$executeRaw(Prisma.sql`
    update "Approval" set "status" = ${end.status}::"ApprovalStatus", "decidedAt" = clock_timestamp(),
      "endReason" = ${reason}, "signalledAt" = null
    where "id" = ${approval.id}::uuid and "status" = 'PENDING' and (not ${inTime}::boolean or "expiresAt" > clock_timestamp())`);
  // The row is locked and was judged a moment ago: only its last millisecond may have passed meanwhile.
  if (changed === 0)
    throw new AppError(
      'EXPIRED',
      say(approval.task.locale, 'expired', {
        number: approvalNumber(approval.number),
        when: approval.expiresAt.toISOString().slice(11, 19),
      }),
    );
  const ended = await tx.approval.findUniqueOrThrow({ where: { id: approval.id } });
  const number = approvalNumber(approval.number);
  await tellApproval(tx, ended, approval.task, {
    actor: end.actor ?? automation,
    key: lines[end.status],
    words: { number, title: approval.action.title, who: end.who ?? '', reason: reason ?? '' },
    once: 'ended',
  });
  await core.audit(tx, {
    ...(end.record ?? {
      actor: end.actor ?? automation,
      operation: end.status === 'EXPIRED' ? 'approvalExpire' : 'approvalCancel',
      subject: { type: 'Approval', id: approval.id },
      tool: approval.action.tool,
      input: { number, digest: approval.digest, target: approval.action.target },
      correlationId: end.correlationId ?? approval.task.correlationId,
    }),
    outcome: end.status.toLowerCase(),
    reason,
  });
  return ended;
}
