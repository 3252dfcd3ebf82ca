import { carried, defineAction, incidentIds } from '../action.ts';
import { incidentQuery } from '../operations.ts';
import { found, tell } from '../session.ts';
import { startTask } from '../start-task.ts';

/** Writes the report of a resolved incident from the record. */
export const action = defineAction({
  name: 'incident-report',
  controls: ['incident.report'],
  press: async (input, session) => {
    const ids = carried(incidentIds, input.value);
    if (ids === null) return tell(session, session.t.askedElsewhere);
    const { incident } = await session.api.call(incidentQuery, { id: ids.i });
    const known = found(session, incident, session.t.draftReport);
    await startTask(session, {
      agentId: 'report',
      taskType: 'incident_report',
      params: { incident: Number(known.number.replace(/^\D+/, '')) },
      incidentId: known.id,
    });
  },
});
