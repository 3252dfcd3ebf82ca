import { carried, defineAction, incidentIds } from '../action.ts';
import { tell } from '../session.ts';
import { startTask } from '../start-task.ts';

/** Starts an investigation of the incident on the card. */
export const action = defineAction({
  name: 'incident-investigate',
  controls: ['incident.investigate'],
  press: async (input, session) => {
    const ids = carried(incidentIds, input.value);
    if (ids === null) return tell(session, session.t.askedElsewhere);
    await startTask(session, { agentId: 'sop', taskType: 'incident_response', params: {}, incidentId: ids.i });
  },
});
