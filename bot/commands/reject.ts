import { approvalCard, rejectModal } from '../blocks/approval-card.ts';
import { withBlockIds } from '../blocks/elements.ts';
import { defineCommand, exampleOf } from '../command.ts';
import { approvalQuery } from '../operations.ts';
import { found, tell } from '../session.ts';

/** Opens the form that asks why; a mention has no form, so the card is shown. */
export const command = defineCommand({
  name: 'reject',
  words: ['반려', '거절'],
  label: { en: 'reject', ko: '반려' },
  summary: { en: 'say no, with a reason', ko: '이유와 함께 반려' },
  usage: { en: ['reject APR-7'], ko: ['반려 APR-7'] },
  ids: ['APR'],
  verbs: [],
  bare: { verb: null, changes: true, args: 'optional-id' },
  run: async (input, session) => {
    const number = input.ids[0];
    if (number === undefined) return tell(session, session.t.whichId(exampleOf(command, session.scene.locale)));
    const { approval } = await session.api.call(approvalQuery, { number });
    const known = found(session, approval, number);
    if (session.inbound.kind === 'command' && known.approvalStatus === 'PENDING')
      return session.openForm(rejectModal(session.scene, known, JSON.stringify({ q: known.id, h: known.digest })));
    await session.answer(withBlockIds(approvalCard(session.scene, known), `show.${Date.now().toString(36)}`));
  },
});
