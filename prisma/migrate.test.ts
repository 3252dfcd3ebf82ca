import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../test/support/database.ts';
import { startProcess } from '../test/support/process.ts';
import { migrateDeploy, migrationNames } from './migrate.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

test('a migrated database has nothing left to apply', async () => {
  expect(await migrateDeploy(database.url)).toEqual([]);
});

test('migrations are recorded as `prisma migrate deploy` records them', async () => {
  const { rows } = await database.pool.query(
    'select migration_name, finished_at is not null as finished, applied_steps_count from "_prisma_migrations" order by started_at',
  );

  expect(rows).toEqual(
    migrationNames().map((name) => ({ migration_name: name, finished: true, applied_steps_count: 1 })),
  );
});

test('two starters at once apply each migration once', async () => {
  await database.pool.query('drop schema public cascade; create schema public');
  const starters = [0, 1].map(() =>
    startProcess('prisma/migrate-main.js', [], { env: { DATABASE_URL: database.url } }),
  );

  const ends = await Promise.all(starters.map((starter) => starter.exited));

  expect(ends.map((end) => end.code)).toEqual([0, 0]);
  expect(await migrateDeploy(database.url)).toEqual([]);
  const { rows } = await database.pool.query(
    'select migration_name from "_prisma_migrations" where finished_at is not null',
  );
  expect(rows.map((row) => row.migration_name)).toEqual(migrationNames());
});

test('the audit log refuses to be changed, deleted or emptied', async () => {
  await database.pool.query(`insert into "AuditEntry" (seq, at, "actorType", "actorName", operation, "inputDigest", input, outcome, "correlationId", "previousHash", hash)
    values (1, now(), 'user', 'a', 'x', '', '{}', 'done', 'c', '', 'h')`);

  await expect(database.pool.query(`update "AuditEntry" set outcome = 'other'`)).rejects.toThrow('append-only');
  await expect(database.pool.query('delete from "AuditEntry"')).rejects.toThrow('append-only');
  await expect(database.pool.query('truncate "AuditEntry"')).rejects.toThrow('append-only');
});
