import { spawn, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import pg from 'pg';
import { z } from 'zod';
import { startEmbeddedPostgres } from '../../lib/launch/embedded-postgres.ts';
import { projectPath } from '../../lib/project-path.ts';
import { migrateDeploy } from '../../prisma/migrate.ts';
import { temporaryHome } from '../support/temporary-home.ts';
import type { Asked, Figure, Measurement, Outcome } from '../trials/measurement.ts';
import { makeReady, writeCorpus } from './search-corpus.ts';

const sizes = [1_000, 10_000, 50_000] as const;
const modes = ['sparse', 'dense', 'fused'] as const;
const usualSearches = 300;
const aims = { p99Ms: 40, bytesPerChunk: 10_240, blockedMs: 20 };
const blockedSchema = z.object({ wallMs: z.number(), cpuMs: z.number() });
const measuredSchema = z.object({
  chunks: z.number(),
  p50Ms: z.number(),
  p99Ms: z.number(),
  cpuP50Ms: z.number(),
  cpuP99Ms: z.number(),
  bytesPerChunk: z.number(),
  chunksPerSecond: z.number().nullable().default(null),
  blockedWhileLoading: blockedSchema.nullable().default(null),
  blockedWhileSearching: blockedSchema.nullable().default(null),
});
type Measured = z.infer<typeof measuredSchema>;

const oneCore = spawnSync('taskset', ['--version']).status === 0 ? ['taskset', '-c', '0'] : [];

/** Runs one subject in a process of its own, on one core where the system can bind it. */
async function measure(databaseUrl: string, subject: string, mode: string, searches: number): Promise<Measured> {
  const [program = '', ...args] = [
    ...oneCore,
    process.execPath,
    '--expose-gc',
    projectPath('dist/test/bench/search-process.js'),
    subject,
    mode,
    String(searches),
  ];
  const child = spawn(program, args, {
    env: { ...process.env, DATABASE_URL: databaseUrl },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (part: Buffer) => {
    text += part.toString('utf8');
  });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${subject} ended with ${code}`))));
  });
  return measuredSchema.parse(JSON.parse(text));
}

async function run(asked: Asked): Promise<Outcome> {
  const searches = asked.trials ?? usualSearches;
  const wanted = (name: string) => asked.only.length === 0 || asked.only.some((part) => name.split(' ').includes(part));
  const home = temporaryHome('agentic-bench-search-');
  const server = await startEmbeddedPostgres({ home, settings: ['fsync=off', 'full_page_writes=off'] });
  const pool = new pg.Pool({ connectionString: server.url, max: 2 });
  pool.on('error', () => undefined);
  try {
    await migrateDeploy(server.url);
    const chosen = sizes.filter((size) => modes.some((mode) => wanted(`${size} ${mode}`)));
    const largest = Math.max(...chosen);
    asked.say(`writing ${largest} chunks${oneCore.length > 0 ? '' : ' (not bound to one core: taskset is missing)'}`);
    await writeCorpus(
      pool,
      largest,
      modes.slice(1).some((mode) => chosen.some((size) => wanted(`${size} ${mode}`))),
      asked.say,
    );
    const figures: Record<string, Figure> = { searches, oneCore: oneCore.length > 0 };
    const baseline: Record<string, Figure> = {};
    const stores = new Map<string, Measured>();
    for (const size of chosen) {
      await makeReady(pool, size);
      for (const mode of modes.filter((one) => wanted(`${size} ${one}`))) {
        const name = `${size} ${mode}`;
        const store = await measure(server.url, 'store', mode, searches);
        stores.set(name, store);
        figures[name] = store;
        asked.say(`${name}: ${JSON.stringify(store)}`);
        if (mode === 'fused') continue;
        baseline[`${name} scan`] = await measure(server.url, 'scan', mode, Math.min(searches, 40));
        asked.say(`${name} scan: ${JSON.stringify(baseline[`${name} scan`])}`);
        if (mode !== 'sparse') continue;
        baseline[`${name} library`] = await measure(server.url, 'library', mode, searches);
        asked.say(`${name} library: ${JSON.stringify(baseline[`${name} library`])}`);
      }
    }
    return { figures, baseline, aims, met: judge(stores) };
  } finally {
    await pool.end();
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

/** The aims, for each kind of search at the largest size; and that ten thousand chunks more cost no more than they weigh. */
function judge(stores: ReadonlyMap<string, Measured>): Record<string, boolean> {
  const met: Record<string, boolean> = {};
  for (const mode of modes) {
    const large = stores.get(`50000 ${mode}`);
    if (large === undefined) continue;
    met[`${mode} p99Ms`] = large.p99Ms <= aims.p99Ms;
    met[`${mode} bytesPerChunk`] = large.bytesPerChunk <= aims.bytesPerChunk;
    met[`${mode} blockedMs`] =
      Math.max(large.blockedWhileLoading?.wallMs ?? 0, large.blockedWhileSearching?.wallMs ?? 0) <= aims.blockedMs;
    const middle = stores.get(`10000 ${mode}`);
    if (middle !== undefined) met[`${mode} growth is no worse than linear`] = large.p50Ms <= middle.p50Ms * 5 * 1.1 + 1;
  }
  return met;
}

/** Search over 1,000 to 50,000 chunks in a real PostgreSQL, beside a bare scan and a BM25 library. */
export const search: Measurement = {
  name: 'search',
  about: 'manual search at 1,000, 10,000 and 50,000 chunks: time, memory, event loop, beside a scan and a BM25 library',
  run,
};
