import { defineCommand, exampleOf } from '../command.ts';
import { tell } from '../session.ts';
import { startTask } from '../start-task.ts';

/** Asks the infrastructure agent for the state of a workload. */
export const command = defineCommand({
  name: 'infra',
  words: ['인프라', '서버'],
  label: { en: 'infra', ko: '인프라' },
  summary: { en: 'the state of a workload', ko: '워크로드 상태' },
  usage: { en: ['infra status payment-api'], ko: ['인프라 상태 payment-api'] },
  verbs: [{ name: 'status', words: ['상태'], changes: true, args: 'text' }],
  bare: { verb: 'status', changes: true, args: 'none' },
  run: async (input, session) => {
    const system = input.args[0];
    if (system === undefined) return tell(session, session.t.whichId(exampleOf(command, session.scene.locale)));
    await startTask(session, { agentId: 'infra', taskType: 'workload_status', params: { system } });
  },
});
