import MiniSearch from 'minisearch';
import { createEmbeddedStore } from '../../api/adapters/vector-store/embedded/store.ts';
import { createDb } from '../../api/db.ts';
import { readPoints, readyManuals } from '../../api/knowledge/index-feed.ts';
import { followManuals } from '../../api/knowledge/index-follow.ts';
import { readIndexSettings, reviseIndexSettings } from '../../api/knowledge/index-settings.ts';
import { queryTerms, queryVector } from '../../api/knowledge/query-rules.ts';
import type { ChunkPoint, SparseVector } from '../../api/ports/vector-store.ts';
import { createLogger } from '../../lib/log.ts';
import { percentile } from '../trials/measurement.ts';
import { benchEmbeddings, benchModel, benchQuestions } from './search-corpus.ts';

// One subject in a process of its own, so that its memory and its event loop are its own. Arguments: subject, mode, searches.
const [subject = 'store', mode = 'sparse', count = '300'] = process.argv.slice(2);
const dense = mode !== 'sparse';
const denseModel = dense ? benchModel : null;
const log = createLogger({ name: 'bench', level: 'warn' });
const { db, close } = createDb(process.env.DATABASE_URL ?? '', {
  poolSize: 2,
  program: 'bench',
  statementTimeoutMs: 120_000,
});
const warmUp = 40;
const reader = { operator: true, admin: true, teams: [] };
const limit = 200;
const embed = benchEmbeddings();
const questions = benchQuestions(Number(count) + warmUp, 2_000).map(({ words, topic }) => ({
  words,
  sparse: mode === 'dense' ? { indices: [], values: [] } : queryVector(queryTerms(words, 'EN')),
  dense: dense ? embed(topic) : null,
}));
type Question = (typeof questions)[number];

/** Collects what can be collected, so that memory is what is held. */
function resident(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().rss;
}

async function time(search: (question: Question) => unknown) {
  const [times, cpu]: [number[], number[]] = [[], []];
  for (const [at, question] of questions.entries()) {
    const [begun, used] = [performance.now(), process.cpuUsage()];
    await search(question);
    if (at < warmUp) continue;
    times.push(performance.now() - begun);
    const { user, system } = process.cpuUsage(used);
    cpu.push((user + system) / 1_000);
  }
  return {
    p50Ms: percentile(times, 0.5),
    p99Ms: percentile(times, 0.99),
    cpuP50Ms: percentile(cpu, 0.5),
    cpuP99Ms: percentile(cpu, 0.99),
  };
}

/**
 * The longest time the event loop of this thread was held up: by the clock, and by the processor time the thread itself used, which
 * leaves out the moments in which other processes had the core.
 */
function watchLoop() {
  const longest = { wallMs: 0, cpuMs: 0 };
  let [at, used] = [performance.now(), process.threadCpuUsage()];
  const timer = setInterval(() => {
    const [now, cpu] = [performance.now(), process.threadCpuUsage()];
    longest.wallMs = Math.max(longest.wallMs, now - at - 1);
    longest.cpuMs = Math.max(longest.cpuMs, (cpu.user + cpu.system - used.user - used.system) / 1_000);
    [at, used] = [now, cpu];
  }, 1);
  return () => {
    clearInterval(timer);
    return { wallMs: Math.round(longest.wallMs * 10) / 10, cpuMs: Math.round(longest.cpuMs * 10) / 10 };
  };
}

/** Reads a little, so that what every process loads once is not counted as growth of the index. */
async function warmDatabase(): Promise<void> {
  const settings = await reviseIndexSettings(db, denseModel);
  const few = (await readyManuals(db)).slice(0, 12);
  for (let round = 0; round < 3; round++) for await (const _ of readPoints(db, few, settings));
}

