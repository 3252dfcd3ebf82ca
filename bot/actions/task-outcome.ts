import { z } from 'zod';
import { carried, defineAction, taskIds } from '../action.ts';
import { taskOutcomeResolve } from '../operations.ts';
import { answeredErrors, tell } from '../session.ts';

const outcome = taskIds.extend({ s: z.string().min(1).max(200) });
const observations: Readonly<Record<string, 'IT_RAN' | 'IT_DID_NOT_RUN' | 'ABANDON'>> = {
  'task.itRan': 'IT_RAN',
  'task.itDidNotRun': 'IT_DID_NOT_RUN',
  'task.abandon': 'ABANDON',
};

/** A person has looked and says what happened to a call whose answer was lost. */
export const action = defineAction({
  name: 'task-outcome',
  controls: Object.keys(observations),
  press: async (input, session) => {
    const ids = carried(outcome, input.value);
    const observed = observations[input.action];
    if (ids === null || observed === undefined) return tell(session, session.t.askedElsewhere);
    const { taskOutcomeResolve: answer } = await session.api.call(
      taskOutcomeResolve,
      { input: { id: ids.t, stepId: ids.s, observed, note: session.t.observed[observed] } },
      { retry: true },
    );
    if (await answeredErrors(session, answer.userErrors)) return;
    await tell(session, session.t.outcomeKept(answer.task?.number ?? ''));
  },
});
