import type pg from 'pg';
import { z } from 'zod';
import { redactText } from '../../../lib/redact.ts';
import type { BackendFacts, BlockingChain, DatabaseHealth, DatabaseReading } from '../../ports/database-health.ts';
import type { Database } from '../../ports/sql-source.ts';
import { type ConnectionOf, withConnection } from './connection.ts';

const queryChars = 300;
const mostRows = 20;
const number = z.coerce.number();

/** One row per client session of this database, our own left out. */
const activitySql = `select a.pid, coalesce(a.usename, '') as user, coalesce(a.application_name, '') as application, coalesce(a.state, '') as state,
    a.backend_start::text as "backendStart", a.query_start::text as "queryStart", coalesce(left(a.query, 1000), '') as query,
    coalesce(extract(epoch from clock_timestamp() - a.query_start), 0)::float8 as "queryAgeSeconds",
    extract(epoch from clock_timestamp() - a.xact_start)::float8 as "transactionAgeSeconds",
    nullif(concat_ws(':', a.wait_event_type, a.wait_event), '') as "waitsFor",
    case when a.wait_event_type = 'Lock' then pg_blocking_pids(a.pid) else '{}' end as "blockedBy",
    coalesce(extract(epoch from clock_timestamp() - (select min(l.waitstart) from pg_locks l where l.pid = a.pid and not l.granted)), 0)::float8 as "blockedSeconds"
  from pg_stat_activity a
  where a.datname = current_database() and a.backend_type = 'client backend' and a.pid <> pg_backend_pid()`;

const activityRow = z.object({
  pid: z.number(),
  user: z.string(),
  application: z.string(),
  state: z.string(),
  backendStart: z.string(),
  queryStart: z.string().nullable(),
  query: z.string().transform((text) => redactText(text.replace(/\s+/g, ' ').trim()).slice(0, queryChars)),
  queryAgeSeconds: number.transform(Math.round),
  transactionAgeSeconds: z
    .number()
    .nullable()
    .transform((value) => (value === null ? null : Math.round(value))),
  waitsFor: z.string().nullable(),
  blockedBy: z.array(z.number()),
  blockedSeconds: number.transform(Math.round),
});
type Activity = z.infer<typeof activityRow>;

/** Reads PostgreSQL's own views; ends sessions by exact identity. */
export function createPostgresHealth(options: { readonly connectionOf: ConnectionOf }): DatabaseHealth {
  const reading = <T>(database: Database, signal: AbortSignal, work: (client: pg.Client) => Promise<T>): Promise<T> =>
    withConnection(
      options.connectionOf(database.monitorConnection ?? database.connection),
      database.name,
      signal,
      async (client) => {
        await client.query(
          `begin read only; set local statement_timeout = 5000; set local lock_timeout = 1000; set local timezone = 'UTC'; set local search_path = pg_catalog`,
        );
        return work(client);
      },
    );
  return {
    read: (database, limits, signal) => reading(database, signal, (client) => readAll(client, limits)),
    backend: (database, pid, signal) =>
      reading(database, signal, async (client) => {
        const { rows } = await client.query(`${activitySql} and a.pid = $1`, [pid]);
        const row = rows[0] === undefined ? null : activityRow.parse(rows[0]);
        return row === null ? null : factsOf(row);
      }),
    end: (database, kind, ref, signal) =>
      withConnection(
        options.connectionOf(database.adminConnection ?? ''),
        `${database.name} (for ending sessions)`,
        signal,
        async (client) => {
          await client.query(`set statement_timeout = 5000; set timezone = 'UTC'; set search_path = pg_catalog`);
          const act = kind === 'cancel' ? 'pg_cancel_backend' : 'pg_terminate_backend';
          // The identity and the signal are one statement: no other query can slip in between them.
          const { rows } = await client.query(
            `select ${act}(a.pid) as sent from pg_stat_activity a
            where a.pid = $1 and a.backend_start::text = $2 and a.query_start::text is not distinct from $3
              and a.datname = current_database() and a.backend_type = 'client backend' and a.pid <> pg_backend_pid()`,
            [ref.pid, ref.backendStart, ref.queryStart],
          );
          const sent: unknown = rows[0]?.sent;
          if (sent === undefined)
            return { accepted: false, answer: `${ref.pid} is no longer running that query; nothing was ended` };
          return sent === true
            ? { accepted: true, answer: `${act}(${ref.pid}) was sent` }
            : { accepted: false, answer: `the server did not take ${act}(${ref.pid})` };
        },
      ),
  };
}

const factsOf = ({ blockedBy: _, blockedSeconds: __, ...facts }: Activity): BackendFacts => facts;

