import { defineCommand } from '../command.ts';
import { startTask } from '../start-task.ts';

/** Asks the monitoring agent to look now. */
export const command = defineCommand({
  name: 'check',
  words: ['점검'],
  label: { en: 'check', ko: '점검' },
  summary: { en: 'check the health of systems now', ko: '지금 시스템 상태 점검' },
  usage: { en: ['check health', 'check health payment-api'], ko: ['점검 상태', '점검 상태 payment-api'] },
  verbs: [{ name: 'health', words: ['상태', '헬스'], changes: true, args: 'optional-text' }],
  bare: { verb: 'health', changes: true, args: 'none' },
  run: async (input, session) => {
    const systems = input.args.slice(0, 100);
    await startTask(session, {
      agentId: 'monitoring',
      taskType: 'health_check',
      params: systems.length === 0 ? {} : { systems },
    });
  },
});
