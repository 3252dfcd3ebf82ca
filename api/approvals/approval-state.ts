/** Where an approval stands. */
type ApprovalStatusName = 'PENDING' | 'APPROVED' | 'REJECTED' | 'EXPIRED' | 'CANCELLED' | 'SUPERSEDED';

/** What a decision is judged by: the locked row, and nothing the caller brought. */
export interface ApprovalState {
  readonly kind: 'CONFIRMATION' | 'APPROVAL';
  readonly status: ApprovalStatusName;
  readonly digest: string;
  readonly required: number;
  readonly typedConfirmation: string | null;
  readonly expiresAt: Date;
  /** The person who asked, or who owns the key that asked; null when the product asked by itself. */
  readonly requesterId: string | null;
  readonly decisions: readonly { readonly userId: string; readonly approved: boolean }[];
}

/** One person's click. */
export interface DecisionEvent {
  readonly userId: string;
  /** Read afresh from our own record, cut by the key. */
  readonly mayDecide: boolean;
  readonly approve: boolean;
  readonly digest: string;
  readonly reason: string | null;
  readonly typedConfirmation: string | null;
}

/** Why a click did nothing. */
export type DecisionRefusal =
  | 'already-decided'
  | 'expired'
  | 'digest-differs'
  | 'self-approval'
  | 'not-the-requester'
  | 'no-permission'
  | 'decided-by-you'
  | 'reason-missing'
  | 'typed-name-differs';

export type DecisionAnswer =
  | { readonly kind: 'refused'; readonly why: DecisionRefusal }
  /** One yes of several: the approval keeps waiting. */
  | { readonly kind: 'counted'; readonly missing: number }
  | { readonly kind: 'ended'; readonly status: 'APPROVED' | 'REJECTED' };

const refused = (why: DecisionRefusal): DecisionAnswer => ({ kind: 'refused', why });

/** Judges one click. `now` is database time. One no ends it; as many different people as required must say yes. */
export function judgeDecision(state: ApprovalState, event: DecisionEvent, now: Date): DecisionAnswer {
  if (state.status !== 'PENDING') return refused(state.status === 'EXPIRED' ? 'expired' : 'already-decided');
  if (state.expiresAt.getTime() <= now.getTime()) return refused('expired');
  const who = mayDecide(state, event.userId, event.mayDecide);
  if (who !== null) return refused(who);
  if (event.digest !== state.digest) return refused('digest-differs');
  if (state.decisions.some((decision) => decision.userId === event.userId)) return refused('decided-by-you');
  if (!event.approve)
    return (event.reason ?? '').trim() === '' ? refused('reason-missing') : { kind: 'ended', status: 'REJECTED' };
  if (state.typedConfirmation !== null && event.typedConfirmation?.trim() !== state.typedConfirmation)
    return refused('typed-name-differs');
  const missing = state.required - state.decisions.filter((decision) => decision.approved).length - 1;
  return missing > 0 ? { kind: 'counted', missing } : { kind: 'ended', status: 'APPROVED' };
}

/** Whether this person is one who may decide at all; null when they are. A confirmation is the requester's own yes, an approval never is. */
export function mayDecide(
  state: Pick<ApprovalState, 'kind' | 'requesterId'>,
  userId: string,
  hasPermission: boolean,
): 'self-approval' | 'not-the-requester' | 'no-permission' | null {
  if (state.kind === 'CONFIRMATION') return state.requesterId === userId ? null : 'not-the-requester';
  if (state.requesterId === userId) return 'self-approval';
  return hasPermission ? null : 'no-permission';
}