async function readAll(
  client: pg.Client,
  limits: { readonly longSeconds: number; readonly idleSeconds: number },
): Promise<DatabaseReading> {
  const activity = z.array(activityRow).parse((await client.query(activitySql)).rows);
  const server = z.object({ version: z.string(), recovery: z.boolean(), used: number, max: number }).parse(
    (
      await client.query(
        `select current_setting('server_version') as version, pg_is_in_recovery() as recovery,
             (select count(*) from pg_stat_activity where backend_type = 'client backend') as used,
             current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as max`,
      )
    ).rows[0],
  );
  const byState: Record<string, number> = {};
  for (const { state } of activity)
    byState[state === '' ? 'unknown' : state] = (byState[state === '' ? 'unknown' : state] ?? 0) + 1;
  const ages = activity.flatMap((one) => (one.transactionAgeSeconds === null ? [] : [one.transactionAgeSeconds]));
  return {
    version: server.version,
    inRecovery: server.recovery,
    connections: { used: server.used, max: server.max, byState },
    long: activity
      .filter((one) => one.state === 'active' && one.queryAgeSeconds >= limits.longSeconds)
      .sort(byAge)
      .slice(0, mostRows)
      .map(factsOf),
    idleInTransaction: activity
      .filter(
        (one) => one.state.startsWith('idle in transaction') && (one.transactionAgeSeconds ?? 0) >= limits.idleSeconds,
      )
      .sort(byAge)
      .slice(0, mostRows)
      .map(factsOf),
    chains: chainsOf(activity),
    slowStatements: await slowOf(client),
    bloat: await listOf(
      client,
      `select schemaname || '.' || relname as "table", n_live_tup as "liveRows", n_dead_tup as "deadRows",
         round(n_dead_tup::numeric / greatest(n_live_tup + n_dead_tup, 1), 3) as "deadShare", greatest(last_vacuum, last_autovacuum)::text as "lastVacuum"
       from pg_stat_user_tables where n_dead_tup > 1000 and n_dead_tup > 0.2 * (n_live_tup + n_dead_tup) order by n_dead_tup desc limit ${mostRows}`,
      z.object({
        table: z.string(),
        liveRows: number,
        deadRows: number,
        deadShare: number,
        lastVacuum: z.string().nullable(),
      }),
    ),
    replicas: await listOf(
      client,
      `select coalesce(application_name, '') as name, coalesce(state, '') as state,
         case when pg_is_in_recovery() then null else pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) end as "lagBytes", extract(epoch from replay_lag)::float8 as "lagSeconds"
       from pg_stat_replication limit ${mostRows}`,
      z.object({ name: z.string(), state: z.string(), lagBytes: number.nullable(), lagSeconds: z.number().nullable() }),
    ),
    slots: await listOf(
      client,
      `select slot_name as name, active, case when pg_is_in_recovery() then null else pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) end as "retainedBytes"
       from pg_replication_slots limit ${mostRows}`,
      z.object({ name: z.string(), active: z.boolean(), retainedBytes: number.nullable() }),
    ),
    oldestTransactionSeconds: ages.length === 0 ? null : Math.max(...ages),
  };
}

const byAge = (one: Activity, other: Activity): number => other.queryAgeSeconds - one.queryAgeSeconds;

/** A part that the role may not read is left empty, not made up; the rest is still told. */
async function listOf<S extends z.ZodType>(client: pg.Client, sql: string, row: S): Promise<z.infer<S>[]> {
  await client.query('savepoint part');
  try {
    return z.array(row).parse((await client.query(sql)).rows);
  } catch {
    await client.query('rollback to savepoint part');
    return [];
  }
}

async function slowOf(client: pg.Client): Promise<DatabaseReading['slowStatements']> {
  const found = await client.query(
    `select n.nspname as schema from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_stat_statements'`,
  );
  const schema: unknown = found.rows[0]?.schema;
  if (typeof schema !== 'string') return null;
  const view = `"${schema.replaceAll('"', '""')}".pg_stat_statements`;
  return listOf(
    client,
    `select left(query, 1000) as query, calls, round(mean_exec_time::numeric, 1) as "meanMs", round(total_exec_time::numeric) as "totalMs"
     from ${view} s join pg_database d on d.oid = s.dbid and d.datname = current_database() where calls > 0 order by total_exec_time desc limit 10`,
    z.object({
      query: z.string().transform((text) => redactText(text.replace(/\s+/g, ' ').trim()).slice(0, queryChars)),
      calls: number,
      meanMs: number,
      totalMs: number,
    }),
  );
}

/** Follows each waiting session to whoever waits for nobody. */
function chainsOf(activity: readonly Activity[]): BlockingChain[] {
  const byPid = new Map(activity.map((one) => [one.pid, one]));
  const waiting = activity.filter((one) => one.blockedBy.length > 0);
  const rootsOf = (one: Activity, seen: ReadonlySet<number>): number[] =>
    one.blockedBy.flatMap((pid) => {
      const next = byPid.get(pid);
      if (next === undefined || seen.has(pid)) return [];
      return next.blockedBy.length === 0 ? [pid] : rootsOf(next, new Set([...seen, pid]));
    });
  const chains = new Map<number, Activity[]>();
  for (const one of waiting)
    for (const root of new Set(rootsOf(one, new Set([one.pid])))) chains.set(root, [...(chains.get(root) ?? []), one]);
  return [...chains].flatMap(([pid, blocked]) => {
    const root = byPid.get(pid);
    if (root === undefined) return [];
    return [
      {
        root: factsOf(root),
        blocked: blocked
          .sort((one, other) => other.blockedSeconds - one.blockedSeconds)
          .slice(0, mostRows)
          .map(({ blockedBy, blockedSeconds, ...facts }) => ({ ...facts, blockedBy, blockedSeconds })),
      },
    ];
  });
}
