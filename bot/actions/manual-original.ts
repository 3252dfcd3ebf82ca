import { z } from 'zod';
import { carried, defineAction } from '../action.ts';
import { originalModal } from '../blocks/manual-views.ts';
import { manualPassageQuery } from '../operations.ts';
import { tell } from '../session.ts';

const passage = z.object({ p: z.string().min(1).max(200) });

/** Opens a passage with its neighbours. Whoever presses sees it by their own rights. */
export const action = defineAction({
  name: 'manual-original',
  controls: ['manual.original'],
  press: async (input, session) => {
    const ids = carried(passage, input.value);
    if (ids === null) return tell(session, session.t.askedElsewhere);
    const { manualPassage } = await session.api.call(manualPassageQuery, { id: ids.p }, { timeoutMs: 1_800 });
    if (manualPassage === null) return tell(session, session.t.manual.gone);
    await session.openForm(originalModal(session.scene, manualPassage));
  },
});
