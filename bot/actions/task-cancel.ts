import { carried, defineAction, taskIds } from '../action.ts';
import { taskCancel } from '../operations.ts';
import { answeredErrors, tell } from '../session.ts';

/** Stop: ends within one tool call and keeps the findings. */
export const action = defineAction({
  name: 'task-cancel',
  controls: ['task.cancel'],
  press: async (input, session) => {
    const ids = carried(taskIds, input.value);
    if (ids === null) return tell(session, session.t.askedElsewhere);
    const { taskCancel: answer } = await session.api.call(taskCancel, { input: { id: ids.t } }, { retry: true });
    if (await answeredErrors(session, answer.userErrors)) return;
    await tell(session, session.t.cancelledNow(answer.task?.number ?? ''));
  },
});
