import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import {
  chownSync,
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import pg from 'pg';
import { findBinaries, type ServerAccount, serverAccount } from './postgres-binaries.ts';

/** Advisory lock of the server: held shared by everyone who uses it, so that the last one can stop it. */
const IN_USE = 7_715_018;
const LOG_LIMIT_BYTES = 20 * 1024 * 1024;
const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=300',
  'shared_buffers=64MB',
];

export interface EmbeddedPostgresOptions {
  /** Folder that keeps the cluster, its password and its log. */
  readonly home: string;
  readonly database?: string;
  /** 0, the default, means any free one. */
  readonly port?: number;
  readonly log?: (line: string) => void;
}

export interface EmbeddedPostgres {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** True when a server that was already running was taken over. */
  readonly adopted: boolean;
  /** Leaves the server; the last user stops it. Answers whether this was the last one. */
  stop(): Promise<boolean>;
}

interface Running {
  readonly pid: number;
  readonly port: number;
  readonly adopted: boolean;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : undefined);
const quiet = () => undefined;

/**
 * A private PostgreSQL 15 on loopback from npm's binaries, with password, page checksums and a life cycle of its own.
 * Several processes may share a home: the first starts the server, the others join it, the last one stops it. One left by a crash is joined.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { database = 'agentic_ai', log = quiet } = options;
  mkdirSync(options.home, { recursive: true, mode: 0o755 });
  const account = serverAccount();
  const binaries = findBinaries(account, log);
  const home = reachableHome(realpathSync(options.home), account, log);
  const server = new Server(home, account, binaries, options.port ?? 0);
  for (let attempt = 0; attempt < 5; attempt++) {
    const running = (await server.join()) ?? (await server.launch());
    if (running === null) {
      await pause(200);
      continue;
    }
    try {
      const holder = await server.connect(running.port);
      await holder.query('select pg_advisory_lock_shared($1)', [IN_USE]);
      await createDatabase(holder, database);
      return {
        ...running,
        url: `postgresql://postgres:${encodeURIComponent(server.password)}@127.0.0.1:${running.port}/${database}`,
        stop: () => server.leave(holder, running.pid),
      };
    } catch (error) {
      log(`the server went away while joining it (${error instanceof Error ? error.message : String(error)})`);
      await pause(200);
    }
  }
  throw new Error(`PostgreSQL did not come up; see ${path.join(home, 'postgres.log')}`);
}

async function createDatabase(client: pg.Client, database: string): Promise<void> {
  if ((await client.query('select 1 from pg_database where datname = $1', [database])).rowCount) return;
  try {
    await client.query(`create database ${pg.escapeIdentifier(database)}`);
  } catch (error) {
    if (codeOf(error) !== '42P04' && codeOf(error) !== '23505') throw error;
  }
}

/** The home itself, or, where a folder above it is closed to the server's account, a folder of its own under /var/tmp, always the same one. */
function reachableHome(home: string, account: ServerAccount, log: (line: string) => void): string {
  if (account.uid === undefined || spawnSync('/bin/sh', ['-c', 'cd "$0"', home], account).status === 0) return home;
  const other = path.join('/var/tmp', `agentic-ai-${createHash('sha256').update(home).digest('hex').slice(0, 12)}`);
  mkdirSync(other, { recursive: true, mode: 0o755 });
  if (statSync(other).uid !== process.getuid?.()) throw new Error(`${other} belongs to somebody else`);
  log(`${home} lies below a closed folder: the database is kept in ${other}`);
  return other;
}

class Server {
  readonly password: string;
  private readonly data: string;

  constructor(
    private readonly home: string,
    private readonly account: ServerAccount,
    private readonly binaries: string,
    private readonly wantedPort: number,
  ) {
    this.data = path.join(home, 'pgdata');
    this.password = readOrCreatePassword(path.join(home, 'pg-password'));
  }

  async connect(port: number): Promise<pg.Client> {
    const client = new pg.Client({
      host: '127.0.0.1',
      port,
      user: 'postgres',
      password: this.password,
      database: 'postgres',
      connectionTimeoutMillis: 2_000,
    });
    client.on('error', quiet);
    await client.connect();
    return client;
  }

  /** A server of this home that runs already: started by a sibling or left by a crash. Another program with the same pid is not mistaken for it. */
  async join(): Promise<Running | null> {
    for (let i = 0; i < 100; i++) {
      const found = this.pidFile();
      if (found === null || !isAlive(found.pid)) return null;
      if (found.port > 0 && (await this.answers(found.port))) return { ...found, adopted: true };
      if (!isPostgres(found.pid)) return null;
      await pause(50);
    }
    return null;
  }

