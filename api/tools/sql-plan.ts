import { z } from 'zod';
import { databaseNamed, judgeFor } from './sql.ts';
import { defineReadTool } from './tool.ts';

const args = z.strictObject({ database: z.string().min(1).max(63), sql: z.string().min(1).max(20_000) });

/** What the gate and the planner say of a statement; nothing of it was run. */
export type SqlPlanReading = {
  readonly database: string;
  readonly sql: string;
  readonly verdict: 'allow' | 'refuse';
  readonly code: string | null;
  readonly reason: { readonly en: string; readonly ko: string } | null;
  readonly relations: string[];
  readonly rows: number | null;
  readonly cost: number | null;
  readonly maxRows: number;
  readonly timeoutMs: number;
  readonly masked: string[];
};

/** Judges one statement and asks the planner what it would cost. */
export const sqlPlan = defineReadTool<z.infer<typeof args>, SqlPlanReading>({
  name: 'sql.plan',
  args,
  timeoutMs: 20_000,
  run: async ({ database: name, sql }, ports, signal) => {
    const database = await databaseNamed(ports, name);
    const { verdict } = await judgeFor(ports, database, sql, signal);
    const reply = (
      data: Pick<SqlPlanReading, 'verdict' | 'code' | 'reason' | 'relations' | 'rows' | 'cost'>,
      summary: string,
    ) => ({
      outcome: 'success' as const,
      kind: 'other' as const,
      title: `SQL on ${name}`,
      asked: sql,
      summary,
      data: {
        database: name,
        sql,
        maxRows: database.maxRows,
        timeoutMs: database.timeoutMs,
        masked: [...database.maskedColumns],
        ...data,
      },
    });
    if (verdict.verdict === 'refuse')
      return reply(
        { verdict: 'refuse', code: verdict.code, reason: { ...verdict.reason }, relations: [], rows: null, cost: null },
        `Refused: ${verdict.reason.en}`,
      );
    const relations = [...verdict.relations].sort();
    const plan = verdict.kind === 'explain' ? { rows: 0, cost: 0 } : await ports.sql.plan(database, sql, signal);
    if (plan.cost > database.maxCost) {
      const cost = Math.round(plan.cost).toLocaleString('en');
      const reason = {
        en: `It would cost ${cost}, more than the ${database.maxCost.toLocaleString('en')} allowed. Narrow it down.`,
        ko: `예상 비용이 ${cost}로 한도 ${database.maxCost.toLocaleString('en')}를 넘습니다. 범위를 좁혀 주세요.`,
      };
      return reply(
        { verdict: 'refuse', code: 'too-costly', reason, relations, rows: plan.rows, cost: plan.cost },
        `Refused: ${reason.en}`,
      );
    }
    return reply(
      { verdict: 'allow', code: null, reason: null, relations, rows: plan.rows, cost: plan.cost },
      `One read of ${relations.join(', ') || 'no table'}: about ${plan.rows} rows, cost ${Math.round(plan.cost)}`,
    );
  },
});
