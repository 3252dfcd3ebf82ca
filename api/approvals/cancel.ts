import type { Actor, Core, Viewer } from '../context.ts';
import { type Approval, inTransaction, type Tx } from '../db.ts';
import {
  type ApprovalResult,
  type ApprovalUserError,
  lockApproval,
  type OpenApproval,
  requesterOf,
  wakeAfter,
} from './decide.ts';
import { endApproval } from './end.ts';
import { type ApprovalTextKey, approvalNumber, say, timeOfDay } from './texts.ts';

/** Withdraws a waiting approval: by the requester, or by an operator. */
export async function cancelApproval(
  core: Core,
  viewer: Viewer,
  input: { readonly id: string; readonly reason: string },
): Promise<ApprovalResult> {
  const result = await inTransaction(core.db, async (tx): Promise<ApprovalResult> => {
    const approval = await lockApproval(tx, input.id);
    const refusal = await refusalOf(tx, viewer, approval, input.reason);
    const record = {
      actor: viewer.actor,
      onBehalfOf: viewer.key === null ? null : `key:${viewer.key.name}`,
      operation: 'approvalCancel',
      subject: { type: 'Approval', id: input.id },
      tool: approval?.action.tool ?? null,
      input: { reason: input.reason },
      correlationId: viewer.correlationId,
    };
    if (approval === null || refusal !== null) {
      const { key, code, path } = refusal ?? { key: 'notFound' as const, code: 'NOT_FOUND' as const, path: null };
      const by = approval?.decisions.map((decision) => decision.userName).join(', ') ?? '';
      const message = say(viewer.locale, key, {
        number: approval === null ? '' : approvalNumber(approval.number),
        who: by,
        when: approval === null ? '' : timeOfDay(approval.decidedAt ?? approval.expiresAt),
        reason: approval?.endReason ?? '',
      });
      await core.audit(tx, { ...record, outcome: 'refused', reason: `${code}: ${message}` });
      const now = approval === null ? null : await tx.approval.findUnique({ where: { id: approval.id } });
      return { approval: now, userErrors: [{ code, message, path }] };
    }
    const reason = input.reason.trim();
    const ended = await endApproval(core, tx, approval, { status: 'CANCELLED', actor: viewer.actor, reason, record });
    return { approval: ended, userErrors: [] };
  });
  if (result.approval !== null) wakeAfter(core, result.approval);
  return result;
}

interface Refusal {
  readonly key: ApprovalTextKey;
  readonly code: ApprovalUserError['code'];
  readonly path: readonly string[] | null;
}

async function refusalOf(
  tx: Tx,
  viewer: Viewer,
  approval: OpenApproval | null,
  reason: string,
): Promise<Refusal | null> {
  if (approval === null) return { key: 'notFound', code: 'NOT_FOUND', path: null };
  const requester = await requesterOf(tx, approval);
  const own = viewer.person !== null && viewer.person.id === requester;
  const ownKey =
    viewer.actor.type === 'api_key' && viewer.actor.id !== null && viewer.actor.id === approval.requestedById;
  if (!own && !ownKey && !viewer.permissions.has('INCIDENT_WRITE'))
    return { key: 'cancelNotAllowed', code: 'FORBIDDEN', path: null };
  if (reason.trim() === '') return { key: 'cancelReasonMissing', code: 'MISSING_INPUT', path: ['input', 'reason'] };
  switch (approval.status) {
    case 'PENDING':
      return null;
    case 'EXPIRED':
      return { key: 'expired', code: 'INVALID_STATE', path: null };
    case 'APPROVED':
      return { key: 'alreadyApproved', code: 'INVALID_STATE', path: null };
    case 'REJECTED':
      return { key: 'alreadyRejected', code: 'INVALID_STATE', path: null };
    case 'CANCELLED':
    case 'SUPERSEDED':
      return { key: 'alreadyEnded', code: 'INVALID_STATE', path: null };
    default:
      return approval.status satisfies never;
  }
}

/**
 * Cancels everything that waits for a decision on an incident or a task, in the caller's transaction. The caller wakes 'decisions'
 * and 'notifications' after its commit.
 */
export async function cancelApprovalsOf(
  core: Core,
  tx: Tx,
  of: { readonly incidentId: string } | { readonly taskId: string },
  reason: string,
  actor?: Actor,
): Promise<readonly Approval[]> {
  const waiting = await tx.approval.findMany({
    where: { ...of, status: 'PENDING' },
    select: { id: true },
    orderBy: { id: 'asc' },
  });
  const ended: Approval[] = [];
  for (const { id } of waiting) {
    const approval = await lockApproval(tx, id);
    if (approval?.status !== 'PENDING') continue;
    ended.push(
      await endApproval(core, tx, approval, { status: 'CANCELLED', reason, ...(actor === undefined ? {} : { actor }) }),
    );
  }
  return ended;
}
