import { expect, test } from 'vitest';
import { testDatabase } from './database.ts';

test('copies made at the same moment are migrated and know nothing of each other', async () => {
  const databases = await Promise.all([testDatabase(), testDatabase(), testDatabase()]);
  try {
    await databases[0]?.pool.query('create table only_here (a int)');

    const seen = await Promise.all(
      databases.map(async ({ pool }) => {
        const { rows } = await pool.query<{ own: boolean; migrated: boolean }>(
          `select to_regclass('only_here') is not null as own, to_regclass('"Incident"') is not null as migrated`,
        );
        return rows[0];
      }),
    );

    expect(seen.map((one) => one?.migrated)).toEqual([true, true, true]);
    expect(seen.map((one) => one?.own)).toEqual([true, false, false]);
  } finally {
    for (const database of databases) await database.drop();
  }
});

test('a dropped database is gone, also while somebody is connected', async () => {
  const [keeper, dropped] = [await testDatabase(), await testDatabase()];
  const name = new URL(dropped.url).pathname.slice(1);
  const client = await dropped.pool.connect();
  client.on('error', () => undefined);
  client.release();

  await dropped.drop();

  const { rowCount } = await keeper.pool.query('select 1 from pg_database where datname = $1', [name]);
  expect(rowCount).toBe(0);
  await keeper.drop();
});
