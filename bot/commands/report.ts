import { defineCommand, exampleOf } from '../command.ts';
import { incidentQuery } from '../operations.ts';
import { found, tell } from '../session.ts';
import { startTask } from '../start-task.ts';

/** The report of an incident, made from the record and posted in its thread. */
export const command = defineCommand({
  name: 'report',
  words: ['보고서'],
  label: { en: 'report', ko: '보고서' },
  summary: { en: 'the report of an incident', ko: '장애 보고서' },
  usage: { en: ['report incident INC-31'], ko: ['보고서 장애 INC-31'] },
  ids: ['INC'],
  verbs: [{ name: 'incident', words: ['장애'], changes: true, args: 'optional-id' }],
  bare: { verb: 'incident', changes: true, args: 'optional-id' },
  run: async (input, session) => {
    const number = input.ids[0];
    if (number === undefined) return tell(session, session.t.whichId(exampleOf(command, session.scene.locale)));
    const { incident } = await session.api.call(incidentQuery, { number });
    const known = found(session, incident, number);
    await startTask(session, {
      agentId: 'report',
      taskType: 'incident_report',
      params: { incident: Number(known.number.replace(/^\D+/, '')) },
      incidentId: known.id,
    });
  },
});
