import pg from 'pg';
import { z } from 'zod';
import { AppError } from '../../../lib/errors.ts';
import type { Database, SqlPlan, SqlRelation, SqlRows, SqlSource, SqlValue } from '../../ports/sql-source.ts';
import { type ConnectionOf, withConnection } from './connection.ts';

const lockMs = 1_000;
const planSchema = z.array(z.object({ Plan: z.object({ 'Total Cost': z.number(), 'Plan Rows': z.number() }) })).min(1);
const quoted = (word: string): string => `"${word.replaceAll('"', '""')}"`;

/** Rights that reach beyond reading rows: with any of them the role is refused. */
const rightsSql = `select rolsuper or rolbypassrls or rolreplication or rolcreaterole
    or pg_has_role(oid, 'pg_read_server_files', 'member') or pg_has_role(oid, 'pg_write_server_files', 'member')
    or pg_has_role(oid, 'pg_execute_server_program', 'member') as too_much
  from pg_catalog.pg_roles where rolname = current_user`;

const describeSql = `select n.nspname as schema, c.relname as name, c.relkind as kind, c.reltuples as estimated,
    obj_description(c.oid, 'pg_class') as comment,
    (select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'nullable', not a.attnotnull,
        'comment', col_description(c.oid, a.attnum)) order by a.attnum)
      from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        and has_column_privilege(c.oid, a.attnum, 'select')) as columns,
    (select json_agg(json_build_object(
        'columns', (select json_agg(a.attname) from pg_attribute a where a.attrelid = k.conrelid and a.attnum = any(k.conkey)),
        'to', k.confrelid::regclass::text,
        'toColumns', (select json_agg(a.attname) from pg_attribute a where a.attrelid = k.confrelid and a.attnum = any(k.confkey))))
      from pg_constraint k where k.conrelid = c.oid and k.contype = 'f') as refs
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = any($1) and c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
    and has_schema_privilege(n.oid, 'usage') and has_any_column_privilege(c.oid, 'select')
  order by 1, 2 limit 1000`;

const relationRow = z.object({
  schema: z.string(),
  name: z.string(),
  kind: z.string(),
  estimated: z.number(),
  comment: z.string().nullable(),
  columns: z
    .array(z.object({ name: z.string(), type: z.string(), nullable: z.boolean(), comment: z.string().nullable() }))
    .nullable(),
  refs: z
    .array(
      z.object({ columns: z.array(z.string()).nullable(), to: z.string(), toColumns: z.array(z.string()).nullable() }),
    )
    .nullable(),
});

/** Reads registered PostgreSQL databases; each call on a connection of its own that is dropped afterwards. */
export function createPostgresSource(options: { readonly connectionOf: ConnectionOf }): SqlSource {
  /** A read-only transaction with limits of its own; it is never committed. */
  const reading = <T>(database: Database, signal: AbortSignal, work: (client: pg.Client) => Promise<T>): Promise<T> =>
    withConnection(options.connectionOf(database.connection), database.name, signal, async (client) => {
      const path = [...database.schemas.map(quoted), 'pg_temp'].join(', ');
      await client.query('begin transaction isolation level repeatable read read only');
      await client.query(
        `set local statement_timeout = ${database.timeoutMs}; set local lock_timeout = ${lockMs};
         set local idle_in_transaction_session_timeout = ${database.timeoutMs + 5_000}; set local search_path = ${path}`,
      );
      const rights = await client.query<{ too_much: boolean }>(rightsSql);
      if (rights.rows[0]?.too_much !== false)
        throw new AppError(
          'NOT_CONFIGURED',
          `${database.name}: the role of its connection may do more than read; use one that has SELECT alone`,
        );
      return work(client);
    });

  return {
    describe: (database, signal) =>
      reading(database, signal, async (client): Promise<readonly SqlRelation[]> => {
        const { rows } = await client.query(describeSql, [database.schemas]);
        return z
          .array(relationRow)
          .parse(rows)
          .filter(({ schema, name, kind }) =>
            database.relations === undefined
              ? kind === 'r' || kind === 'p'
              : database.relations.includes(`${schema}.${name}`),
          )
          .map((row) => ({
            schema: row.schema,
            name: row.name,
            comment: row.comment,
            estimatedRows: Math.max(0, Math.round(row.estimated)),
            columns: row.columns ?? [],
            references: (row.refs ?? []).map((one) => ({
              columns: one.columns ?? [],
              to: one.to,
              toColumns: one.toColumns ?? [],
            })),
          }));
      }),
    plan: (database, sql, signal) => reading(database, signal, (client) => planOf(client, sql)),
    select: (database, sql, signal, limits) =>
      reading(database, signal, async (client) => {
        const begun = performance.now();
        const maxRows = Math.min(limits?.maxRows ?? database.maxRows, database.maxRows);
        const read = await readRows(client, sql, maxRows, database.maxBytes);
        const columns =
          read.cut === null
            ? await originsOf(client, read.fields)
            : await originsOnNewConnection(database, signal, read.fields);
        return { columns, rows: read.rows, cut: read.cut, elapsedMs: Math.round(performance.now() - begun) };
      }),
  };

  /** The connection of a cut answer is gone; the names of its columns are asked on another. */
  function originsOnNewConnection(database: Database, signal: AbortSignal, fields: readonly pg.FieldDef[]) {
    return reading(database, signal, (client) => originsOf(client, fields));
  }
}

