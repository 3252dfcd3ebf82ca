import type { Viewer } from '../context.ts';
import type { Approval, Db } from '../db.ts';
import { mayDecide } from './approval-state.ts';
import { requesterOf } from './decide.ts';
import { say } from './texts.ts';

/** Who may decide, in the reader's words. */
export function eligibleWords(
  approval: Pick<Approval, 'kind' | 'required' | 'requestedByName'>,
  locale: 'KO' | 'EN',
): string {
  const words = { who: approval.requestedByName, missing: approval.required };
  return say(locale, approval.kind === 'CONFIRMATION' ? 'eligibleConfirmation' : 'eligibleApproval', words);
}

/** Whether the viewer's click could count now; only a hint for drawing, the click itself is judged again. */
export async function viewerCanDecide(db: Db, viewer: Viewer, approval: Approval): Promise<boolean> {
  const person = viewer.person;
  if (person === null || approval.status !== 'PENDING' || approval.expiresAt.getTime() <= Date.now()) return false;
  const requesterId = await requesterOf(db, approval);
  if (mayDecide({ kind: approval.kind, requesterId }, person.id, viewer.permissions.has('APPROVAL_DECIDE')) !== null)
    return false;
  const own = await db.approvalDecision.count({ where: { approvalId: approval.id, userId: person.id } });
  return own === 0;
}
