import { answerIds, carried, defineAction } from '../action.ts';
import { moreMessage } from '../blocks/manual-answer.ts';
import { manualAnswerQuery } from '../operations.ts';
import { found, tell } from '../session.ts';

/** The further results of an answer, for whoever presses alone. */
export const action = defineAction({
  name: 'manual-more',
  controls: ['manual.more'],
  press: async (input, session) => {
    const ids = carried(answerIds, input.value);
    if (ids === null) return tell(session, session.t.askedElsewhere);
    const { manualAnswer } = await session.api.call(manualAnswerQuery, { id: ids.a });
    const answer = found(session, manualAnswer, session.t.manual.original);
    if (answer.more.length === 0) return tell(session, session.t.manual.noMore);
    await session.answer(moreMessage(session.scene, answer));
  },
});