async function planOf(client: pg.Client, sql: string): Promise<SqlPlan> {
  const { rows } = await client.query({
    text: `explain (format json) ${sql}`,
    queryMode: 'extended',
  } as pg.QueryConfig);
  const first: unknown = rows[0];
  const plan = z.object({ 'QUERY PLAN': planSchema }).parse(first)['QUERY PLAN'][0]?.Plan;
  return { cost: plan?.['Total Cost'] ?? 0, rows: plan?.['Plan Rows'] ?? 0 };
}

interface Read {
  readonly fields: readonly pg.FieldDef[];
  readonly rows: SqlValue[][];
  readonly cut: 'rows' | 'bytes' | null;
}

/** Reads from a portal in portions and cuts the connection when a limit is reached; the server then stops by itself. */
function readRows(client: pg.Client, sql: string, maxRows: number, maxBytes: number): Promise<Read> {
  return new Promise((resolve, reject) => {
    const rows: SqlValue[][] = [];
    let fields: readonly pg.FieldDef[] = [];
    let bytes = 0;
    let ended = false;
    const query = new pg.Query({
      text: sql,
      rowMode: 'array',
      rows: 100,
      types: { getTypeParser: () => (value: string) => value },
    } as pg.QueryArrayConfig);
    const cut = (why: 'rows' | 'bytes') => {
      ended = true;
      void client.end().catch(() => undefined);
      resolve({ fields, rows, cut: why });
    };
    query.on('row', (row: unknown, result?: pg.ResultBuilder<pg.QueryResultRow>) => {
      if (ended || !Array.isArray(row)) return;
      fields = result?.fields ?? fields;
      if (rows.length >= maxRows) return cut('rows');
      bytes += row.reduce((sum: number, value) => sum + (typeof value === 'string' ? Buffer.byteLength(value) : 4), 0);
      if (bytes > maxBytes) return cut('bytes');
      rows.push(row.map((value, at) => asValue(value, fields[at]?.dataTypeID ?? 0)));
    });
    query.on('end', (result: pg.ResultBuilder<pg.QueryResultRow>) => {
      // The connection takes the next statement only once it is idle.
      if (!ended) client.once('drain', () => resolve({ fields: result.fields ?? fields, rows, cut: null }));
    });
    query.on('error', (error) => {
      if (!ended) reject(error);
    });
    client.query(query);
  });
}

/** Numbers that fit are numbers, everything else is the database's own text. */
function asValue(value: unknown, type: number): SqlValue {
  if (typeof value !== 'string') return null;
  if (type === 16) return value === 't';
  if ([20, 21, 23, 26, 700, 701, 1700].includes(type)) {
    const number = Number(value);
    const exact =
      type === 700 || type === 701 || type === 1700
        ? Number.isFinite(number) && value.length <= 16
        : Number.isSafeInteger(number);
    return exact ? number : value;
  }
  return value;
}

async function originsOf(client: pg.Client, fields: readonly pg.FieldDef[]): Promise<SqlRows['columns']> {
  const { rows } = await client.query<{ n: number; type: string; origin: string | null }>(
    `select f.n::int as n, format_type(f.type, null) as type, s.nspname || '.' || c.relname || '.' || a.attname as origin
       from unnest($1::oid[], $2::int[], $3::oid[]) with ordinality as f(relation, attribute, type, n)
       left join pg_class c on c.oid = f.relation left join pg_namespace s on s.oid = c.relnamespace
       left join pg_attribute a on a.attrelid = c.oid and a.attnum = f.attribute and f.attribute > 0
      order by f.n`,
    [fields.map((one) => one.tableID), fields.map((one) => one.columnID), fields.map((one) => one.dataTypeID)],
  );
  return fields.map((one, at) => ({
    name: one.name,
    type: rows[at]?.type ?? 'unknown',
    origin: rows[at]?.origin ?? null,
  }));
}
