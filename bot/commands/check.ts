import { parseDuration } from '../../lib/duration.ts';
import { defineCommand } from '../command.ts';
import { readDuration } from '../grammar.ts';
import { startTask } from '../start-task.ts';

/** Asks the monitoring agent to look now. */
export const command = defineCommand({
  name: 'check',
  words: ['점검'],
  label: { en: 'check', ko: '점검' },
  summary: { en: 'check systems, databases, logs and jobs now', ko: '지금 시스템·DB·로그·배치 점검' },
  usage: {
    en: ['check health', 'check health payment-api', 'check db shop', 'check logs payment-api 1h', 'check jobs'],
    ko: ['점검 상태', '점검 상태 payment-api', '점검 DB shop', '점검 로그 payment-api 1시간', '점검 배치'],
  },
  verbs: [
    { name: 'health', words: ['상태', '헬스'], changes: true, args: 'optional-text' },
    { name: 'db', words: ['디비', '데이터베이스', 'database'], changes: true, args: 'optional-text' },
    { name: 'logs', words: ['로그', 'log'], changes: true, args: 'optional-text' },
    { name: 'jobs', words: ['배치', '작업', 'job'], changes: true, args: 'optional-text' },
  ],
  bare: { verb: 'health', changes: true, args: 'none' },
  run: async (input, session) => {
    const [first, second] = input.args;
    switch (input.verb) {
      case 'db':
        return startTask(session, {
          agentId: 'monitoring',
          taskType: 'db_health_check',
          params: first === undefined ? {} : { database: first },
        });
      case 'logs': {
        const durations = input.args.filter((one) => readMinutes(one) !== null);
        const minutes = readMinutes(durations[0] ?? '');
        const source = [first, second].find((one) => one !== undefined && readMinutes(one) === null);
        const params = { ...(source === undefined ? {} : { source }), ...(minutes === null ? {} : { minutes }) };
        return startTask(session, { agentId: 'monitoring', taskType: 'log_analysis', params });
      }
      case 'jobs':
        return startTask(session, {
          agentId: 'monitoring',
          taskType: 'job_status_check',
          params: first === undefined ? {} : { job: first },
        });
      default:
    }
    const systems = input.args.slice(0, 100);
    await startTask(session, {
      agentId: 'monitoring',
      taskType: 'health_check',
      params: systems.length === 0 ? {} : { systems },
    });
  },
});

/** Minutes of "30m", "2h" or "1시간"; null when the word is no time. */
function readMinutes(word: string): number | null {
  const duration = readDuration(word);
  const ms = duration === null ? null : parseDuration(duration);
  return ms === null ? null : Math.max(1, Math.round(ms / 60_000));
}
