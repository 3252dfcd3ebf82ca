import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../lib/ids.ts';
import { type TestDatabase, testDatabase } from '../test/support/database.ts';
import { freePort } from '../test/support/free-port.ts';
import { until } from '../test/support/until.ts';
import {
  createDb,
  type DbHandle,
  databaseFault,
  databaseNow,
  inTransaction,
  sessionName,
  translateDatabaseError,
} from './db.ts';

let database: TestDatabase;
let handle: DbHandle;

beforeAll(async () => {
  database = await testDatabase();
  handle = createDb(database.url, { program: 'db-test', poolSize: 4 });
});
afterAll(async () => {
  await handle.close();
  await database.drop();
});

const contact = (name: string) => ({ id: newId(), name, role: 'on-call' });
const failure = async (work: Promise<unknown>): Promise<{ error: unknown; tookMs: number }> => {
  const begun = performance.now();
  const error = await work.then(
    () => 'no failure',
    (reason: unknown) => reason,
  );
  return { error, tookMs: performance.now() - begun };
};
const unavailable = { code: 'UNAVAILABLE', retryable: true };

describe('a database that is away', () => {
  let silent: Server;
  beforeAll(async () => {
    silent = createServer((socket) => socket.on('error', () => undefined));
    await once(silent.listen(0, '127.0.0.1'), 'listening');
  });
  afterAll(() => void silent.close());
  const silentPort = (): number => {
    const address = silent.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  };

  it.each([
    ['refuses connections', async () => await freePort()],
    ['takes connections and says nothing', async () => silentPort()],
  ])('one that %s fails every call as UNAVAILABLE within 2.5 s', async (_title, port) => {
    const away = createDb(`postgresql://nobody:nothing@127.0.0.1:${await port()}/nowhere`, {});

    const failures = await Promise.all([
      failure(away.db.task.count()),
      failure(away.db.$queryRaw`select 1`),
      failure(away.db.$transaction([away.db.task.count()])),
      failure(inTransaction(away.db, (tx) => tx.task.count())),
    ]);

    for (const { error, tookMs } of failures) {
      expect(error).toMatchObject(unavailable);
      expect(tookMs).toBeLessThan(2_500);
    }
    await away.close();
  });

  it('a pool without a free connection is UNAVAILABLE too, not an endless wait', async () => {
    const narrow = createDb(database.url, { poolSize: 1 });
    let release: (() => void) | undefined;
    const held = inTransaction(narrow.db, () => new Promise<void>((resolve) => (release = resolve)));
    const letGo = await until(() => release, { what: 'the transaction that holds the connection' });

    const { error, tookMs } = await failure(narrow.db.contact.count());
    letGo();
    await held;

    expect(error).toMatchObject(unavailable);
    expect(tookMs).toBeLessThan(2_500);
    await narrow.close();
  });
});

describe('a transaction', () => {
  it('is repeated when writers get in each other’s way, and nothing is lost', async () => {
    const { db } = handle;
    const { id } = await db.contact.create({ data: contact('counter') });

    await Promise.all(
      Array.from({ length: 4 }, () =>
        inTransaction(
          db,
          async (tx) => {
            const { version } = await tx.contact.findUniqueOrThrow({ where: { id } });
            await tx.contact.update({ where: { id }, data: { version: version + 1 } });
          },
          { isolationLevel: 'Serializable', attempts: 20 },
        ),
      ),
    );

    expect((await db.contact.findUniqueOrThrow({ where: { id } })).version).toBe(5);
  });

  it('whose connection breaks before the commit is carried out once more', async () => {
    const { db } = handle;
    let attempts = 0;

    await inTransaction(db, async (tx) => {
      attempts++;
      await tx.contact.create({ data: contact('cut') });
      if (attempts > 1) return;
      const [{ pid } = { pid: 0 }] = await tx.$queryRaw<{ pid: number }[]>`select pg_backend_pid() as pid`;
      await database.pool.query('select pg_terminate_backend($1)', [pid]);
      await tx.contact.count();
    });

    expect(attempts).toBe(2);
    expect(await db.contact.count({ where: { name: 'cut' } })).toBe(1);
  });

  it('whose connection breaks in the commit is never carried out again', async () => {
    const { db } = handle;
    await database.pool.query(`
      create table fragile (n int);
      create function break_off() returns trigger language plpgsql as
        $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$;
      create constraint trigger at_commit after insert on fragile deferrable initially deferred for each row execute function break_off();`);
    let attempts = 0;

    const { error } = await failure(
      inTransaction(db, async (tx) => {
        attempts++;
        await tx.$executeRaw`insert into fragile values (1)`;
      }),
    );

    expect(error).toMatchObject(unavailable);
    expect(attempts).toBe(1);
  });

  it('an error of the caller ends it at once, as it is', async () => {
    const mistake = new Error('a mistake of the caller');

    const { error } = await failure(
      inTransaction(handle.db, async (tx) => {
        await tx.contact.create({ data: contact('undone') });
        throw mistake;
      }),
    );

    expect(error).toBe(mistake);
    expect(await handle.db.contact.count({ where: { name: 'undone' } })).toBe(0);
  });
});

describe('the open record', () => {
  it('tells database time, and its sessions carry the name of this process and all limits', async () => {
    const now = await inTransaction(handle.db, databaseNow);
    const rows = await handle.db.$queryRaw<{ name: string; value: string }[]>`
      select name, setting as value from pg_settings
      where name in ('application_name', 'statement_timeout', 'idle_in_transaction_session_timeout') order by name`;

    expect(Math.abs(now.getTime() - Date.now())).toBeLessThan(5_000);
    expect(Object.fromEntries(rows.map(({ name, value }) => [name, value]))).toEqual({
      application_name: sessionName('db-test'),
      idle_in_transaction_session_timeout: '10000',
      statement_timeout: '15000',
    });
  });

  it('recovers by itself when all its sessions were ended', async () => {
    await handle.db.contact.count();

    await database.pool.query('select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1', [
      sessionName('db-test'),
    ]);

    await until(async () => (await handle.db.contact.count()) >= 0, { what: 'a new session' });
  });

  it('sorts errors: a duplicate is a duplicate, and a failing system elsewhere is not the database', async () => {
    const row = contact('twice');
    await handle.db.contact.create({ data: row });

    const { error } = await failure(handle.db.contact.create({ data: row }));

    expect(databaseFault(error)).toBe('duplicate');
    expect(translateDatabaseError(error)).toBe(error);
    expect(databaseFault(new Error('something else'))).toBe('other');
    expect(databaseFault(undefined)).toBe('other');
  });

  it('a transaction that ran out of time has kept nothing and is told as unavailable, so that a durable step tries again', async () => {
    const slow = inTransaction(
      handle.db,
      async (tx) => {
        await tx.contact.create({ data: contact('too-slow') });
        await tx.$queryRaw`select pg_sleep(0.4)::text`;
        await tx.contact.create({ data: contact('never-reached') });
      },
      { timeoutMs: 200 },
    );

    const { error } = await failure(slow);

    expect(error).toMatchObject(unavailable);
    expect(await handle.db.contact.count({ where: { name: { in: ['too-slow', 'never-reached'] } } })).toBe(0);
  });

  it('a statement beyond its time limit is told as unavailable', async () => {
    const { error } = await failure(
      inTransaction(handle.db, async (tx) => {
        await tx.$executeRaw`set local statement_timeout = 100`;
        await tx.$queryRaw`select pg_sleep(2)::text`;
      }),
    );

    expect(error).toMatchObject(unavailable);
  });
});
