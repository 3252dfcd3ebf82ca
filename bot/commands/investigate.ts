import { defineCommand, exampleOf } from '../command.ts';
import { lookupQuery } from '../operations.ts';
import { found, tell } from '../session.ts';
import { startTask } from '../start-task.ts';

/** Finds the cause of an incident, or of what a person describes. */
export const command = defineCommand({
  name: 'investigate',
  words: ['조사', '분석', '원인'],
  label: { en: 'investigate', ko: '조사' },
  summary: { en: 'find the cause', ko: '원인 찾기' },
  usage: { en: ['investigate INC-31'], ko: ['조사 INC-31'] },
  ids: ['INC', 'AG'],
  verbs: [],
  bare: { verb: null, changes: true, args: 'text' },
  run: async (input, session) => {
    const number = input.ids[0];
    if (number === undefined) {
      if (input.rest === '') return tell(session, session.t.whichId(exampleOf(command, session.scene.locale)));
      return startTask(session, { instruction: input.rest });
    }
    const { lookup } = await session.api.call(lookupQuery, { number });
    const node = found(session, lookup, number);
    const incident =
      node.__typename === 'Incident' ? node.id : node.__typename === 'AlertGroup' ? node.incident?.id : undefined;
    await startTask(session, {
      agentId: 'sop',
      taskType: 'incident_response',
      params: {},
      incidentId: found(session, incident, number),
    });
  },
});
