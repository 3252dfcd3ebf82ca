import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectPath } from '../lib/project-path.ts';
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
    startProcess('prisma/migrate-main.ts', [], { env: { DATABASE_URL: database.url } }),
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

test('the migrations yield exactly schema.prisma', () => {
  const args = ['migrate', 'diff', '--from-config-datasource', '--to-schema', 'prisma/schema.prisma', '--exit-code'];
  const done = spawnSync(process.execPath, [projectPath('prisma/cli.mjs'), ...args], {
    env: { ...process.env, DATABASE_URL: database.url },
    encoding: 'utf8',
  });

  expect(`${done.stdout}${done.stderr}`).toContain('No difference detected');
  expect(done.status).toBe(0);
});

test('a migrated database has the table that `prisma migrate status` and `deploy` expect', () => {
  for (const command of ['status', 'deploy']) {
    const done = spawnSync(process.execPath, [projectPath('prisma/cli.mjs'), 'migrate', command], {
      env: { ...process.env, DATABASE_URL: database.url },
      encoding: 'utf8',
    });

    expect(`${done.stdout}${done.stderr}`).toMatch(/Database schema is up to date|No pending migrations to apply/);
    expect(done.status).toBe(0);
  }
});

test('the program that migrates ends as soon as it is done', async () => {
  await database.pool.query('drop schema public cascade; create schema public');
  const begun = performance.now();

  const end = await startProcess('prisma/migrate-main.ts', [], { env: { DATABASE_URL: database.url } }).exited;

  expect(end.code).toBe(0);
  expect(performance.now() - begun).toBeLessThan(9_000);
});
