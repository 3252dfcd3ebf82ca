import { z } from 'zod';
import { chartRender } from '../../../tools/chart-render.ts';
import { defineTask } from '../../task.ts';
import { afterRun, notPlanned } from '../answer.ts';
import { confirmAndRun, propose } from '../ask.ts';
import { chooseDatabase } from '../choose.ts';

const input = z
  .strictObject({
    question: z.string().trim().min(1).max(20_000).optional(),
    sql: z.string().trim().min(1).max(20_000).optional(),
    database: z.string().trim().min(1).max(63).optional(),
    chart: z.enum(['line', 'bar']).optional(),
  })
  .refine((given) => given.question !== undefined || given.sql !== undefined, {
    message: 'question or sql is needed',
    path: ['question'],
  });
const output = z.object({
  outcome: z.enum(['rows', 'refused', 'not-confirmed', 'failed', 'needs-model', 'missing']),
  database: z.string(),
  sql: z.string().nullable(),
  rowCount: z.number().nullable(),
  chart: z.object({ key: z.string(), kind: z.string(), points: z.number(), evidenceRef: z.number().int() }).nullable(),
});

/** Numbers over time or by group, with a picture. Without a language model it takes SQL and saved queries. */
export const task = defineTask<z.infer<typeof input>>({
  type: 'statistical_query',
  title: { en: 'Statistics with a chart', ko: '통계와 차트' },
  description: {
    en: 'Runs one confirmed aggregated query and draws its result as a chart.',
    ko: '확인받은 집계 쿼리 하나를 실행하고 결과를 차트로 그립니다.',
  },
  input,
  exampleInput: { question: 'orders per day', database: 'shop' },
  output,
  maxRisk: 'low',
  usesLanguageModel: true,
  describe: ({ question, sql }) => {
    const words = (question ?? sql ?? '').replace(/\s+/g, ' ').slice(0, 80);
    return { en: `Chart: ${words}`, ko: `차트: ${words}` };
  },
  run: async (given, context) => {
    const database = chooseDatabase(await context.record.sources(), given.database, context.locale);
    const proposal = await propose(context, database, given);
    if (proposal.kind !== 'planned') {
      const { outcome, finding } = notPlanned(proposal, database);
      await context.conclude(finding);
      return {
        outcome,
        database: database.name,
        sql: proposal.kind === 'refused' ? proposal.sql : null,
        rowCount: null,
        chart: null,
      };
    }
    const asked = given.question ?? given.sql ?? '';
    const ran = await confirmAndRun(context, proposal.plan, asked);
    const chartKey = `${context.taskId}:chart`;
    const drawn =
      ran.kind === 'rows'
        ? await context.tool('chart', { en: 'Draw the chart', ko: '차트 그리기' }, chartRender, {
            resultKey: ran.resultKey,
            chartKey,
            kind: given.chart ?? proposal.chart,
            title: (given.sql === undefined ? asked : database.name).replace(/\s+/g, ' ').slice(0, 120),
          })
        : null;
    const chart =
      drawn?.outcome === 'success'
        ? { key: chartKey, kind: drawn.data.kind, points: drawn.data.points, evidenceRef: drawn.evidence.ref }
        : null;
    const delivered =
      ran.kind === 'rows' &&
      (await context.record.deliverRows({
        resultKey: ran.resultKey,
        chartKey: chart === null ? null : chartKey,
        sql: proposal.plan.sql,
      }));
    const { outcome, finding } = afterRun(proposal, ran, delivered);
    const pictured =
      drawn === null
        ? []
        : [
            chart === null
              ? {
                  text: { en: 'There is no column of numbers to draw.', ko: '그릴 숫자 열이 없습니다.' },
                  evidenceRefs: [drawn.evidence.ref],
                }
              : {
                  text: {
                    en: `Drawn as a ${chart.kind} chart of ${chart.points} points.`,
                    ko: `${chart.points}개 지점의 ${chart.kind === 'line' ? '선' : '막대'} 차트로 그렸습니다.`,
                  },
                  evidenceRefs: [drawn.evidence.ref],
                },
          ];
    await context.conclude({ ...finding, situation: [...finding.situation, ...pictured] });
    return {
      outcome,
      database: database.name,
      sql: proposal.plan.sql,
      rowCount: ran.kind === 'rows' ? ran.reading.rowCount : null,
      chart,
    };
  },
});
