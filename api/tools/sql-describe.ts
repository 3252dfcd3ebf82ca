import { z } from 'zod';
import { databaseNamed } from './sql.ts';
import { defineReadTool } from './tool.ts';

const args = z.strictObject({ database: z.string().min(1).max(63) });

/** Tables a question may be asked of. */
export type SqlSchemaReading = {
  readonly database: string;
  readonly tables: {
    readonly name: string;
    readonly comment: string | null;
    readonly rows: number;
    readonly columns: string[];
    readonly references: string[];
  }[];
};

const mostTables = 80;

/** What the reading role may see of a registered database. */
export const sqlDescribe = defineReadTool<z.infer<typeof args>, SqlSchemaReading>({
  name: 'sql.describe',
  args,
  timeoutMs: 20_000,
  run: async ({ database: name }, ports, signal) => {
    const database = await databaseNamed(ports, name);
    const relations = await ports.sql.describe(database, signal);
    return {
      outcome: relations.length === 0 ? 'no_data' : 'success',
      kind: 'other',
      title: `Tables of ${name}`,
      asked: `catalogue of ${name}, schemas ${database.schemas.join(', ')}`,
      summary: `${name}: ${relations.length} tables: ${relations.map((one) => one.name).join(', ')}`.slice(0, 400),
      data: {
        database: name,
        tables: relations.slice(0, mostTables).map((one) => ({
          name: `${one.schema}.${one.name}`,
          comment: one.comment,
          rows: one.estimatedRows,
          columns: one.columns.map(
            (column) =>
              `${column.name} ${column.type}${column.comment === null ? '' : ` -- ${column.comment.slice(0, 80)}`}`,
          ),
          references: one.references.map(
            (reference) => `${reference.columns.join(', ')} -> ${reference.to}(${reference.toColumns.join(', ')})`,
          ),
        })),
      },
    };
  },
});
