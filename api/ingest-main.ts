import { stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { orExit, readConfig } from '../lib/env.ts';
import { isAppError } from '../lib/errors.ts';
import { createLogger } from '../lib/log.ts';
import { migrateDeploy } from '../prisma/migrate.ts';
import { createPostgresPubSub } from './adapters/pubsub/postgres.ts';
import { createRedisPubSub } from './adapters/pubsub/redis.ts';
import { createAudit } from './audit/append.ts';
import { apiConfigSchema } from './config.ts';
import type { Core } from './context.ts';
import { createDb } from './db.ts';
import { type ManualMetadata, parseMetadata } from './knowledge/front-matter.ts';
import { ingestPaths } from './knowledge/ingest.ts';
import { createProgress, summaryOf } from './knowledge/ingest-report.ts';

const usage = `npm run ingest -- PATH… [options]

Takes files and folders in as manuals: Markdown, HTML, PDF, DOCX and plain text. What has not changed costs nothing; what is gone from
a folder is no longer found. Interrupted, the same command goes on where it stopped. Ends with 1 when a file was refused.

  --system NAME        system the files are about (may be given several times)
  --team NAME          team they belong to
  --visibility WHO     everyone, operators or team
  --locale LANGUAGE    en or ko, where the text does not tell
  --prune              removes what is gone also when that is most of a folder
  --restore            takes in again what somebody took out
  --json               prints one JSON object at the end
`;

const configSchema = apiConfigSchema
  .pick({ DATABASE_URL: true, AUDIT_KEY: true, REDIS_URL: true })
  .extend({ LOG_LEVEL: z.string().optional() });

/** What the command line says: paths, and what holds for all of them. */
function readArguments(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      system: { type: 'string', multiple: true },
      team: { type: 'string' },
      visibility: { type: 'string' },
      locale: { type: 'string' },
      prune: { type: 'boolean', default: false },
      restore: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { system: systems, team, visibility, locale } = values;
  const said = Object.entries({ systems, team, visibility, locale }).filter(([, value]) => value !== undefined);
  const above: ManualMetadata = parseMetadata(Object.fromEntries(said));
  return { ...values, paths: positionals, above };
}

/** `npm run ingest`: 0 taken in, 1 something was refused, 2 asked wrongly or no database. */
async function main(args: readonly string[]): Promise<number> {
  const complain = (line: string): number => {
    process.stderr.write(`${line}\n`);
    return 2;
  };
  let asked: ReturnType<typeof readArguments>;
  try {
    asked = readArguments(args);
  } catch (error) {
    const words =
      error instanceof z.ZodError ? z.prettifyError(error) : String(error instanceof Error ? error.message : error);
    return complain(`${words}\n\n${usage}`);
  }
  if (asked.help || asked.paths.length === 0) {
    process.stdout.write(usage);
    return asked.help ? 0 : 2;
  }
  for (const path of asked.paths)
    if ((await stat(path).catch(() => null)) === null) return complain(`There is no file or folder ${path}.`);
  const config = orExit(() => readConfig(configSchema, process.env));
  const log = createLogger({ name: 'ingest', level: config.LOG_LEVEL === 'debug' ? 'debug' : 'error' });
  const program = 'ingest';
  await migrateDeploy(config.DATABASE_URL);
  const record = createDb(config.DATABASE_URL, { poolSize: 4, statementTimeoutMs: 60_000, program });
  const pubsub =
    config.REDIS_URL === undefined
      ? await createPostgresPubSub({ databaseUrl: config.DATABASE_URL, program, log })
      : await createRedisPubSub({ redisUrl: config.REDIS_URL, log });
  const core: Core = {
    db: record.db,
    log,
    audit: createAudit(config.AUDIT_KEY, log),
    wake: (topic, id) => pubsub.publish(topic, id),
  };
  let stopping = false;
  const stop = (): void => {
    stopping = true;
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  const progress = createProgress({
    write: (text) => process.stderr.write(text),
    isTerminal: process.stderr.isTTY === true,
  });
  const begun = performance.now();
  try {
    const result = await ingestPaths(core, asked.paths, {
      above: asked.above,
      by: { type: 'automation', id: null, name: 'ingest' },
      prune: asked.prune,
      restore: asked.restore,
      program,
      onStart: progress.start,
      onFile: progress.file,
      isStopping: () => stopping,
    });
    progress.end();
    const ms = Math.round(performance.now() - begun);
    process.stdout.write(
      asked.json
        ? `${JSON.stringify({ ...result, stopped: stopping, ms })}\n`
        : summaryOf(result, { stopped: stopping, ms }),
    );
    return result.refused.length > 0 || stopping ? 1 : 0;
  } catch (error) {
    progress.end();
    return complain(isAppError(error) ? error.message : String(error));
  } finally {
    await pubsub.close();
    await record.close();
  }
}

process.exitCode = await main(process.argv.slice(2));
