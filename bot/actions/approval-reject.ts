import { approvalIds, carried, defineAction } from '../action.ts';
import { approvalCard, rejectModal } from '../blocks/approval-card.ts';
import { approvalDecide, approvalQuery } from '../operations.ts';
import { redraw } from '../redraw.ts';
import { answeredErrors, found, tell } from '../session.ts';

/** A no, with the reason the agent reads. */
export const action = defineAction({
  name: 'approval-reject',
  controls: ['approval.reject'],
  forms: ['approval.reject'],
  press: async (input, session) => {
    const ids = carried(approvalIds, input.value);
    if (ids === null) return tell(session, session.t.askedElsewhere);
    const { approval } = await session.api.call(approvalQuery, { id: ids.q }, { timeoutMs: 1_500 });
    const known = found(session, approval, session.t.reject);
    if (known.approvalStatus !== 'PENDING') {
      await redraw(session, input, approvalCard(session.scene, known));
      const status = session.t.approvalStatus[known.approvalStatus];
      return tell(session, session.t.decidedPush(known.number, status, known.action.title.replaceAll('`', 'ˋ')));
    }
    const meta = JSON.stringify({ q: ids.q, h: ids.h ?? known.digest });
    await session.openForm(rejectModal(session.scene, known, meta));
  },
  submit: async (input, session) => {
    const ids = carried(approvalIds, input.meta);
    if (ids === null || ids.h === undefined) return tell(session, session.t.askedElsewhere);
    const { approvalDecide: answer } = await session.api.call(
      approvalDecide,
      { input: { id: ids.q, digest: ids.h, approve: false, reason: input.values.reason ?? '' } },
      { retry: true },
    );
    if (await answeredErrors(session, answer.userErrors)) return;
    await tell(session, session.t.decidedRejected(answer.approval?.number ?? ''));
  },
});
