import { carried, defineAction, incidentIds } from '../action.ts';
import { incidentCard } from '../blocks/incident-card.ts';
import { incidentRelease } from '../operations.ts';
import { redraw } from '../redraw.ts';
import { answeredErrors, tell } from '../session.ts';

/** Gives an acknowledged incident back. */
export const action = defineAction({
  name: 'incident-release',
  controls: ['incident.release'],
  press: async (input, session) => {
    const ids = carried(incidentIds, input.value);
    if (ids === null) return tell(session, session.t.askedElsewhere);
    const { incidentRelease: answer } = await session.api.call(
      incidentRelease,
      { input: { id: ids.i } },
      { retry: true },
    );
    if (answer.userErrors.length > 0 && answer.incident !== null)
      await redraw(session, input, incidentCard(session.scene, answer.incident));
    await answeredErrors(session, answer.userErrors);
  },
});
