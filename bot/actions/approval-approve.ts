import { approvalIds, carried, defineAction } from '../action.ts';
import { approvalCard, typeNameModal } from '../blocks/approval-card.ts';
import { approvalDecide, approvalQuery } from '../operations.ts';
import { redraw } from '../redraw.ts';
import { answeredErrors, found, type Session, tell } from '../session.ts';

/** A yes to exactly what the card showed: the digest of the button goes back with it. The api decides whose yes counts. */
export const action = defineAction({
  name: 'approval-approve',
  controls: ['approval.approve'],
  forms: ['approval.approve'],
  press: async (input, session) => {
    const ids = carried(approvalIds, input.value);
    if (ids === null || ids.h === undefined) return tell(session, session.t.askedElsewhere);
    const { approval } = await session.api.call(approvalQuery, { id: ids.q }, { timeoutMs: 1_500 });
    const known = found(session, approval, session.t.approve);
    // Whoever could not decide anyway is told at once by the api; the others first type the name of the target.
    if (known.approvalStatus === 'PENDING' && known.typedConfirmation !== null && known.viewerCanDecide)
      return session.openForm(typeNameModal(session.scene, known, JSON.stringify({ q: ids.q, h: ids.h })));
    const decided = await decide(session, { id: ids.q, digest: ids.h });
    if (decided !== null) await redraw(session, input, decided);
  },
  submit: async (input, session) => {
    const ids = carried(approvalIds, input.meta);
    if (ids === null || ids.h === undefined) return tell(session, session.t.askedElsewhere);
    await decide(session, { id: ids.q, digest: ids.h, typedConfirmation: input.values.target ?? '' });
  },
});

/** Sends the decision. Answers the card to redraw when the approval is no longer open and this person was too late. */
async function decide(
  session: Session,
  input: { readonly id: string; readonly digest: string; readonly typedConfirmation?: string },
) {
  const { approvalDecide: answer } = await session.api.call(
    approvalDecide,
    { input: { ...input, approve: true } },
    { retry: true },
  );
  if (await answeredErrors(session, answer.userErrors))
    return answer.approval !== null && answer.approval.approvalStatus !== 'PENDING'
      ? approvalCard(session.scene, answer.approval)
      : null;
  await tell(session, session.t.decidedApproved(answer.approval?.number ?? ''));
  return null;
}
