import { z } from 'zod';
import { carried, defineAction } from '../action.ts';
import { workflowCancel } from '../operations.ts';
import { answeredErrors, tell } from '../session.ts';
import { workTexts } from '../work-texts.ts';

const ids = z.object({ w: z.string().min(1).max(200) });

/** Nothing more begins; what works now ends within one step. */
export const action = defineAction({
  name: 'workflow-cancel',
  controls: ['workflow.cancel'],
  press: async (input, session) => {
    const known = carried(ids, input.value);
    if (known === null) return tell(session, session.t.askedElsewhere);
    const { workflowCancel: answer } = await session.api.call(
      workflowCancel,
      { input: { id: known.w } },
      { retry: true },
    );
    if (await answeredErrors(session, answer.userErrors)) return;
    await tell(session, workTexts[session.scene.locale].workflowCancelled(answer.workflow?.number ?? ''));
  },
});
