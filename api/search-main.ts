import { orExit, readConfig } from '../lib/env.ts';
import { isAppError } from '../lib/errors.ts';
import { localDatabaseUrl } from '../lib/local-database.ts';
import { createLogger } from '../lib/log.ts';
import { createQdrantSnapshots } from './adapters/vector-store/qdrant/snapshots.ts';
import { createQdrantStore } from './adapters/vector-store/qdrant/store.ts';
import { apiConfigSchema } from './config.ts';
import { createDb } from './db.ts';
import { manualIndex, renewIndexSettings } from './knowledge/index-settings.ts';
import { noteRestoredIndex, rebuildIndex } from './knowledge/index-sync.ts';

const usage = `npm run search:rebuild
npm run search:snapshot -- create | list | download NAME FILE | restore FILE
`;

/** What an operator does with the index of manuals: fill it again, or keep copies of it. 0 done, 1 not done, 2 asked wrongly. */
async function main(args: readonly string[]): Promise<number> {
  const config = orExit(() =>
    readConfig(
      apiConfigSchema
        .pick({ QDRANT_URL: true, QDRANT_API_KEY: true, LOG_LEVEL: true })
        .extend({ DATABASE_URL: apiConfigSchema.shape.DATABASE_URL.optional() }),
      process.env,
    ),
  );
  const databaseUrl = config.DATABASE_URL ?? localDatabaseUrl(process.env.AGENTIC_HOME);
  if (databaseUrl === null) {
    process.stderr.write('Set DATABASE_URL, or start the product on this machine first.\n');
    return 2;
  }
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  const log = createLogger({ name: 'search', level: config.LOG_LEVEL === 'info' ? 'warn' : config.LOG_LEVEL });
  const qdrant =
    config.QDRANT_URL === undefined
      ? null
      : {
          url: config.QDRANT_URL,
          collection: manualIndex,
          ...(config.QDRANT_API_KEY === undefined ? {} : { apiKey: config.QDRANT_API_KEY }),
        };
  const record = createDb(databaseUrl, { poolSize: 4, statementTimeoutMs: 60_000, program: 'search' });
  const { db } = record;
  try {
    const [command, action, ...rest] = args;
    const denseModel = (await db.searchIndex.findUnique({ where: { name: manualIndex } }))?.denseModel ?? null;
    if (command === 'rebuild' && action === undefined) {
      if (qdrant === null) {
        const { generation } = await renewIndexSettings(db, denseModel);
        say(`QDRANT_URL is not set: every running process fills its embedded index again (generation ${generation}).`);
        return 0;
      }
      const begun = performance.now();
      let told = begun;
      const points = await rebuildIndex({ db, store: createQdrantStore(qdrant), denseModel, log }, (written) => {
        if (performance.now() - told < 2_000) return;
        told = performance.now();
        say(`${written} chunks …`);
      });
      say(`The index was filled with ${points} chunks in ${Math.round(performance.now() - begun)} ms and is in use.`);
      return 0;
    }
    if (command !== 'snapshot') return wrong();
    if (qdrant === null) {
      process.stderr.write(
        'QDRANT_URL is not set: the embedded index is filled from the database and has no snapshots.\n',
      );
      return 2;
    }
    const snapshots = createQdrantSnapshots(qdrant);
    const [first, second, ...more] = rest;
    const given = rest.length;
    if (action === 'create' && given === 0) {
      const { name, sizeBytes } = await snapshots.create();
      say(`${name} (${sizeBytes} bytes)`);
    } else if (action === 'list' && given === 0) {
      const all = await snapshots.list();
      for (const { name, sizeBytes, createdAt } of all) say(`${name}  ${sizeBytes} bytes  ${createdAt ?? ''}`.trim());
      if (all.length === 0) say('There are no snapshots.');
    } else if (action === 'download' && first !== undefined && second !== undefined && more.length === 0) {
      await snapshots.download(first, second);
      say(`${first} was written to ${second}, its checksum is right.`);
    } else if (action === 'restore' && first !== undefined && given === 1) {
      const { name, points } = await snapshots.restore(first);
      await noteRestoredIndex(db, name, denseModel);
      say(`${points} points are in use as ${name}. The worker now compares every manual with the database.`);
    } else return wrong();
    return 0;
  } catch (error) {
    process.stderr.write(`${isAppError(error) ? error.message : String(error)}\n`);
    return 1;
  } finally {
    await record.close();
  }
}

function wrong(): number {
  process.stderr.write(usage);
  return 2;
}

process.exit(await main(process.argv.slice(2)));
