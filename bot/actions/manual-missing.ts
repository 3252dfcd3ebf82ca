import { answerIds, carried, defineAction } from '../action.ts';
import { sentence } from '../blocks/answers.ts';
import { bullets, richText, safe } from '../blocks/rich-text.ts';
import { manualAnswerQuery, manualGapReport } from '../operations.ts';
import { answeredErrors, found, tell } from '../session.ts';

/** What can be done when the manuals do not say: see who keeps the nearest ones, or tell that something is missing. */
export const action = defineAction({
  name: 'manual-missing',
  controls: ['manual.who', 'manual.gap'],
  press: async (input, session) => {
    const m = session.t.manual;
    const ids = carried(answerIds, input.value);
    if (ids === null) return tell(session, session.t.askedElsewhere);
    if (input.action === 'manual.gap') {
      const { manualGapReport: answer } = await session.api.call(
        manualGapReport,
        { input: { answerId: ids.a } },
        { retry: true },
      );
      if (await answeredErrors(session, answer.userErrors)) return;
      return tell(session, m.gapReported(answer.gap?.number ?? 0));
    }
    const { manualAnswer } = await session.api.call(manualAnswerQuery, { id: ids.a });
    const { owners } = found(session, manualAnswer, m.whoKnows);
    if (owners.length === 0) return tell(session, m.noOwners);
    const lines = owners
      .slice(0, 5)
      .map(({ codes, owner, team }) =>
        m.owner(codes.map((code) => safe(code, 60)).join(', '), safe(owner ?? '', 80), safe(team ?? '', 80)),
      );
    await session.answer(sentence(m.ownersTitle, richText([bullets(lines)])));
  },
});
