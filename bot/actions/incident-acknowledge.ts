import { carried, defineAction, incidentIds } from '../action.ts';
import { incidentCard } from '../blocks/incident-card.ts';
import { incidentAcknowledge } from '../operations.ts';
import { redraw } from '../redraw.ts';
import { answeredErrors, tell } from '../session.ts';

/** "Mine": stops the repeats, and ends by itself. */
export const action = defineAction({
  name: 'incident-acknowledge',
  controls: ['incident.acknowledge'],
  press: async (input, session) => {
    const ids = carried(incidentIds, input.value);
    if (ids === null) return tell(session, session.t.askedElsewhere);
    const { incidentAcknowledge: answer } = await session.api.call(
      incidentAcknowledge,
      { input: { id: ids.i } },
      { retry: true },
    );
    if (answer.userErrors.length > 0 && answer.incident !== null)
      await redraw(session, input, incidentCard(session.scene, answer.incident));
    await answeredErrors(session, answer.userErrors);
  },
});
