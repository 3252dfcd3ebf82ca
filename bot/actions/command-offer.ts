import { z } from 'zod';
import { carried, defineAction } from '../action.ts';
import { tell } from '../session.ts';
import { startTask } from '../start-task.ts';

const offered = z.object({ c: z.string().min(1).max(64) });

/** The two buttons of "did you mean": run the command, or ask the words as a question. */
export const action = defineAction({
  name: 'command-offer',
  controls: ['command.run', 'command.ask'],
  press: async (input, session) => {
    const words = carried(offered, input.value);
    if (words === null) return tell(session, session.t.askedElsewhere);
    if (input.action === 'command.run') return session.runText(words.c);
    await startTask(session, { instruction: words.c });
  },
});