/** The store as the product uses it: filled from the record, searched through its thread. */
async function measureStore() {
  await warmDatabase();
  const store = createEmbeddedStore({ log });
  const index = followManuals({ db, store, denseModel, log, staleMs: 600_000 });
  await store.count();
  const before = resident();
  const loading = watchLoop();
  const begun = performance.now();
  await index.refresh();
  const fillMs = performance.now() - begun;
  const blockedWhileLoading = loading();
  const chunks = await store.count();
  await store.settle();
  const bytes = (resident() - before) / chunks;
  const searching = watchLoop();
  const figures = await time((question) =>
    index.search({
      ...question,
      filter: { reader },
      limit,
      fusion: mode === 'fused' ? { k: 60 } : null,
    }),
  );
  const blockedWhileSearching = searching();
  await store.close();
  return {
    chunks,
    ...figures,
    chunksPerSecond: Math.round((chunks / fillMs) * 1_000),
    bytesPerChunk: Math.round(bytes),
    blockedWhileLoading,
    blockedWhileSearching,
  };
}

async function readAll(): Promise<readonly ChunkPoint[]> {
  const settings = await readIndexSettings(db, denseModel);
  const points: ChunkPoint[] = [];
  for await (const manual of readPoints(db, await readyManuals(db), settings)) points.push(...manual.points);
  return points;
}

/** The same vectors, compared one after the other in plain JavaScript, in the process itself. */
async function measureScan() {
  await warmDatabase();
  const before = resident();
  const points = await readAll();
  const bytes = (resident() - before) / points.length;
  const holders = new Map<number, number>();
  for (const { sparse } of points)
    for (const index of sparse.indices) holders.set(index, (holders.get(index) ?? 0) + 1);
  const dot = (one: SparseVector, weights: ReadonlyMap<number, number>) => {
    let sum = 0;
    for (let i = 0; i < one.indices.length; i++) sum += (weights.get(one.indices[i] ?? 0) ?? 0) * (one.values[i] ?? 0);
    return sum;
  };
  const best = (score: (point: ChunkPoint) => number) =>
    points
      .map((point) => ({ point, score: score(point) }))
      .filter((one) => one.score > 0)
      .sort((one, other) => other.score - one.score)
      .slice(0, limit);
  const figures = await time((question) => {
    const weights = new Map(
      question.sparse.indices.map((index, i) => {
        const df = holders.get(index) ?? 0;
        return [index, (question.sparse.values[i] ?? 0) * Math.log((points.length - df + 0.5) / (df + 0.5) + 1)];
      }),
    );
    if (weights.size > 0) best(({ sparse }) => dot(sparse, weights));
    const wanted = question.dense;
    if (wanted === null) return;
    best(({ dense: vector }) => {
      let sum = 0;
      if (vector !== null) for (let i = 0; i < wanted.length; i++) sum += (vector[i] ?? 0) * (wanted[i] ?? 0);
      return sum;
    });
  });
  return { chunks: points.length, ...figures, bytesPerChunk: Math.round(bytes) };
}

/** A BM25 library over the same texts, with its own tokeniser: words between spaces. */
async function measureLibrary() {
  await warmDatabase();
  const before = resident();
  const library = new MiniSearch({ fields: ['text'], idField: 'id' });
  const begun = performance.now();
  let chunks = 0;
  for (let after = ''; ; ) {
    const rows: { id: string; text: string }[] = await db.manualChunk.findMany({
      where: { manual: { status: 'READY' }, ...(after === '' ? {} : { id: { gt: after } }) },
      select: { id: true, text: true },
      orderBy: { id: 'asc' },
      take: 500,
    });
    library.addAll(rows);
    chunks += rows.length;
    after = rows.at(-1)?.id ?? after;
    if (rows.length < 500) break;
  }
  const fillMs = performance.now() - begun;
  const bytes = (resident() - before) / chunks;
  const figures = await time((question) => library.search(question.words).slice(0, limit));
  return {
    chunks,
    ...figures,
    chunksPerSecond: Math.round((chunks / fillMs) * 1_000),
    bytesPerChunk: Math.round(bytes),
  };
}

const measured =
  subject === 'scan' ? await measureScan() : subject === 'library' ? await measureLibrary() : await measureStore();
process.stdout.write(`${JSON.stringify(measured)}\n`);
await close();
process.exit(0);
