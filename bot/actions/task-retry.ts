import { carried, defineAction, taskIds } from '../action.ts';
import { taskRetry } from '../operations.ts';
import { answeredErrors, tell } from '../session.ts';

/** Runs a failed or inconclusive task once more. */
export const action = defineAction({
  name: 'task-retry',
  controls: ['task.retry'],
  press: async (input, session) => {
    const ids = carried(taskIds, input.value);
    if (ids === null) return tell(session, session.t.askedElsewhere);
    const { taskRetry: answer } = await session.api.call(
      taskRetry,
      { input: { id: ids.t, idempotencyKey: session.key } },
      { retry: true },
    );
    if (await answeredErrors(session, answer.userErrors)) return;
    await tell(session, session.t.retriedNow(answer.task?.number ?? ''));
  },
});
