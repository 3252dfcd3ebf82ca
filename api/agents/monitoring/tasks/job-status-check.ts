import { z } from 'zod';
import { AppError } from '../../../../lib/errors.ts';
import { jobRuns } from '../../../tools/job-runs.ts';
import { type ClaimDraft, defineTask } from '../../task.ts';

const input = z.strictObject({
  /** A registered job, or a system that has some; all of them when left out. */
  job: z.string().min(1).max(120).optional(),
  hours: z.number().int().min(1).max(744).default(24),
});
const output = z.object({
  jobs: z.array(
    z.object({
      job: z.string(),
      state: z.enum(['ok', 'missed', 'failed', 'unknown']),
      expected: z.number(),
      ran: z.number(),
      missed: z.array(z.string()),
      failed: z.array(z.string()),
      lastRunAt: z.string().nullable(),
      message: z.string(),
      evidenceRef: z.number().int(),
    }),
  ),
  troubled: z.number().int(),
});

/** When jobs were due, when they ran, and which never did. Needs no language model. */
export const task = defineTask<z.infer<typeof input>>({
  type: 'job_status_check',
  title: { en: 'Job check', ko: '배치 점검' },
  description: {
    en: 'Sets the runs of registered jobs (from logs or a table) against their cron expression: missed, failed, last run.',
    ko: '등록된 배치의 실행 흔적(로그나 테이블)을 cron 일정과 비교해 누락, 실패, 마지막 실행을 보여 줍니다.',
  },
  input,
  exampleInput: { job: 'settlement', hours: 24 },
  output,
  maxRisk: 'read_only',
  usesLanguageModel: false,
  describe: ({ job }) => ({
    en: `Job check${job === undefined ? '' : ` of ${job}`}`,
    ko: `${job === undefined ? '' : `${job} `}배치 점검`,
  }),
  run: async ({ job: wanted, hours }, context) => {
    const { jobs } = await context.record.sources();
    const chosen = wanted === undefined ? jobs : jobs.filter((one) => one.name === wanted || one.system === wanted);
    if (chosen.length === 0) {
      const list = jobs.map((one) => one.name).join(', ');
      const message =
        jobs.length === 0
          ? { en: 'No job is registered.', ko: '등록된 배치가 없습니다.' }
          : {
              en: `Not registered: ${wanted}. There are: ${list}`,
              ko: `등록되지 않은 배치입니다: ${wanted}. 등록된 것: ${list}`,
            };
      throw new AppError(
        jobs.length === 0 ? 'NOT_CONFIGURED' : 'INVALID_INPUT',
        context.locale === 'KO' ? message.ko : message.en,
        { path: ['input', 'params', 'job'] },
      );
    }
    const now = await context.now('now');
    const from = new Date(now.getTime() - hours * 3_600_000);
    const found: z.infer<typeof output>['jobs'] = [];
    const claims: ClaimDraft[] = [];
    for (const { name } of chosen.slice(0, 50)) {
      const reply = await context.tool(`job:${name}`, { en: `Runs of ${name}`, ko: `${name} 실행 확인` }, jobRuns, {
        job: name,
        from: from.toISOString(),
        now: now.toISOString(),
      });
      const { ref, summary } = reply.evidence;
      if (reply.outcome !== 'success') {
        found.push({
          job: name,
          state: 'unknown',
          expected: 0,
          ran: 0,
          missed: [],
          failed: [],
          lastRunAt: null,
          message: reply.reason,
          evidenceRef: ref,
        });
        continue;
      }
      const { expected, ran, missed, failed, lastRunAt } = reply.data;
      found.push({
        job: name,
        state: missed.length > 0 ? 'missed' : failed.length > 0 ? 'failed' : 'ok',
        expected,
        ran,
        missed,
        failed,
        lastRunAt,
        message: summary,
        evidenceRef: ref,
      });
      claims.push({
        text: {
          en: `${name}: ${ran} of ${expected} runs${missed.length > 0 ? `; missed ${missed.slice(0, 5).join(', ')}` : ''}${failed.length > 0 ? `; failed ${failed.slice(0, 5).join(', ')}` : ''}.`,
          ko: `${name}: ${expected}회 중 ${ran}회 실행${missed.length > 0 ? `, 누락 ${missed.slice(0, 5).join(', ')}` : ''}${failed.length > 0 ? `, 실패 ${failed.slice(0, 5).join(', ')}` : ''}.`,
        },
        evidenceRefs: [ref],
        check: { kind: 'equals', ref, path: ['ran'], value: ran },
      });
    }
    const order = ['missed', 'failed', 'unknown', 'ok'];
    found.sort((one, other) => order.indexOf(one.state) - order.indexOf(other.state));
    const troubled = found.filter((one) => one.state === 'missed' || one.state === 'failed').length;
    await context.conclude({
      headline:
        troubled === 0
          ? { en: `${claims.length} jobs ran when they were due`, ko: `배치 ${claims.length}건 모두 제때 실행됨` }
          : {
              en: `${troubled} of ${found.length} jobs were missed or failed`,
              ko: `배치 ${found.length}건 중 ${troubled}건 누락 또는 실패`,
            },
      verdict: claims.length === 0 ? 'INCONCLUSIVE' : 'FOUND',
      confidence: claims.length === 0 ? 'NONE' : claims.length === found.length ? 'HIGH' : 'MEDIUM',
      situation: [],
      reasons: claims.slice(0, 12),
      against: [],
      notChecked: found.filter((one) => one.state === 'unknown').map((one) => `${one.job}: ${one.message}`),
      needed: [],
      writtenByModel: false,
    });
    return { jobs: found, troubled };
  },
});
