import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type QdrantServer, qdrantServer } from '../../test/servers/qdrant/server.ts';
import { changeManual, countsOf, writeManual } from '../../test/support/manual-rows.ts';
import { type RecordCore, recordCore } from '../../test/support/record-core.ts';
import { until } from '../../test/support/until.ts';
import { createEmbeddedStore, type EmbeddedStore } from '../adapters/vector-store/embedded/store.ts';
import { createQdrantStore } from '../adapters/vector-store/qdrant/store.ts';
import type { PointQuery, PointReader, VectorStore } from '../ports/vector-store.ts';
import type { FallbackReason } from './fallback-store.ts';
import { followManuals } from './index-follow.ts';
import { manualIndex, readIndexSettings, renewIndexSettings, reviseIndexSettings } from './index-settings.ts';
import { createIndexSync, noteRestoredIndex, rebuildIndex } from './index-sync.ts';
import { createManualPoints } from './manual-points.ts';
import { documentVector } from './sparse-rules.ts';

const everybody: PointReader = { operator: false, admin: false, teams: [] };
const administrator: PointReader = { operator: true, admin: true, teams: [] };
const ask = (words: string, over: Partial<PointQuery> = {}): PointQuery => {
  const { indices } = documentVector(countsOf(words), 1);
  return {
    sparse: { indices, values: indices.map(() => 1) },
    dense: null,
    filter: { reader: everybody },
    limit: 10,
    fusion: null,
    ...over,
  };
};
const idsOf = async (from: Pick<VectorStore, 'search'>, query: PointQuery) =>
  (await from.search(query)).hits.map((hit) => hit.id);

/** Other work on the machine must not decide a test. */
const patience = { refreshMs: 15_000, loadMs: 15_000 };
let core: RecordCore;
let embedded: EmbeddedStore;
beforeEach(async () => {
  core = await recordCore();
  embedded = createEmbeddedStore({ log: core.log });
});
afterEach(async () => {
  await embedded.close();
  await core.close();
});

describe('the embedded index of a process', () => {
  const follow = (staleMs: number) =>
    followManuals({ db: core.db, store: embedded, denseModel: null, log: core.log, staleMs, ...patience });

  it('is filled by the first search, and a search that comes later than a moment sees what was committed since', async () => {
    const first = await writeManual(core.db, { code: 'disk', chunks: [{ text: 'disk full' }, { text: 'memory' }] });
    const index = follow(0);

    const before = await index.search(ask('disk'));
    const second = await writeManual(core.db, { code: 'disk-2', chunks: [{ text: 'disk slow' }] });
    const after = await idsOf(index, ask('disk'));

    expect(before).toMatchObject({ hits: [{ id: first.chunkIds[0] }], store: 'embedded', degraded: null });
    expect(after.toSorted()).toEqual([first.chunkIds[0], second.chunkIds[0]].toSorted());
  });

  it('forgets a manual that was archived and hides one whose visibility changed', async () => {
    const [one, other] = [
      await writeManual(core.db, { code: 'one', chunks: [{ text: 'disk' }] }),
      await writeManual(core.db, { code: 'other', chunks: [{ text: 'disk' }] }),
    ];
    const index = follow(0);
    expect(await idsOf(index, ask('disk'))).toHaveLength(2);

    await changeManual(core.db, one.id, { status: 'ARCHIVED' });
    await changeManual(core.db, other.id, { visibility: 'OPERATORS' });

    expect(await idsOf(index, ask('disk'))).toEqual([]);
    expect(await idsOf(index, ask('disk', { filter: { reader: administrator } }))).toEqual(other.chunkIds);
  });

  it('reads a manual of many pages whole', async () => {
    const { chunkIds } = await writeManual(core.db, {
      code: 'large',
      chunks: Array.from({ length: 300 }, (_, n) => ({ text: `disk ${n}` })),
    });

    const found = await idsOf(follow(0), ask('disk', { limit: 1_000 }));

    expect(found.toSorted()).toEqual(chunkIds.toSorted());
  });

  it('is filled again when its thread dies, and when vectors are made differently', async () => {
    const { chunkIds } = await writeManual(core.db, { code: 'disk', chunks: [{ text: 'disk full of logs' }] });
    const index = follow(60_000);
    await index.search(ask('disk'));
    const lives = embedded.lives();

    await embedded.kill();
    const afterDeath = await idsOf(index, ask('disk'));
    await renewIndexSettings(core.db, null);
    await index.refresh();

    expect(afterDeath).toEqual(chunkIds);
    expect(embedded.lives()).toBe(lives + 1);
    expect(await idsOf(index, ask('disk'))).toEqual(chunkIds);
  });

  it('notices that it differs from the record without a change to explain it', async () => {
    const { id } = await writeManual(core.db, { code: 'disk', chunks: [{ text: 'disk' }] });
    const index = follow(60_000);
    await index.search(ask('disk'));

    await core.db.manual.update({ where: { id }, data: { status: 'ARCHIVED' } });
    await index.check();

    expect(await idsOf(index, ask('disk'))).toEqual([]);
  });

  it('answers with what it has while PostgreSQL is away, and says so', async () => {
    const { chunkIds } = await writeManual(core.db, { code: 'disk', chunks: [{ text: 'disk' }] });
    let away = false;
    const db = new Proxy(core.db, {
      get: (target, name) => {
        if (away) throw new Error('away');
        return Reflect.get(target, name);
      },
    });
    const index = followManuals({ db, store: embedded, denseModel: null, log: core.log, staleMs: 0, ...patience });
    await index.search(ask('disk'));

    away = true;
    const answer = await index.search(ask('disk'));

    expect(answer.hits.map((hit) => hit.id)).toEqual(chunkIds);
    expect(answer.degraded).toMatch(/may be missing/);
  });
});

