import { requesterOf } from '../../approvals/decide.ts';
import type { Approval } from '../../db.ts';
import type { RequestContext } from '../request-context.ts';
import { ObservedOutcome } from './enums.ts';

/** Who may decide, in words. */
export function eligibleWords(approval: Approval, locale: 'KO' | 'EN'): string {
  const { kind, required } = approval;
  if (locale === 'KO') {
    if (kind === 'CONFIRMATION') return `요청자 본인 (${approval.requestedByName})`;
    return `승인자 역할 ${required}명, 요청자 제외`;
  }
  if (kind === 'CONFIRMATION') return `The requester (${approval.requestedByName})`;
  return required === 1 ? 'Any approver but the requester' : `${required} approvers, none of them the requester`;
}

/** Whether a click of this viewer could count now; the click itself is judged afresh. */
export async function canDecide(ctx: RequestContext, approval: Approval): Promise<boolean> {
  const { viewer } = ctx;
  if (approval.status !== 'PENDING' || viewer.person === null) return false;
  const requester = await requesterOf(ctx.deps.db, approval);
  if (approval.kind === 'CONFIRMATION') return requester === viewer.person.id;
  if (!viewer.permissions.has('APPROVAL_DECIDE') || requester === viewer.person.id) return false;
  const decisions = await ctx.load.decisionsOf.load(approval.id);
  return decisions.every((decision) => decision.userId !== viewer.person?.id);
}

const isObserved = (value: string): value is ObservedOutcome => Object.hasOwn(ObservedOutcome, value);

/** What a person said had happened. */
export function observedOf(stored: string | null): ObservedOutcome | null {
  return stored !== null && isObserved(stored) ? stored : null;
}
