import { z } from 'zod';

const name = z.string().regex(/^[a-z0-9]([-a-z0-9_]{0,61}[a-z0-9])?$/, 'must be a short lower-case name');
const text = (max: number) => z.string().trim().min(1).max(max);
const connection = z.string().regex(/^SQL_[A-Z0-9_]{1,80}$/, 'must name an environment variable that begins with SQL_');

/** A check of data by its kind; the SQL of it is made by code from these names. */
export const dataCheckSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('orphans'),
    name,
    table: text(200),
    column: text(120),
    parentTable: text(200),
    parentColumn: text(120),
    id: text(120),
  }),
  z.strictObject({
    kind: z.literal('range'),
    name,
    table: text(200),
    column: text(120),
    min: z.number().optional(),
    max: z.number().optional(),
    id: text(120),
  }),
  z.strictObject({
    kind: z.literal('duplicates'),
    name,
    table: text(200),
    columns: z.array(text(120)).min(1).max(5),
    id: text(120),
  }),
  z.strictObject({ kind: z.literal('nulls'), name, table: text(200), column: text(120), id: text(120) }),
]);

/** A database people may ask, as it is registered with a system. The address itself stands in the environment, by name. */
export const databaseSchema = z.strictObject({
  name,
  /** Name of the environment variable with the address of a role that may only read. */
  connection,
  /** The same for a role that sees all sessions (pg_monitor); `connection` when left out. */
  monitorConnection: connection.optional(),
  /** The same for a role that may end sessions (pg_signal_backend); without it none is ended. */
  adminConnection: connection.optional(),
  schemas: z.array(text(63)).min(1).max(20).default(['public']),
  /** `schema.name` of what may be read; all tables of the schemas when left out. A view or foreign table has to be named. */
  relations: z.array(text(130)).max(500).optional(),
  /** Columns whose values nobody sees: `table.column`, or `column` for every table. */
  maskedColumns: z.array(text(200)).max(500).default([]),
  /** Columns that may not even be named. */
  secretColumns: z.array(text(200)).max(500).default([]),
  functions: z.array(text(130)).max(100).default([]),
  maxRows: z.number().int().min(1).max(10_000).default(1_000),
  maxBytes: z.number().int().min(1_000).max(10_000_000).default(1_000_000),
  maxCost: z.number().min(1).default(1_000_000),
  timeoutMs: z.number().int().min(100).max(60_000).default(10_000),
  /** How old the newest row may be. */
  freshness: z
    .array(z.strictObject({ name, table: text(200), column: text(120), maxAgeMinutes: z.number().min(1) }))
    .max(50)
    .default([]),
  checks: z.array(dataCheckSchema).max(100).default([]),
  /** Saved questions: what people call them, and the SQL that answers. */
  queries: z
    .array(
      z.strictObject({
        name,
        words: z.array(text(200)).max(20).default([]),
        sql: text(20_000),
        chart: z.enum(['line', 'bar']).optional(),
      }),
    )
    .max(100)
    .default([]),
});
export type Database = z.infer<typeof databaseSchema>;
export type DataCheck = z.infer<typeof dataCheckSchema>;

/** A table or view as the catalogue describes it to the reading role. */
export interface SqlRelation {
  readonly schema: string;
  readonly name: string;
  readonly comment: string | null;
  readonly estimatedRows: number;
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly nullable: boolean;
    readonly comment: string | null;
  }[];
  readonly references: readonly {
    readonly columns: readonly string[];
    readonly to: string;
    readonly toColumns: readonly string[];
  }[];
}

export type SqlValue = string | number | boolean | null;

/** What a statement brought, as far as the limits allow. */
export interface SqlRows {
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    /** `schema.table.column` when the value comes straight from there; null when it is computed. */
    readonly origin: string | null;
  }[];
  readonly rows: readonly (readonly SqlValue[])[];
  /** The limit that cut the answer short. */
  readonly cut: 'rows' | 'bytes' | null;
  readonly elapsedMs: number;
}

export interface SqlPlan {
  readonly cost: number;
  readonly rows: number;
}

/**
 * Reads registered databases. Every call opens its own connection, in a read-only transaction with limits of its own, and drops it
 * afterwards, so that nothing a statement sets outlives it. A role with more rights than reading is refused (NOT_CONFIGURED).
 * The statement has to have passed the gate: this port runs exactly the text it is given.
 * Errors are AppError: NOT_CONFIGURED, UPSTREAM_UNAVAILABLE (may be tried again), UPSTREAM_REJECTED (the database refuses the statement, or
 * a limit ended it); texts of the database are passed on without addresses or secrets. May be called twice without harm.
 */
export interface SqlSource {
  /** What the role may read of the database's schemas. */
  describe(database: Database, signal: AbortSignal): Promise<readonly SqlRelation[]>;
  /** The planner's estimate; nothing is run. */
  plan(database: Database, sql: string, signal: AbortSignal): Promise<SqlPlan>;
  /** Runs one statement as a prepared one, within the time, row and byte limits. */
  select(
    database: Database,
    sql: string,
    signal: AbortSignal,
    limits?: { readonly maxRows?: number },
  ): Promise<SqlRows>;
}
