import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  chownSync,
  closeSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import type { ServerAccount } from './postgres-binaries.ts';
import { codeOf, freePort, isServerOf, orphansOf, pause } from './postgres-process.ts';

/** A server that answers. */
export interface Running {
  readonly pid: number;
  readonly port: number;
  /** It was running before it was asked for. */
  readonly adopted: boolean;
}

const LOG_LIMIT_BYTES = 20 * 1024 * 1024;
const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=300',
  'shared_buffers=64MB',
];
const quiet = () => undefined;

/** The cluster of one home: made, started, joined and stopped. Who uses it is not its concern. */
export class Cluster {
  readonly logFile: string;
  private readonly data: string;
  private readonly pidFile: string;

  constructor(
    private readonly home: string,
    private readonly account: ServerAccount,
    private readonly binaries: string,
    private readonly password: string,
    private readonly settings: readonly string[],
  ) {
    this.data = path.join(home, 'pgdata');
    this.pidFile = path.join(this.data, 'postmaster.pid');
    this.logFile = path.join(home, 'postgres.log');
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

  /** The server that runs already, started by a sibling or left by a crash; null when there is none. */
  async join(): Promise<Running | null> {
    for (let i = 0; i < 200; i++) {
      const found = this.readPidFile();
      if (found === null || !isServerOf(found.pid, this.data)) return null;
      if (found.port > 0 && (await this.answers(found.port)))
        return { pid: found.pid, port: found.port, adopted: true };
      await pause(50);
    }
    return null;
  }

  /** Starts the server, making the cluster before when there is none. Null when another one was first or it did not come up. */
  async launch(wantedPort: number): Promise<Running | null> {
    this.initialise();
    this.dropForeignPid();
    await this.endOrphans();
    const port = wantedPort || (await freePort());
    const out = openSync(this.logFile, 'a', 0o600);
    // Detached: Ctrl-C in a terminal reaches the launcher, which stops the server in order.
    const child = spawn(
      path.join(this.binaries, 'bin', 'postgres'),
      ['-D', this.data, '-p', String(port), ...[...SETTINGS, ...this.settings].flatMap((setting) => ['-c', setting])],
      { ...this.account, cwd: '/', env: environment(), stdio: ['ignore', out, out], detached: true },
    );
    closeSync(out);
    let exited = false;
    const onEnd = () => {
      exited = true;
    };
    child.once('exit', onEnd).once('error', onEnd);
    child.unref();
    for (let i = 0; i < 2_400 && !exited; i++) {
      if (await this.answers(port)) return { pid: child.pid ?? 0, port, adopted: false };
      await pause(25);
    }
    return null;
  }

  /** Ends all sessions and stops the server in order; one that does not stop within 10 s is ended without that. */
  async stop(): Promise<void> {
    const pid = this.readPidFile()?.pid;
    if (pid === undefined) return;
    for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
      if (isServerOf(pid, this.data)) process.kill(pid, signal);
      for (let i = 0; i < 500 && isServerOf(pid, this.data); i++) await pause(20);
    }
  }

  /** Keeps the log within its limit, with one older copy. The server appends, so it goes on at the new end. */
  boundLog(): void {
    if ((statSync(this.logFile, { throwIfNoEntry: false })?.size ?? 0) <= LOG_LIMIT_BYTES) return;
    copyFileSync(this.logFile, `${this.logFile}.1`);
    truncateSync(this.logFile);
  }

  /** The last lines the server wrote. */
  lastWords(): string {
    return existsSync(this.logFile) ? readFileSync(this.logFile, 'utf8').trim().split('\n').slice(-6).join('\n') : '';
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

  private readPidFile(): { readonly pid: number; readonly port: number; readonly text: string } | null {
    try {
      const text = readFileSync(this.pidFile, 'utf8');
      const [pid, , , port] = text.split('\n').map(Number);
      return pid === undefined || Number.isNaN(pid) ? null : { pid, port: port || 0, text };
    } catch {
      return null;
    }
  }

  /**
   * Takes away a pid file whose server is gone: PostgreSQL would refuse to start beside another program with that pid.
   * Moved aside first and put back when it turns out to be that of a sibling's new server.
   */
  private dropForeignPid(): void {
    const left = this.readPidFile();
    if (left === null || isServerOf(left.pid, this.data)) return;
    const aside = path.join(this.home, `postmaster.pid-${randomUUID()}`);
    try {
      renameSync(this.pidFile, aside);
      if (readFileSync(aside, 'utf8') !== left.text) linkSync(aside, this.pidFile);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'EEXIST') throw error;
    } finally {
      rmSync(aside, { force: true });
    }
  }

  private async endOrphans(): Promise<void> {
    for (const pid of orphansOf(this.data)) {
      try {
        process.kill(pid, 'SIGQUIT');
      } catch (error) {
        if (codeOf(error) !== 'ESRCH') throw error;
      }
    }
    for (let i = 0; i < 250 && orphansOf(this.data).length > 0; i++) await pause(20);
  }

  /** Makes the cluster in a draft folder and renames it: neither a crash nor a second process ever sees half a cluster. */
  private initialise(): void {
    if (existsSync(path.join(this.data, 'PG_VERSION'))) return;
    const draft = path.join(this.home, `pgdata.init-${randomUUID()}`);
    const passwordFile = path.join(this.home, `pg-password.init-${randomUUID()}`);
    try {
      mkdirSync(draft, { mode: 0o700 });
      writeFileSync(passwordFile, `${this.password}\n`, { mode: 0o600 });
      if (this.account.uid !== undefined && this.account.gid !== undefined) {
        chownSync(draft, this.account.uid, this.account.gid);
        chownSync(passwordFile, this.account.uid, this.account.gid);
      }
      const args = ['-D', draft, '-U', 'postgres', '--auth=scram-sha-256', '--pwfile', passwordFile, '-E', 'UTF8'];
      execFileSync(path.join(this.binaries, 'bin', 'initdb'), [...args, '--locale=C.UTF-8', '--data-checksums'], {
        ...this.account,
        cwd: '/',
        env: environment(),
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
}

function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', TZ: 'UTC' };
}
