import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../lib/launch/embedded-postgres.ts';

/** A PostgreSQL of its own that is killed and started again on its port. */
export interface Database {
  readonly url: string;
  /** For looking: a query fails while the database is away. */
  readonly pool: pg.Pool;
  readonly pid: () => number;
  /** kill -9 of the whole server, sessions and all. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a server in that folder. */
export async function startDatabase(home: string): Promise<Database> {
  let server: EmbeddedPostgres = await startEmbeddedPostgres({ home });
  const { url, port } = server;
  const pool = new pg.Pool({
    connectionString: url,
    max: 6,
    application_name: 'trials',
    connectionTimeoutMillis: 2_000,
    query_timeout: 5_000,
  });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  let stopped = false;
  process.once('exit', () => {
    if (!stopped && isAlive(server.pid)) process.kill(-server.pid, 'SIGKILL');
  });
  return {
    url,
    pool,
    pid: () => server.pid,
    async kill() {
      const { pid } = server;
      process.kill(-pid, 'SIGKILL');
      while (isAlive(pid)) await pause(5);
    },
    async start() {
      server = await startEmbeddedPostgres({ home, port });
    },
    async stop() {
      await pool.end().catch(() => undefined);
      await server.stop();
      stopped = true;
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
