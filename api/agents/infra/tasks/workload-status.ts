import { z } from 'zod';
import { AppError } from '../../../../lib/errors.ts';
import { workloadRead } from '../../../tools/workload-read.ts';
import { defineTask } from '../../task.ts';

const input = z.strictObject({ system: z.string().min(1).max(120) });
const output = z.object({
  system: z.string(),
  status: z.enum(['running', 'degraded', 'stopped', 'missing', 'unknown']),
  message: z.string(),
  evidenceRef: z.number().int().nullable(),
  exit: z.string().nullable(),
  generation: z.number().int().nullable(),
});

/** State of the process or deployment a system runs on. Needs no language model. */
export const task = defineTask<z.infer<typeof input>>({
  type: 'workload_status',
  title: { en: 'Workload status', ko: '워크로드 상태' },
  description: {
    en: 'Reads the process or deployment of a system: running, degraded or stopped, since when, how it ended.',
    ko: '시스템의 프로세스나 배포를 읽습니다: 실행, 일부 실행, 중지, 시작 시각, 종료 이유.',
  },
  input,
  exampleInput: { system: 'payment-api' },
  output,
  maxRisk: 'read_only',
  usesLanguageModel: false,
  describe: ({ system }) => ({ en: `Workload of ${system}`, ko: `${system} 워크로드 상태` }),
  run: async ({ system: name }, context) => {
    const system = await context.record.system(name);
    if (system === null) {
      throw new AppError(
        'INVALID_INPUT',
        context.locale === 'KO' ? `등록되지 않은 시스템입니다: ${name}` : `Not registered: ${name}`,
        {
          path: ['input', 'params', 'system'],
        },
      );
    }
    if (system.workload === null) {
      const message = context.locale === 'KO' ? '워크로드가 등록되지 않았습니다.' : 'no workload is registered';
      return { system: name, status: 'unknown', message, evidenceRef: null, exit: null, generation: null };
    }
    const reply = await context.tool(
      'workload',
      { en: `State of ${system.workload.name}`, ko: `${system.workload.name} 상태` },
      workloadRead,
      system.workload,
    );
    const { ref, summary } = reply.evidence;
    if (reply.outcome !== 'success') {
      const status = reply.outcome === 'no_data' ? 'missing' : 'unknown';
      return { system: name, status, message: summary, evidenceRef: ref, exit: null, generation: null };
    }
    const { status, exit, generation } = reply.data;
    return { system: name, status, message: summary, evidenceRef: ref, exit, generation };
  },
});
