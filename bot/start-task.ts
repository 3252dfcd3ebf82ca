import type { VariablesOf } from 'gql.tada';
import { sentence } from './blocks/answers.ts';
import { actions, button, context } from './blocks/elements.ts';
import { bullets, richText } from './blocks/rich-text.ts';
import { taskCreate } from './operations.ts';
import { answeredErrors, conversationOf, type Session } from './session.ts';

type TaskInput = Omit<VariablesOf<typeof taskCreate>['input'], 'idempotencyKey' | 'conversation'>;

/** Starts one task under the key of the delivery, so that a repeat is the same task, and says what came of it. */
export async function startTask(session: Session, input: TaskInput): Promise<void> {
  const conversation = conversationOf(session);
  const { taskCreate: answer } = await session.api.call(
    taskCreate,
    { input: { ...input, idempotencyKey: session.key, ...(conversation === null ? {} : { conversation }) } },
    { retry: true, timeoutMs: 8_000 },
  );
  const { t } = session;
  if (answer.task !== null) {
    await session.answer(sentence(t.started(answer.task.number, answer.task.title)));
    return;
  }
  if (answer.candidates.length > 0) {
    const shown = answer.candidates.slice(0, 4);
    const lines = shown.map((one) => `${one.title} (${one.agentId} · ${one.name}): ${one.description}`);
    const question = input.instruction ?? '';
    const buttons = shown.map((one, place) =>
      button(`route.pick.${place}`, one.title, { a: one.agentId, t: one.name, q: question }),
    );
    // A button holds so many words at most; a longer question is said again with more to go by.
    const choice = question !== '' && question.length <= 1_500 ? [actions(...buttons)] : [];
    await session.answer(sentence(t.candidates, richText([bullets(lines)]), ...choice, context(t.candidateHint)));
    return;
  }
  // Words that lead nowhere: say what can be done instead.
  if (answer.userErrors.some(({ code, path }) => code === 'MISSING_INPUT' && path?.at(-1) === 'instruction')) {
    await session.answer(sentence(t.noRouter));
    return;
  }
  if (!(await answeredErrors(session, answer.userErrors))) await session.answer(sentence(t.noRouter));
}
