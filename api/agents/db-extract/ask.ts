import { z } from 'zod';
import { sqlDescribe } from '../../tools/sql-describe.ts';
import { type SqlPlanReading, sqlPlan } from '../../tools/sql-plan.ts';
import { type SqlResultReading, sqlResult } from '../../tools/sql-result.ts';
import { sqlRun } from '../../tools/sql-run.ts';
import type { Bilingual, SourceFacts, StoredEvidence, TaskContext, ToolOutcome } from '../task.ts';
import { isSql, savedQuery } from './choose.ts';

/** Where the SQL of an answer comes from. */
export type Origin = 'given' | 'saved' | 'model';

/** What became of a question, before anything was run. */
export type Proposal =
  | {
      readonly kind: 'planned';
      readonly origin: Origin;
      readonly plan: SqlPlanReading;
      readonly evidence: StoredEvidence;
      readonly chart: 'line' | 'bar' | null;
    }
  | {
      readonly kind: 'refused';
      readonly reason: Bilingual;
      readonly evidence: StoredEvidence | null;
      readonly sql: string | null;
    }
  | { readonly kind: 'no-model' }
  | { readonly kind: 'missing'; readonly what: string; readonly evidence: StoredEvidence | null };

const written = z.object({
  sql: z.string().max(20_000),
  missing: z.string().max(500),
});
const triesOfModel = 3;
const planTitle: Bilingual = { en: 'Judge the query', ko: '쿼리 판정' };

/** Finds the one statement that may answer: given, saved, or written by the model; each goes through the gate and the planner. */
export async function propose(
  context: TaskContext,
  database: SourceFacts['databases'][number],
  input: { readonly question?: string | undefined; readonly sql?: string | undefined },
): Promise<Proposal> {
  const given =
    input.sql ?? (input.question !== undefined && (await isSql(input.question)) ? input.question : undefined);
  if (given !== undefined) return judged(await planOf(context, 'plan', database.name, given), 'given', given, null);
  const question = input.question ?? '';
  const saved = savedQuery(database.queries, question);
  if (saved !== null)
    return judged(await planOf(context, 'plan', database.name, saved.sql), 'saved', saved.sql, saved.chart);
  if (context.llm === 'none') return { kind: 'no-model' };
  return fromModel(context, database.name, question);
}

const planOf = (context: TaskContext, step: string, database: string, sql: string) =>
  context.tool(step, planTitle, sqlPlan, { database, sql });

function judged(
  reply: ToolOutcome<SqlPlanReading>,
  origin: Origin,
  sql: string,
  chart: 'line' | 'bar' | null,
): Proposal {
  if (reply.outcome !== 'success')
    return { kind: 'refused', reason: { en: reply.reason, ko: reply.reason }, evidence: reply.evidence, sql };
  const { data, evidence } = reply;
  if (data.verdict === 'refuse')
    return { kind: 'refused', reason: data.reason ?? { en: 'refused', ko: '거부됨' }, evidence, sql };
  return { kind: 'planned', origin, plan: data, evidence, chart };
}

/** The model proposes; what the gate, the planner or the database says against it is given back to it at most twice. */
async function fromModel(context: TaskContext, database: string, question: string): Promise<Proposal> {
  const schema = await context.tool('tables', { en: 'Read the tables', ko: '테이블 확인' }, sqlDescribe, { database });
  if (schema.outcome !== 'success') return { kind: 'missing', what: schema.reason, evidence: schema.evidence };
  const before: { readonly sql: string; readonly refused: string }[] = [];
  let last: Proposal = { kind: 'no-model' };
  for (let round = 1; round <= triesOfModel; round++) {
    const answer = await context.write(
      `write:${round}`,
      { en: 'Write the query', ko: '쿼리 작성' },
      {
        prompt: 'Write the one query that answers the question.',
        input: { question, tables: schema.data.tables, refusedBefore: before },
        schemaName: 'query',
        schema: written,
      },
    );
    if (answer === null) return last;
    if (answer.sql.trim() === '') return { kind: 'missing', what: answer.missing, evidence: schema.evidence };
    last = judged(await planOf(context, `plan:${round}`, database, answer.sql), 'model', answer.sql, null);
    if (last.kind !== 'refused') return last;
    before.push({ sql: answer.sql, refused: last.reason.en });
  }
  return last;
}

/** What became of a confirmed statement. */
export type Ran =
  | {
      readonly kind: 'rows';
      readonly resultKey: string;
      readonly reading: SqlResultReading;
      readonly evidence: StoredEvidence;
    }
  | { readonly kind: 'not-confirmed' | 'failed'; readonly reason: string };

/** Shows the exact statement to the person who asked, and runs it after their yes. */
export async function confirmAndRun(context: TaskContext, plan: SqlPlanReading, reason: string): Promise<Ran> {
  const resultKey = `${context.taskId}:rows`;
  const action = {
    tool: sqlRun,
    args: { database: plan.database, sql: plan.sql, resultKey, estimatedRows: plan.rows },
    reason,
  };
  const approval = await context.approve('confirm', { en: 'Confirmation of the query', ko: '쿼리 확인' }, action);
  if (approval.decision !== 'approved') return { kind: 'not-confirmed', reason: approval.reason };
  const effect = await context.effect('run', { en: 'Run the query', ko: '쿼리 실행' }, approval.approvalId, action);
  if (effect.status !== 'done')
    return { kind: 'failed', reason: effect.status === 'drifted' ? effect.reason : effect.note };
  if (!effect.accepted) {
    await context.actionOutcome(approval.approvalId, 'FAILED');
    return { kind: 'failed', reason: effect.answer };
  }
  const result = await context.tool('result', { en: 'Rows of the answer', ko: '결과 행' }, sqlResult, {
    resultKey,
    sql: plan.sql,
  });
  if (result.outcome !== 'success') return { kind: 'failed', reason: result.reason };
  await context.actionOutcome(approval.approvalId, 'VERIFIED');
  return { kind: 'rows', resultKey, reading: result.data, evidence: result.evidence };
}
