import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../lib/launch/embedded-postgres.ts';
import { isServerOf } from '../../lib/launch/postgres-process.ts';
import { freePort } from '../support/free-port.ts';
import { type StartedProcess, startProcess } from '../support/process.ts';
import { temporaryHome } from '../support/temporary-home.ts';
import { until } from '../support/until.ts';

let home: string;
let started: EmbeddedPostgres[];
let users: StartedProcess[];

/** A stopped cluster that most tests begin with a copy of, because making one takes a second. */
let made: string;
beforeAll(async () => {
  made = temporaryHome('embedded-postgres-made-');
  await (await startEmbeddedPostgres({ home: made })).stop();
});
afterAll(() => rmSync(made, { recursive: true, force: true }));

beforeEach(() => {
  home = temporaryHome('embedded-postgres-');
  execFileSync('cp', ['-a', `${made}/.`, home]);
  started = [];
  users = [];
});

afterEach(async () => {
  for (const user of users) {
    user.kill('SIGKILL');
    await user.exited;
  }
  for (const server of started) await server.stop();
  if (existsSync(path.join(home, 'pgdata', 'postmaster.pid'))) await (await startEmbeddedPostgres({ home })).stop();
  rmSync(home, { recursive: true, force: true });
});

async function start(options: { port?: number; supervised?: boolean } = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ home, ...options });
  started.push(server);
  return server;
}

/** Another process that uses the same home. */
function startUser(mode = ''): StartedProcess {
  const user = startProcess('test/support/postgres-user.mjs', [home, mode]);
  users.push(user);
  return user;
}

