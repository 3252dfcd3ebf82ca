import { z } from 'zod';
import { defineWorkflow } from '../workflow.ts';

/** Health and workload of one system, read at the same time by two agents. */
export const workflow = defineWorkflow({
  name: 'system_checkup',
  title: { en: 'System check-up', ko: '시스템 종합 점검' },
  description: {
    en: 'Calls the health address of a system and reads the process or deployment it runs on, at the same time.',
    ko: '시스템의 상태 주소를 호출하고 실행 중인 프로세스나 배포를 동시에 읽습니다.',
  },
  input: z.strictObject({ system: z.string().min(1).max(120) }),
  exampleInput: { system: 'payment-api' },
  steps: [
    {
      name: 'health',
      title: { en: 'Health (monitoring)', ko: '상태 (monitoring)' },
      agentId: 'monitoring',
      taskType: 'health_check',
      mode: 'PARALLEL',
      params: { systems: [{ $from: 'input.system' }] },
      onFailure: 'continue',
    },
    {
      name: 'workload',
      title: { en: 'Workload (infra)', ko: '워크로드 (infra)' },
      agentId: 'infra',
      taskType: 'workload_status',
      mode: 'PARALLEL',
      params: { system: { $from: 'input.system' } },
      onFailure: 'continue',
    },
  ],
});
