import { manualAnswerMessage } from './blocks/manual-answer.ts';
import type { CommandRead } from './grammar.ts';
import { isSpoken } from './inbound.ts';
import { manualAsk } from './operations.ts';
import { answeredErrors, found, type Session, tell } from './session.ts';

/** A model may take its time; what it has not answered by then is quoted. */
const timeoutMs = 15_000;
const longestQuestion = 1_000;

/**
 * Answers from the manuals. A slash command and a direct message are answered to the person alone, from all they may see; a mention in a
 * channel is answered in its thread, from what everybody may see.
 */
export async function askManual(input: CommandRead, session: Session, example: string): Promise<void> {
  const { t, inbound, place, scene } = session;
  const question = [...input.ids, input.rest].join(' ').trim().slice(0, longestQuestion);
  if (question === '') return tell(session, t.manual.whatToAsk(example));
  const isPublic = isSpoken(inbound) && !inbound.isDirect;
  const shares = isPublic || 'share' in input.flags || '공유' in input.flags;
  const { manualAsk: answer } = await session.api.call(
    manualAsk,
    { input: { question, audience: shares ? 'EVERYONE' : 'ASKER', idempotencyKey: session.key } },
    { retry: true, timeoutMs },
  );
  if (await answeredErrors(session, answer.userErrors)) return;
  const made = found(session, answer.answer, question);
  const canShare = !shares && place !== null && !place.channel.startsWith('D') && made.mode !== 'NOT_FOUND';
  const message = manualAnswerMessage(scene, made, { canShare, isReply: isPublic });
  if (!isPublic || place === null) return session.answer(message);
  const thread = place.thread ?? inbound.message;
  // A repeat of the same delivery finds what the first one posted.
  const before = await session.slack.find({ channel: place.channel, thread }, made.id, 0);
  if (before.ok && before.value.length > 0) return;
  const mark = { notification: made.id, revision: 1, subject: null };
  const posted = await session.slack.post({ channel: place.channel, thread }, message, mark, false);
  if (!posted.ok && posted.kind !== 'lost') await session.answer(message);
}
