import { answerIds, carried, defineAction } from '../action.ts';
import { wrongModal } from '../blocks/manual-views.ts';
import { manualFeedbackCreate } from '../operations.ts';
import { answeredErrors, tell } from '../session.ts';

/** Right or wrong, once a person. A "wrong" counts at once; the form only asks what was wrong. */
export const action = defineAction({
  name: 'manual-feedback',
  controls: ['manual.right', 'manual.wrong'],
  forms: ['manual.wrong'],
  press: async (input, session) => {
    const ids = carried(answerIds, input.value);
    if (ids === null) return tell(session, session.t.askedElsewhere);
    const verdict = input.action === 'manual.right' ? 'RIGHT' : 'WRONG';
    const { manualFeedbackCreate: answer } = await session.api.call(
      manualFeedbackCreate,
      { input: { answerId: ids.a, verdict } },
      { retry: true, timeoutMs: 1_800 },
    );
    if (await answeredErrors(session, answer.userErrors)) return;
    if (verdict === 'RIGHT') return tell(session, session.t.manual.thanksRight);
    await session.openForm(wrongModal(session.scene, JSON.stringify({ a: ids.a })));
  },
  submit: async (input, session) => {
    const ids = carried(answerIds, input.meta);
    if (ids === null) return tell(session, session.t.askedElsewhere);
    const note = (input.values.note ?? '').trim();
    if (note !== '') {
      const { manualFeedbackCreate: answer } = await session.api.call(
        manualFeedbackCreate,
        { input: { answerId: ids.a, verdict: 'WRONG', note } },
        { retry: true },
      );
      if (await answeredErrors(session, answer.userErrors)) return;
    }
    await tell(session, session.t.manual.thanksWrong);
  },
});