async function facts(user: StartedProcess): Promise<{ port: number; pid: number; adopted: boolean; url: string }> {
  const [, port, pid, adopted, url = ''] =
    /^up port=(\d+) pid=(\d+) adopted=(\w+) (.*)$/.exec(await user.line(/^up /)) ?? [];
  return { port: Number(port), pid: Number(pid), adopted: adopted === 'true', url };
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

const isUp = (pid: number) => isServerOf(pid, path.join(home, 'pgdata'));

test('the server asks for its password, checks its pages and listens on loopback alone', async () => {
  const server = await start();
  const wrong = new URL(server.url);
  wrong.password = 'guess';

  expect(await query(server.url, 'show data_checksums')).toEqual([{ data_checksums: 'on' }]);
  expect(await query(server.url, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
  expect(await query(server.url, 'show max_connections')).toEqual([{ max_connections: '300' }]);
  expect(statSync(path.join(home, 'pg-password')).mode & 0o777).toBe(0o600);
  await expect(query(wrong.href, 'select 1')).rejects.toThrow('password authentication failed');
});

test('what was committed is there after a stop and a start', async () => {
  const server = await start();
  await query(server.url, 'create table kept (a int); insert into kept values (7)');

  expect(await server.stop()).toBe(true);
  expect(isUp(server.pid)).toBe(false);
  const again = await start();

  expect(again.adopted).toBe(false);
  expect(await query(again.url, 'select a from kept')).toEqual([{ a: 7 }]);
});

test('a server left by a killed process is adopted', async () => {
  const user = startUser();
  const left = await facts(user);
  user.kill('SIGKILL');
  await user.exited;

  const server = await start();

  expect(server).toMatchObject({ adopted: true, port: left.port, pid: left.pid });
  expect(await server.stop()).toBe(true);
});

test('of several processes starting at once one makes the cluster, all use it, and the last one stops it', async () => {
  rmSync(home, { recursive: true });
  const three = [startUser(), startUser(), startUser()];
  const all = await Promise.all(three.map(facts));

  expect(new Set(all.map((one) => `${one.port} ${one.pid} ${one.url}`)).size).toBe(1);
  expect(all.filter((one) => !one.adopted)).toHaveLength(1);

  const ends: string[] = [];
  for (const user of three) {
    expect(isUp(all[0]?.pid ?? 0)).toBe(true);
    user.kill('SIGTERM');
    ends.push(await user.line(/^last=/));
  }

  expect(ends).toEqual(['last=false', 'last=false', 'last=true']);
  expect(isUp(all[0]?.pid ?? 0)).toBe(false);
  expect(readdirSync(home).filter((name) => name.includes('init-'))).toEqual([]);
});

test('a server that was killed itself is started anew with everything committed', async () => {
  const server = await start();
  await query(server.url, 'create table kept (a int); insert into kept values (7)');
  process.kill(server.pid, 'SIGKILL');
  await until(() => !isUp(server.pid), { what: 'the killed server gone' });

  const again = await start();

  expect(again.adopted).toBe(false);
  expect(await query(again.url, 'select a from kept')).toEqual([{ a: 7 }]);
});

test('a session that went on computing after its server was killed does not hold up the next start', async () => {
  const server = await start();
  const busy = query(server.url, 'select count(*) from generate_series(1, 100000) a, generate_series(1, 100000) b');
  const busyEnd = expect(busy).rejects.toThrow();
  await until(
    async () =>
      (await query(server.url, "select 1 from pg_stat_activity where query like '%generate_series(1, 1%'")).length > 1,
    {
      what: 'the long query running',
    },
  );
  process.kill(server.pid, 'SIGKILL');

  const again = await start();

  expect(await query(again.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await busyEnd;
});

test('a pid file whose pid belongs to another program by now is not mistaken for a server', async () => {
  const server = await start();
  await server.stop();
  // The account of the server: PostgreSQL itself would then believe that pid to be a server.
  const { uid, gid } = statSync(path.join(home, 'pgdata'));
  const stranger = spawn('sleep', ['60'], process.getuid?.() === 0 ? { uid, gid } : {});
  try {
    const file = path.join(home, 'pgdata', 'postmaster.pid');
    writeFileSync(file, `${stranger.pid}\n${path.join(home, 'pgdata')}\n1\n${server.port}\n\n127.0.0.1\n`);

    const again = await start();

    expect(again.adopted).toBe(false);
    expect(again.pid).not.toBe(stranger.pid);
    expect(stranger.exitCode).toBe(null);
  } finally {
    stranger.kill('SIGKILL');
  }
});

test('a supervised server that is killed comes back on its port, and stops when its user does', async () => {
  const server = await start({ supervised: true });
  const before = server.pid;
  await query(server.url, 'create table kept (a int); insert into kept values (7)');

  process.kill(before, 'SIGKILL');
  const rows = await until(() => query(server.url, 'select a from kept'), { what: 'the server answering again' });

  expect(rows).toEqual([{ a: 7 }]);
  await until(() => server.pid !== before, { what: 'its new process known' });
  const after = server.pid;
  expect(await server.stop()).toBe(true);
  expect(isUp(after)).toBe(false);
});

test('one who lost its connection does not stop the server under the others', async () => {
  const server = await start();
  const user = startUser();
  await facts(user);
  await query(
    server.url,
    `select pg_terminate_backend(l.pid) from pg_locks l where locktype = 'advisory' and l.pid in (select pid from pg_stat_activity where client_port = ${await ownPort(server)})`,
  );

  expect(await server.stop()).toBe(false);
  expect(isUp(server.pid)).toBe(true);
});

/** The client port of the first holder: the lowest backend start among those with a lock. */
async function ownPort(server: EmbeddedPostgres): Promise<number> {
  const [row] = await query(
    server.url,
    `select client_port from pg_stat_activity a join pg_locks l using (pid) where l.locktype = 'advisory' order by a.backend_start limit 1`,
  );
  return Number(row?.client_port);
}

test('a wanted port that another program holds is an error that says so, and leaves nothing running', async () => {
  const other = await start();
  const second = temporaryHome('embedded-postgres-second-');
  try {
    await expect(startEmbeddedPostgres({ home: second, port: other.port })).rejects.toThrow(
      /could not bind|Address already in use/,
    );
    expect(existsSync(path.join(second, 'pgdata', 'postmaster.pid'))).toBe(false);
  } finally {
    rmSync(second, { recursive: true, force: true });
  }
});

test('a wanted port is kept', async () => {
  const port = await freePort();

  expect((await start({ port })).port).toBe(port);
});

test('a log that has grown too big is set aside', async () => {
  const log = path.join(home, 'postgres.log');
  writeFileSync(log, 'x'.repeat(21 * 1024 * 1024));

  await start();

  expect(statSync(log).size).toBeLessThan(1024 * 1024);
  expect(statSync(`${log}.1`).size).toBeGreaterThan(20 * 1024 * 1024);
});

test.runIf(process.getuid?.() === 0)(
  'a home below a closed folder names the folder elsewhere that keeps its cluster',
  async () => {
    const closed = path.join(home, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    chmodSync(closed, 0o700);
    const inside = path.join(closed, 'data');
    const said: string[] = [];
    const log = (line: string) => void said.push(line);

    const server = await startEmbeddedPostgres({ home: inside, log });
    const elsewhere = readFileSync(path.join(inside, 'database-location'), 'utf8');
    try {
      await query(server.url, 'create table kept (a int); insert into kept values (7)');
      await server.stop();
      const again = await startEmbeddedPostgres({ home: inside, log });

      expect(said.some((line) => line.includes(elsewhere))).toBe(true);
      expect(await query(again.url, 'select a from kept')).toEqual([{ a: 7 }]);
      await again.stop();
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  },
);
