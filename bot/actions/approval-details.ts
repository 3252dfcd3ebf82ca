import { approvalIds, carried, defineAction } from '../action.ts';
import { approvalCard, detailsModal } from '../blocks/approval-card.ts';
import { withBlockIds } from '../blocks/elements.ts';
import { approvalQuery } from '../operations.ts';
import { found, tell } from '../session.ts';

/** All facts of an approval; from the home tab its card, since a form cannot hold the buttons that decide. */
export const action = defineAction({
  name: 'approval-details',
  controls: ['approval.details'],
  press: async (input, session) => {
    const ids = carried(approvalIds, input.value);
    if (ids === null) return tell(session, session.t.askedElsewhere);
    const { approval } = await session.api.call(approvalQuery, { id: ids.q }, { timeoutMs: 1_500 });
    const known = found(session, approval, session.t.details);
    const isCard = input.message !== null && !input.isPrivate;
    if (isCard || known.approvalStatus !== 'PENDING')
      return session.openForm(detailsModal(session.scene, known, known.precondition));
    await session.answer(withBlockIds(approvalCard(session.scene, known), `show.${Date.now().toString(36)}`));
  },
});