describe('weights of all processes', () => {
  it('are made with one mean length, which is renewed when the collection has outgrown it', async () => {
    await writeManual(core.db, { code: 'short', chunks: [{ text: 'disk full now' }] });
    const first = await reviseIndexSettings(core.db, null);
    await writeManual(core.db, { code: 'near', chunks: [{ text: 'disk full today' }] });
    const second = await reviseIndexSettings(core.db, null);

    await writeManual(core.db, { code: 'long', chunks: [{ text: 'disk full '.repeat(40) }] });
    const third = await reviseIndexSettings(core.db, null);

    expect(second).toMatchObject({ generation: first.generation, averageLength: first.averageLength });
    expect(third.generation).toBe(first.generation + 1);
    expect(third.averageLength).toBeGreaterThan(first.averageLength);
  });

  it('an embedding model that comes later brings its embeddings into the index', async () => {
    await writeManual(core.db, {
      code: 'near',
      chunks: [
        { text: 'disk', dense: Float32Array.of(0, 2) },
        { text: 'disk', dense: Float32Array.of(1), denseModel: 'old' },
      ],
    });
    await readIndexSettings(core.db, null);

    expect(await reviseIndexSettings(core.db, 'test')).toMatchObject({
      generation: 2,
      denseModel: 'test',
      denseSize: 2,
    });
    const index = followManuals({ db: core.db, store: embedded, denseModel: 'test', log: core.log, ...patience });
    const { hits } = await index.search({ ...ask(''), dense: Float32Array.of(0, 1) });

    expect(hits).toMatchObject([{ score: 1 }]);
  });
});