  async launch(): Promise<Running | null> {
    this.initialise();
    this.dropForeignPid();
    const port = this.wantedPort || (await freePort());
    const logFile = path.join(this.home, 'postgres.log');
    if ((statSync(logFile, { throwIfNoEntry: false })?.size ?? 0) > LOG_LIMIT_BYTES)
      renameSync(logFile, `${logFile}.1`);
    const out = openSync(logFile, 'a', 0o600);
    // Detached: Ctrl-C in a terminal reaches the launcher, which stops the server in order.
    const child = spawn(
      path.join(this.binaries, 'bin', 'postgres'),
      ['-D', this.data, '-p', String(port), ...SETTINGS.flatMap((setting) => ['-c', setting])],
      { ...this.account, cwd: '/', env: this.environment(), stdio: ['ignore', out, out], detached: true },
    );
    closeSync(out);
    let exited = false;
    child.once('exit', () => {
      exited = true;
    });
    child.once('error', () => {
      exited = true;
    });
    child.unref();
    for (let i = 0; i < 2_400 && !exited; i++) {
      if (await this.answers(port)) return { pid: child.pid ?? 0, port, adopted: false };
      await pause(25);
    }
    return null;
  }

  /** Gives up the use of the server and stops it when nobody else uses it. */
  async leave(holder: pg.Client, pid: number): Promise<boolean> {
    try {
      await holder.query('select pg_advisory_unlock_shared($1)', [IN_USE]);
      const { rows } = await holder.query<{ last: boolean }>('select pg_try_advisory_lock($1) as last', [IN_USE]);
      if (rows[0]?.last !== true) {
        await holder.end();
        return false;
      }
    } catch {
      // Already down: nothing is left to be asked.
    }
    if (isAlive(pid) && isPostgres(pid)) process.kill(pid, 'SIGINT');
    for (let i = 0; i < 500 && isAlive(pid); i++) await pause(20);
    await holder.end().catch(quiet);
    return true;
  }

  /** Whether our own server, and not just something, listens on that port. */
  private async answers(port: number): Promise<boolean> {
    try {
      const client = await this.connect(port);
      try {
        const { rows } = await client.query<{ data_directory: string }>('show data_directory');
        return rows[0]?.data_directory === this.data;
      } finally {
        await client.end();
      }
    } catch {
      return false;
    }
  }

  private pidFile(): { readonly pid: number; readonly port: number } | null {
    try {
      const [pid, , , port] = readFileSync(path.join(this.data, 'postmaster.pid'), 'utf8').split('\n').map(Number);
      return pid === undefined || Number.isNaN(pid) ? null : { pid, port: port ?? 0 };
    } catch {
      return null;
    }
  }

  /** Removes a pid file left by a crash whose pid now belongs to another program; PostgreSQL would refuse to start beside it. */
  private dropForeignPid(): void {
    const left = this.pidFile();
    if (left !== null && isAlive(left.pid) && !isPostgres(left.pid))
      rmSync(path.join(this.data, 'postmaster.pid'), { force: true });
  }

  /** Makes the cluster in a draft folder and renames it: neither a crash nor a second process ever sees half a cluster. */
  private initialise(): void {
    if (existsSync(path.join(this.data, 'PG_VERSION'))) return;
    const draft = path.join(this.home, `pgdata.init-${randomUUID()}`);
    const passwordFile = path.join(this.home, `pg-password.init-${randomUUID()}`);
    mkdirSync(draft, { mode: 0o700 });
    writeFileSync(passwordFile, `${this.password}\n`, { mode: 0o600 });
    try {
      if (this.account.uid !== undefined && this.account.gid !== undefined) {
        chownSync(draft, this.account.uid, this.account.gid);
        chownSync(passwordFile, this.account.uid, this.account.gid);
      }
      const args = ['-D', draft, '-U', 'postgres', '--auth=scram-sha-256', '--pwfile', passwordFile, '-E', 'UTF8'];
      execFileSync(path.join(this.binaries, 'bin', 'initdb'), [...args, '--locale=C.UTF-8', '--data-checksums'], {
        ...this.account,
        cwd: '/',
        env: this.environment(),
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      try {
        renameSync(draft, this.data);
      } catch (error) {
        if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error;
      }
    } finally {
      rmSync(passwordFile, { force: true });
      rmSync(draft, { recursive: true, force: true });
    }
  }

  private environment(): NodeJS.ProcessEnv {
    return { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', TZ: 'UTC' };
  }
}

/** A password made once; linked into place, so that it is whole or not there at all. */
function readOrCreatePassword(file: string): string {
  if (!existsSync(file)) {
    const draft = `${file}.${randomUUID()}`;
    writeFileSync(draft, randomBytes(24).toString('base64url'), { mode: 0o600 });
    try {
      linkSync(draft, file);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    } finally {
      rmSync(draft);
    }
  }
  return readFileSync(file, 'utf8').trim();
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** Whether a process is a PostgreSQL server, as far as the system tells; where it does not, the answer is yes. */
function isPostgres(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('postgres');
  } catch (error) {
    return codeOf(error) !== 'ENOENT' || !existsSync('/proc/self');
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no free port')),
      );
    });
  });
}
