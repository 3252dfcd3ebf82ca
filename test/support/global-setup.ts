import { rmSync } from 'node:fs';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../lib/launch/embedded-postgres.ts';
import { migrateDeploy } from '../../prisma/migrate.ts';
import { temporaryHome } from './temporary-home.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly postgresUrl: string;
    readonly templateDatabase: string;
  }
}

/** What only a power failure would need; without it copies of the template are made in a fraction of the time. */
const unsafe = ['fsync=off', 'full_page_writes=off'];

/** One real PostgreSQL for the whole run (TEST_DATABASE_URL, or an embedded one) with a migrated template that every test copies. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL;
  const home = given ? null : temporaryHome('agentic-test-');
  const embedded = home === null ? null : await startEmbeddedPostgres({ home, database: 'postgres', settings: unsafe });
  const url = given ?? embedded?.url ?? '';
  const template = `template_${process.pid}`;
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`create database ${template}`);
  await migrateDeploy(withDatabase(url, template));
  project.provide('postgresUrl', url);
  project.provide('templateDatabase', template);
  return async () => {
    await admin.query(`drop database if exists ${template} with (force)`).catch(() => undefined);
    await admin.end();
    await embedded?.stop();
    if (home !== null) rmSync(home, { recursive: true, force: true });
  };
}

function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}
