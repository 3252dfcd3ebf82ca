import { z } from 'zod';
import { AppError } from '../../lib/errors.ts';
import type { DataCheck } from '../ports/sql-source.ts';
import { databaseNamed, judgeFor } from './sql.ts';
import { maskedOutputs, maskedValue } from './sql-mask-rules.ts';
import { defineReadTool } from './tool.ts';

const args = z.strictObject({ database: z.string().min(1).max(63), check: z.string().min(1).max(63) });

/** What one check of data found. */
export type DataCheckReading = {
  readonly check: string;
  readonly kind: DataCheck['kind'];
  readonly sql: string;
  /** Rows (groups, for duplicates) that break the rule. */
  readonly count: number;
  readonly sample: string[];
};

const sampled = 5;
const quoted = (word: string): string => `"${word.replaceAll('"', '""')}"`;
/** `schema.table` or `table`, each part quoted. */
const table = (name: string): string => name.split('.').map(quoted).join('.');

/** The SQL of a named check: one row with the count, and a list of sample ids. Made from names alone, each quoted. */
export function checkSql(check: DataCheck): string {
  const { table: name } = check;
  const from = `from ${table(name)} as t`;
  const answer = (where: string, id: string) =>
    `select count(*) as count, (array_agg(t.${quoted(id)}::text order by t.${quoted(id)}) filter (where t.${quoted(id)} is not null))[1:${sampled}] as sample ${from} where ${where}`;
  switch (check.kind) {
    case 'orphans':
      return answer(
        `t.${quoted(check.column)} is not null and not exists (select 1 from ${table(check.parentTable)} as p where p.${quoted(check.parentColumn)} = t.${quoted(check.column)})`,
        check.id,
      );
    case 'range': {
      const parts = [
        ...(check.min === undefined ? [] : [`t.${quoted(check.column)} < ${check.min}`]),
        ...(check.max === undefined ? [] : [`t.${quoted(check.column)} > ${check.max}`]),
      ];
      if (parts.length === 0) throw new AppError('NOT_CONFIGURED', `The check ${check.name} has neither min nor max.`);
      return answer(parts.join(' or '), check.id);
    }
    case 'nulls':
      return answer(`t.${quoted(check.column)} is null`, check.id);
    case 'duplicates': {
      const columns = check.columns.map((column) => `t.${quoted(column)}`).join(', ');
      return `select count(*) as count, (array_agg(g.first_id order by g.first_id))[1:${sampled}] as sample from (select min(t.${quoted(check.id)}::text) as first_id ${from} group by ${columns} having count(*) > 1) as g`;
    }
    default:
      return check satisfies never;
  }
}

/** Runs one registered check: how many rows break its rule, and the first ids of them. */
export const dataCheck = defineReadTool<z.infer<typeof args>, DataCheckReading>({
  name: 'data.check',
  args,
  timeoutMs: 70_000,
  run: async ({ database: name, check: wanted }, ports, signal) => {
    const database = await databaseNamed(ports, name);
    const check = database.checks.find((one) => one.name === wanted);
    if (check === undefined) throw new AppError('INVALID_INPUT', `${name} has no check ${wanted}.`);
    const sql = checkSql(check);
    const { verdict } = await judgeFor(ports, database, sql, signal);
    if (verdict.verdict === 'refuse') throw new AppError('POLICY_REFUSED', `${wanted}: ${verdict.reason.en}`);
    const { rows, columns } = await ports.sql.select(database, sql, signal);
    const count = Number(rows[0]?.[0] ?? 0);
    const isMasked = maskedOutputs({ tree: verdict.tree, maskedColumns: database.maskedColumns, columns })[1] ?? true;
    const sample = isMasked ? (count > 0 ? [maskedValue] : []) : readArray(rows[0]?.[1]);
    return {
      outcome: 'success',
      kind: 'other',
      title: `${wanted} on ${name}`,
      asked: sql,
      summary:
        count === 0
          ? `${wanted}: nothing breaks the rule`
          : `${wanted}: ${count} (${check.kind}), for example ${sample.join(', ')}`.slice(0, 300),
      data: { check: wanted, kind: check.kind, sql, count, sample },
    };
  },
});

/** A PostgreSQL text array as its elements. */
function readArray(value: unknown): string[] {
  if (typeof value !== 'string') return [];
  return [...value.matchAll(/"((?:[^"\\]|\\.)*)"|([^{},]+)/g)].map((match) =>
    (match[1]?.replace(/\\(.)/g, '$1') ?? match[2] ?? '').slice(0, 80),
  );
}
