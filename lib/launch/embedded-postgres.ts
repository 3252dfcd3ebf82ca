import { mkdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { findBinaries, serverAccount } from './postgres-binaries.ts';
import { reachableHome, readOrCreatePassword } from './postgres-home.ts';
import { codeOf, pause } from './postgres-process.ts';
import { Cluster, type Running } from './postgres-server.ts';

/** Advisory lock of the server: held shared by everyone who uses it, so that the last one can stop it. */
const IN_USE = 7_715_018;

export interface EmbeddedPostgresOptions {
  /** Folder that keeps the cluster, its password and its log. */
  readonly home: string;
  readonly database?: string;
  /** 0, the default, means any free one. */
  readonly port?: number;
  /** Starts the server again, on its port, whenever it ends before `stop`. */
  readonly supervised?: boolean;
  /** Further server settings, `name=value`. They hold for whoever starts the server. */
  readonly settings?: readonly string[];
  readonly log?: (line: string) => void;
}

export interface EmbeddedPostgres {
  readonly url: string;
  readonly port: number;
  /** Changes when a supervised server was started again. */
  readonly pid: number;
  /** True when a server that was already running was taken over. */
  readonly adopted: boolean;
  /** Leaves the server; the last user stops it. Answers whether this was the last one. */
  stop(): Promise<boolean>;
}

/** A server in use: the connection that holds our share of the lock. */
interface Use extends Running {
  readonly holder: pg.Client;
}

/**
 * A private PostgreSQL 15 on loopback from npm's binaries, with password, page checksums and a life cycle of its own.
 * Several processes may share a home: the first starts the server, the others join it, the last one stops it. One left by a crash is joined.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { database = 'agentic_ai', supervised = false, log = () => undefined } = options;
  mkdirSync(options.home, { recursive: true, mode: 0o755 });
  const asked = realpathSync(options.home);
  const home = reachableHome(asked, serverAccount(path.join(asked, 'pgdata')), log);
  const account = serverAccount(path.join(home, 'pgdata'));
  const password = readOrCreatePassword(home);
  const cluster = new Cluster(home, account, findBinaries(account, log), password, options.settings ?? []);

  const first = await use(cluster, options.port ?? 0, log);
  await createDatabase(first.holder, database);
  const { port, adopted } = first;
  let current = first;
  let leaving = false;
  let restarting: Promise<void> | undefined;
  const watch = () => {
    if (!supervised) return;
    current.holder.once('end', () => {
      if (!leaving) restarting = restart();
    });
  };
  const restart = async (): Promise<void> => {
    for (let pauseMs = 100; !leaving; pauseMs = Math.min(5_000, pauseMs * 2)) {
      try {
        current = await use(cluster, port, log);
        log(`the database had ended: ${current.adopted ? 'joined again' : 'started again'} (process ${current.pid})`);
        watch();
        return;
      } catch (error) {
        log(error instanceof Error ? error.message : String(error));
        await pause(pauseMs);
      }
    }
  };
  watch();
  cluster.boundLog();
  const logKeeper = setInterval(() => cluster.boundLog(), 60_000).unref();

  return {
    url: `postgresql://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`,
    port,
    adopted,
    get pid() {
      return current.pid;
    },
    async stop() {
      leaving = true;
      clearInterval(logKeeper);
      await restarting;
      return await leave(cluster, current);
    },
  };
}

/** Joins the server or starts it, and takes a share of its lock. */
async function use(cluster: Cluster, port: number, log: (line: string) => void): Promise<Use> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const running = (await cluster.join()) ?? (await cluster.launch(port));
    if (running !== null) {
      let holder: pg.Client | undefined;
      try {
        holder = await cluster.connect(running.port);
        await holder.query('select pg_advisory_lock_shared($1)', [IN_USE]);
        return { ...running, holder };
      } catch (error) {
        // Its last user was just stopping it.
        await holder?.end().catch(() => undefined);
        log(`the database went away while joining it (${error instanceof Error ? error.message : String(error)})`);
      }
    }
    await pause(200);
  }
  throw new Error(`PostgreSQL did not come up; see ${cluster.logFile}\n${cluster.lastWords()}`);
}

/** Gives up our share and stops the server when nobody else has one. A share lost with its connection is asked for by a new one. */
async function leave(cluster: Cluster, { holder, port }: Use): Promise<boolean> {
  let client = holder;
  try {
    await holder.query('select pg_advisory_unlock_shared($1)', [IN_USE]);
  } catch {
    const other = await cluster.connect(port).catch(() => null);
    if (other === null) return true;
    client = other;
  }
  try {
    const { rows } = await client.query<{ last: boolean }>('select pg_try_advisory_lock($1) as last', [IN_USE]);
    if (rows[0]?.last !== true) return false;
    await cluster.stop();
    return true;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Makes the database unless it is there. Two starters at once get in each other's way while the template is copied. */
async function createDatabase(client: pg.Client, database: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    if ((await client.query('select 1 from pg_database where datname = $1', [database])).rowCount) return;
    try {
      await client.query(`create database ${pg.escapeIdentifier(database)}`);
      return;
    } catch (error) {
      const code = codeOf(error);
      if (attempt > 100 || (code !== '42P04' && code !== '23505' && code !== '55006')) throw error;
      await pause(50);
    }
  }
}
