import { answerIds, carried, defineAction } from '../action.ts';
import { withBlockIds } from '../blocks/elements.ts';
import { manualAnswerMessage } from '../blocks/manual-answer.ts';
import { manualAnswerShare } from '../operations.ts';
import { answeredErrors, found, tell } from '../session.ts';

const lookBackSeconds = 86_400;

/** Posts the part of an answer that everybody may see where it was asked for. Pressed twice, it is posted once. */
export const action = defineAction({
  name: 'manual-share',
  controls: ['manual.share'],
  press: async (input, session) => {
    const { t, place, slack, scene } = session;
    const ids = carried(answerIds, input.value);
    if (ids === null || place === null) return tell(session, t.askedElsewhere);
    // One shared version an answer and place, so that every press leads to the same one.
    const key = `slack:share:${ids.a}:${place.channel}:${place.thread ?? ''}`;
    const { manualAnswerShare: answer } = await session.api.call(
      manualAnswerShare,
      { input: { id: ids.a, idempotencyKey: key } },
      { retry: true },
    );
    if (await answeredErrors(session, answer.userErrors)) return;
    const shared = found(session, answer.answer, t.manual.share);
    const since = scene.now.getTime() / 1_000 - lookBackSeconds;
    const before = await slack.find(place, shared.id, since);
    if (before.ok && before.value.length > 0) return tell(session, t.manual.sharedAlready);
    const message = manualAnswerMessage(scene, shared, {
      canShare: false,
      asker: session.viewer.user?.displayName ?? t.someone,
    });
    const mark = { notification: shared.id, revision: 1, subject: null };
    const posted = await slack.post(place, withBlockIds(message, `share.${Date.now().toString(36)}`), mark, false);
    await tell(session, posted.ok || posted.kind === 'lost' ? t.manual.shared : t.manual.shareFailed);
  },
});