describe('Qdrant beside the record', () => {
  let server: QdrantServer;
  let store: VectorStore;
  beforeEach(async () => {
    server = await qdrantServer();
    store = createQdrantStore({ url: server.url, collection: manualIndex, searchMs: 300, writeMs: 500, restMs: 100 });
  });
  afterEach(() => server.close());
  const syncWith = () => createIndexSync({ db: core.db, store, denseModel: null, log: core.log });

  it('is filled from the record and then follows it', async () => {
    const one = await writeManual(core.db, { code: 'one', chunks: [{ text: 'disk' }, { text: 'disk full' }] });
    const sync = syncWith();

    expect(await sync()).toBe('filled');
    const two = await writeManual(core.db, { code: 'two', chunks: [{ text: 'disk' }] });
    await changeManual(core.db, one.id, { status: 'ARCHIVED' });
    expect(await sync()).toBe('followed');

    expect(await idsOf(store, ask('disk'))).toEqual(two.chunkIds);
    expect(await store.count()).toBe(1);
  });

  it('nothing is lost that was written while it was away', async () => {
    const sync = syncWith();
    await sync();
    await server.down();

    const made = await writeManual(core.db, { code: 'one', chunks: [{ text: 'disk' }] });
    await expect(sync()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    await server.up();
    await sync();

    expect(await idsOf(store, ask('disk'))).toEqual(made.chunkIds);
  });

  it('an answer that was lost after the work was done changes nothing', async () => {
    await writeManual(core.db, { code: 'one', chunks: [{ text: 'disk' }, { text: 'disk' }] });
    const sync = syncWith();
    for (let at = 0; at < 6; at++) {
      server.fault({ kind: 'cut' }, 1);
      await sync().catch(() => undefined);
    }
    server.fault(null);
    await sync();

    expect(await store.count()).toBe(2);
    expect(await idsOf(store, ask('disk'))).toHaveLength(2);
  });

  it('is filled again after it was emptied, and when its number of points is wrong without a reason', async () => {
    const { id } = await writeManual(core.db, { code: 'one', chunks: [{ text: 'disk' }] });
    await syncWith()();

    server.empty();
    expect(await syncWith()()).toBe('filled');
    await store.removeManuals([id]);
    expect(await syncWith()()).toBe('filled');

    expect(await store.count()).toBe(1);
  });

  it('is written by one process at a time', async () => {
    await writeManual(core.db, { code: 'one', chunks: [{ text: 'disk' }] });

    const outcomes = await Promise.all([syncWith()(), syncWith()(), syncWith()()]);

    expect(outcomes.filter((one) => one === 'filled')).toHaveLength(1);
    expect(await store.count()).toBe(1);
  });

  it('is rebuilt with one call while searches are answered all the time', async () => {
    const { chunkIds } = await writeManual(core.db, {
      code: 'one',
      chunks: Array.from({ length: 40 }, () => ({ text: 'disk' })),
    });
    await syncWith()();
    const before = await store.describe();
    let done = false;
    const searches: number[] = [];
    const searching = (async () => {
      while (!done) searches.push((await store.search(ask('disk', { limit: 100 }))).hits.length);
    })();

    const points = await rebuildIndex({ db: core.db, store, denseModel: null, log: core.log });
    done = true;
    await searching;

    expect(points).toBe(chunkIds.length);
    expect(searches.length).toBeGreaterThan(0);
    expect(new Set(searches)).toEqual(new Set([40]));
    expect((await store.describe())?.name).not.toBe(before?.name);
    expect(await syncWith()()).toBe('followed');
  });

  it('a restored copy answers at once, and is then made like the record in place', async () => {
    const made = await writeManual(core.db, { code: 'one', chunks: [{ text: 'disk' }] });
    await syncWith()();
    const draft = await store.begin({ denseSize: null });
    await draft.upsert([
      {
        id: randomUUID(),
        sparse: documentVector(countsOf('disk'), 1),
        dense: null,
        payload: {
          manualId: made.id,
          code: 'one',
          revision: 1,
          seq: 0,
          locale: 'EN',
          systems: [],
          team: null,
          visibility: 'EVERYONE',
          indexVersion: 1,
        },
      },
    ]);
    await draft.use();

    await noteRestoredIndex(core.db, draft.name, null);
    expect(await syncWith()()).toBe('followed');

    expect((await store.describe())?.name).toBe(draft.name);
    expect(await idsOf(store, ask('disk'))).toEqual(made.chunkIds);
  });

  describe('as searches see it', () => {
    let reasons: FallbackReason[];
    const open = () => {
      reasons = [];
      return createManualPoints({
        db: core.db,
        log: core.log,
        embedded,
        qdrant: store,
        denseModel: null,
        onFallback: (reason) => reasons.push(reason),
      });
    };

    it.each([
      ['gone', async () => server.down(), async () => server.up()],
      ['silent', async () => server.fault({ kind: 'hang' }), async () => server.fault(null)],
      ['failing', async () => server.fault({ kind: 'status', status: 500 }), async () => server.fault(null)],
      ['slow', async () => server.fault({ kind: 'delay', ms: 5_000 }), async () => server.fault(null)],
      ['refusing', async () => server.fault({ kind: 'status', status: 403 }), async () => server.fault(null)],
    ])(
      '%s: the embedded index answers within 3 s and says so; when it is back it answers again',
      async (_how, breakIt, mend) => {
        const { chunkIds } = await writeManual(core.db, { code: 'one', chunks: [{ text: 'disk' }] });
        const points = open();
        await points.tend();
        const healthy = await points.search(ask('disk'));

        await breakIt();
        const times: number[] = [];
        for (let i = 0; i < 5; i++) {
          const begun = performance.now();
          const answer = await points.search(ask('disk'));
          times.push(performance.now() - begun);
          expect(answer).toMatchObject({ store: 'embedded', hits: [{ id: chunkIds[0] }] });
          expect(answer.degraded).toMatch(/embedded index/);
        }
        await mend();

        await until(async () => (await points.search(ask('disk'))).store === 'qdrant', { what: 'Qdrant again' });
        expect(healthy).toMatchObject({ store: 'qdrant', degraded: null, hits: [{ id: chunkIds[0] }] });
        expect(Math.max(...times)).toBeLessThan(3_000);
        expect(reasons.length).toBeGreaterThanOrEqual(5);
      },
    );

    it('one that nobody has brought up to date is not asked', async () => {
      await writeManual(core.db, { code: 'one', chunks: [{ text: 'disk' }] });
      const points = open();
      await points.tend();
      await core.db.$executeRaw`update "SearchIndex" set "followedAt" = now() - interval '1 minute'`;

      const answer = await points.search(ask('disk'));

      expect(answer).toMatchObject({ store: 'embedded', hits: [{}] });
      expect(reasons).toEqual(['behind']);
      expect(await points.outside?.()).toEqual({ points: 1, fallback: expect.stringMatching(/embedded/) });
    });
  });
});
