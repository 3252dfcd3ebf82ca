import { z } from 'zod';
import { defineTask } from '../../task.ts';
import { afterRun, notPlanned } from '../answer.ts';
import { confirmAndRun, propose } from '../ask.ts';
import { chooseDatabase } from '../choose.ts';

const input = z
  .strictObject({
    /** The question in Korean or English, the name of a saved query, or SQL. */
    question: z.string().trim().min(1).max(20_000).optional(),
    sql: z.string().trim().min(1).max(20_000).optional(),
    database: z.string().trim().min(1).max(63).optional(),
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
});

/** One confirmed read. Without a language model it takes SQL and saved queries, and says that the rest needs a model. */
export const task = defineTask<z.infer<typeof input>>({
  type: 'natural_language_query',
  title: { en: 'Question to a database', ko: '데이터 질문' },
  description: {
    en: 'Turns a question into one read-only query, shows it to the asker, runs it after their yes and sends them the rows.',
    ko: '질문을 읽기 전용 쿼리 하나로 바꿔 질문자에게 보여 주고, 확인하면 실행해 결과를 보냅니다.',
  },
  input,
  exampleInput: { question: 'How many orders failed yesterday?', database: 'shop' },
  output,
  maxRisk: 'low',
  usesLanguageModel: true,
  describe: ({ question, sql }) => {
    const words = (question ?? sql ?? '').replace(/\s+/g, ' ').slice(0, 80);
    return { en: `Data: ${words}`, ko: `데이터: ${words}` };
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
      };
    }
    const ran = await confirmAndRun(context, proposal.plan, given.question ?? given.sql ?? '');
    const delivered =
      ran.kind === 'rows' &&
      (await context.record.deliverRows({ resultKey: ran.resultKey, chartKey: null, sql: proposal.plan.sql }));
    const { outcome, finding } = afterRun(proposal, ran, delivered);
    await context.conclude(finding);
    return {
      outcome,
      database: database.name,
      sql: proposal.plan.sql,
      rowCount: ran.kind === 'rows' ? ran.reading.rowCount : null,
    };
  },
});
