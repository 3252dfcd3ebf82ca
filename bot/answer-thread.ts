import { taskAnswer, taskThreadsAwaited } from './operations.ts';
import { answeredErrors, type Session } from './session.ts';

/** Takes words in a thread as the answer a task waits for there; false when none waits. */
export async function answerInThread(
  session: Session,
  place: { readonly channel: string; readonly thread: string },
  text: string,
): Promise<boolean> {
  const { taskThreadsAwaited: threads } = await session.api.call(taskThreadsAwaited, {
    workspace: session.person.workspace,
  });
  const waiting = threads.find((one) => one.channel === place.channel && one.thread === place.thread);
  if (waiting === undefined) return false;
  const { taskAnswer: answer } = await session.api.call(
    taskAnswer,
    { input: { id: waiting.taskId, text: text.slice(0, 4_000), idempotencyKey: session.key } },
    { retry: true },
  );
  // What fitted is on the question's card; only what did not is said.
  await answeredErrors(session, answer.userErrors);
  return true;
}
