import { approvalList } from '../blocks/answers.ts';
import { approvalCard } from '../blocks/approval-card.ts';
import { withBlockIds } from '../blocks/elements.ts';
import { defineCommand } from '../command.ts';
import { approvalQuery, approvalsQuery } from '../operations.ts';
import { found } from '../session.ts';

/** What waits for a yes. Words never decide: the card with its buttons does. */
export const command = defineCommand({
  name: 'approve',
  words: ['approval', 'approvals', '승인'],
  label: { en: 'approve', ko: '승인' },
  summary: { en: 'what waits for your approval', ko: '내 승인을 기다리는 것' },
  usage: { en: ['approve', 'approve APR-7'], ko: ['승인', '승인 APR-7'] },
  ids: ['APR'],
  verbs: [{ name: 'list', words: ['목록'], args: 'none' }],
  bare: { verb: null, args: 'optional-id' },
  run: async (input, session) => {
    const number = input.ids[0];
    if (number === undefined) {
      const { approvals } = await session.api.call(approvalsQuery, {
        filter: { waitingForMe: true, status: ['PENDING'] },
        first: 10,
      });
      return session.answer(approvalList(session.scene, approvals));
    }
    const { approval } = await session.api.call(approvalQuery, { number });
    const card = approvalCard(session.scene, found(session, approval, number));
    await session.answer(withBlockIds(card, `show.${Date.now().toString(36)}`));
  },
});
