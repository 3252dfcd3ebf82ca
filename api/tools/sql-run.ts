import { z } from 'zod';
import { sha256Hex } from '../../lib/canonical-json.ts';
import { AppError } from '../../lib/errors.ts';
import type { SqlRows, SqlValue } from '../ports/sql-source.ts';
import { databaseNamed, judgeFor } from './sql.ts';
import { maskedOutputs, maskedValue } from './sql-mask-rules.ts';
import { defineActionTool } from './tool.ts';

const args = z.strictObject({
  database: z.string().min(1).max(63),
  sql: z.string().min(1).max(20_000),
  /** The rows are kept under this key, for the person who asked. */
  resultKey: z.string().min(1).max(200),
  /** What is shown on the card beside the SQL. */
  estimatedRows: z.number().nullable(),
});

/** Rows as they are kept: masked already. */
export const rowsSchema = z.object({
  columns: z.array(z.object({ name: z.string(), type: z.string(), masked: z.boolean() })),
  rows: z.array(z.array(z.union([z.string(), z.number(), z.boolean(), z.null()]))),
});
export type KeptRows = z.infer<typeof rowsSchema>;

/**
 * Runs exactly the statement a person has seen and confirmed. It reads, so a call that may not have arrived is made again under its key. The
 * answer tells how many rows there were; the rows themselves are kept for the requester alone.
 */
export const sqlRun = defineActionTool<z.infer<typeof args>>({
  name: 'sql.run',
  args,
  risk: 'low',
  timeoutMs: 70_000,
  honoursKey: true,
  describe: ({ database, sql, estimatedRows }) => ({
    title: `Run this query on ${database}`,
    target: `query/${database}/${sha256Hex(sql).slice(0, 16)}`,
    command: sql,
    effect: `One read of ${database}${estimatedRows === null ? '' : `, about ${estimatedRows} rows`}; the rows go to the person who asked`,
    undo: null,
    diff: null,
    estimatedMs: null,
  }),
  precondition: async ({ database: name, sql }, ports, signal) => {
    const database = await databaseNamed(ports, name);
    const { verdict } = await judgeFor(ports, database, sql, signal);
    return {
      allowed: verdict.verdict === 'allow',
      masked: [...database.maskedColumns].sort().join(','),
      connection: database.connection,
    };
  },
  perform: async ({ database: name, sql, resultKey }, _key, ports, signal) => {
    const database = await databaseNamed(ports, name);
    const { verdict } = await judgeFor(ports, database, sql, signal);
    if (verdict.verdict === 'refuse') return { accepted: false, answer: verdict.reason.en };
    let answer: SqlRows;
    try {
      answer = await ports.sql.select(database, sql, signal);
    } catch (error) {
      if (error instanceof AppError && error.code === 'UPSTREAM_REJECTED')
        return { accepted: false, answer: error.message };
      throw error;
    }
    const mask = maskedOutputs({ tree: verdict.tree, maskedColumns: database.maskedColumns, columns: answer.columns });
    const kept: KeptRows = {
      columns: answer.columns.map((column, at) => ({ name: column.name, type: column.type, masked: mask[at] ?? true })),
      rows: answer.rows.map((row) =>
        row.map((value, at): SqlValue => (mask[at] === false || value === null ? value : maskedValue)),
      ),
    };
    const masked = kept.columns.filter((column) => column.masked).map((column) => column.name);
    await ports.artifacts.keep({
      key: resultKey,
      kind: 'TABLE',
      fileName: `${name}.json`,
      mediaType: 'application/json',
      bytes: Buffer.from(JSON.stringify(kept)),
      altText: null,
      facts: {
        database: name,
        rowCount: kept.rows.length,
        cut: answer.cut,
        columns: kept.columns.map((column) => column.name),
        masked,
        elapsedMs: answer.elapsedMs,
      },
    });
    const cut = answer.cut === null ? '' : `, cut at the limit of ${answer.cut}`;
    return {
      accepted: true,
      answer: `${kept.rows.length} rows in ${answer.elapsedMs} ms${cut}${masked.length > 0 ? `; masked: ${masked.join(', ')}` : ''}`,
    };
  },
  // A read leaves nothing behind to ask about; it may always be made again.
  check: async () => 'not_arrived',
});
