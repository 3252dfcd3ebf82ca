import { z } from 'zod';
import { carried, defineAction } from '../action.ts';
import { tell } from '../session.ts';
import { startTask } from '../start-task.ts';

const picked = z.object({
  a: z.string().min(1).max(64),
  t: z.string().min(1).max(64),
  q: z.string().min(1).max(1_500),
});

/** One of the tasks a question may have meant: started with the same words, what is missing in them is asked for. */
export const action = defineAction({
  name: 'route-pick',
  controls: [0, 1, 2, 3].map((place) => `route.pick.${place}`),
  press: async (input, session) => {
    const choice = carried(picked, input.value);
    if (choice === null) return tell(session, session.t.askedElsewhere);
    await startTask(session, { agentId: choice.a, taskType: choice.t, instruction: choice.q });
  },
});
