import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { derivedId } from '../../../lib/ids.ts';
import { seededRandom } from '../../../lib/seeded-random.ts';
import type {
  ChunkPoint,
  IndexShape,
  PointHit,
  PointPayload,
  PointQuery,
  PointReader,
  VectorStore,
} from '../../ports/vector-store.ts';

const id = (name: string) => derivedId('vector-store contract', name);
const everybody: PointReader = { operator: false, admin: false, teams: [] };
const operator: PointReader = { operator: true, admin: false, teams: [] };
const administrator: PointReader = { operator: true, admin: true, teams: [] };
const nothing = { indices: [], values: [] };

function point(
  name: string,
  terms: Readonly<Record<number, number>>,
  over: Partial<PointPayload> = {},
  dense: readonly number[] | null = null,
): ChunkPoint {
  const entries = Object.entries(terms).map(([index, value]) => [Number(index), value] as const);
  return {
    id: id(name),
    sparse: { indices: entries.map(([index]) => index), values: entries.map(([, value]) => value) },
    dense: dense === null ? null : Float32Array.from(dense),
    payload: {
      manualId: id(over.manualId ?? 'manual'),
      code: 'MAN-1',
      revision: 1,
      seq: 0,
      locale: over.locale ?? 'EN',
      systems: over.systems ?? [],
      team: over.team ?? null,
      visibility: over.visibility ?? 'EVERYONE',
      indexVersion: 1,
    },
  };
}

const ask = (over: Partial<PointQuery>): PointQuery => ({
  sparse: nothing,
  dense: null,
  filter: { reader: everybody },
  limit: 10,
  fusion: null,
  ...over,
});
const forTerms = (...indices: readonly number[]) => ({ indices, values: indices.map(() => 1) });
const idf = (points: number, holders: number) => Math.log((points - holders + 0.5) / (holders + 0.5) + 1);

/** Names and scores; scores of the two stores may differ in the fifth place. */
function expectHits(hits: readonly PointHit[], expected: readonly (readonly [string, number])[]): void {
  expect(hits.map((hit) => hit.id)).toEqual(expected.map(([name]) => id(name)));
  for (const [index, [, score]] of expected.entries())
    expect(Math.abs((hits[index]?.score ?? 0) - score)).toBeLessThan(1e-4);
}

/** What every vector store keeps. `make` answers an empty store whose index has that shape. */
export function vectorStoreContract(make: (shape: IndexShape) => Promise<VectorStore>): void {
  let store: VectorStore;
  const open = async (denseSize: number | null) => {
    store = await make({ denseSize });
    return store;
  };
  const namesOf = async (query: Partial<PointQuery>) => {
    const known = new Map('abcdefghijklmnop'.split('').map((name) => [id(name), name]));
    return (await store.search(ask(query))).hits.map((hit) => known.get(hit.id)).sort();
  };
  afterEach(async () => {
    await store.close();
  });

  describe('the sparse half', () => {
    it('scores with idf over all points and finds only points that share a term', async () => {
      await open(null);
      await store.upsert([
        point('a', { 1: 2, 7: 1 }),
        point('b', { 1: 1 }),
        point('c', { 4294967295: 1.5 }),
        point('d', {}),
      ]);

      const { hits, store: from, degraded } = await store.search(ask({ sparse: forTerms(1, 7, 999) }));

      expectHits(hits, [
        ['a', 2 * idf(3, 2) + idf(3, 1)],
        ['b', idf(3, 2)],
      ]);
      expect(hits[0]?.sparseScore).toBeCloseTo(hits[0]?.score ?? 0, 5);
      expect(hits[0]?.denseScore).toBeNull();
      expect([from, degraded]).toEqual([store.kind, null]);
      expectHits((await store.search(ask({ sparse: forTerms(4_294_967_295) }))).hits, [['c', 1.5 * idf(3, 1)]]);
    });

    it('takes the query weights into account', async () => {
      await open(null);
      await store.upsert([point('a', { 1: 1 }), point('b', { 2: 1 })]);

      const { hits } = await store.search(ask({ sparse: { indices: [1, 2], values: [0.5, 2] } }));

      expectHits(hits, [
        ['b', 2 * idf(2, 1)],
        ['a', 0.5 * idf(2, 1)],
      ]);
    });

    it('puts equal scores in the order of their ids, and cuts at the limit', async () => {
      await open(null);
      const names = [...'abcdefgh'];
      await store.upsert(names.map((name) => point(name, { 1: 1, 2: 0.25 })));

      const all = (await store.search(ask({ sparse: forTerms(1, 2) }))).hits.map((hit) => hit.id);

      expect(all).toEqual(names.map(id).sort());
      expect((await store.search(ask({ sparse: forTerms(1), limit: 3 }))).hits).toHaveLength(3);
      expect((await store.search(ask({ sparse: forTerms(1), limit: 0 }))).hits).toEqual([]);
    });
  });

  describe('the dense half', () => {
    beforeEach(async () => {
      await open(3);
      await store.upsert([
        point('a', { 1: 1 }, {}, [1, 0, 0]),
        point('b', { 1: 1 }, {}, [10, 10, 0]),
        point('c', { 1: 1 }, {}, [0, 0, -2]),
        point('d', { 1: 1 }),
      ]);
    });

    it('scores by cosine, whatever the length of the vectors, and leaves out points without an embedding', async () => {
      const { hits } = await store.search(ask({ dense: Float32Array.of(0, 0, 5).fill(7, 0, 1) }));

      expectHits(hits, [
        ['a', 7 / Math.hypot(7, 5)],
        ['b', 7 / Math.hypot(7, 5) / Math.SQRT2],
        ['c', -5 / Math.hypot(7, 5)],
      ]);
      expect(hits[0]?.sparseScore).toBeNull();
    });

    it('refuses an embedding of another length, in a query and in a point', async () => {
      await expect(store.search(ask({ dense: Float32Array.of(1, 2) }))).rejects.toMatchObject({
        code: 'INVALID_INPUT',
      });
      await expect(store.upsert([point('e', { 1: 1 }, {}, [1, 2])])).rejects.toMatchObject({ code: 'INVALID_INPUT' });
      expect(await store.count()).toBe(4);
    });

    it('an index without embeddings refuses a query with one', async () => {
      await store.close();
      await open(null);

      await expect(store.search(ask({ dense: Float32Array.of(1, 2, 3) }))).rejects.toMatchObject({
        code: 'INVALID_INPUT',
      });
    });
  });

  describe('both halves', () => {
    it('are fused by position, and each hit carries the scores it had in them', async () => {
      await open(2);
      await store.upsert([
        point('a', { 1: 3 }, {}, [0, 1]),
        point('b', { 1: 2 }, {}, [1, 0.1]),
        point('c', { 1: 1 }),
        point('d', { 2: 1 }, {}, [1, 0]),
      ]);

      const { hits } = await store.search(
        ask({ sparse: forTerms(1), dense: Float32Array.of(1, 0), fusion: { k: 60 }, limit: 4 }),
      );

      expectHits(
        hits,
        [
          ['b', 1 / 61 + 1 / 61],
          ['a', 1 / 60 + 1 / 62],
          ['d', 1 / 60],
          ['c', 1 / 62],
        ].sort((one, other) => Number(other[1]) - Number(one[1])) as [string, number][],
      );
      const b = hits.find((hit) => hit.id === id('b'));
      expect(b?.sparseScore).toBeCloseTo(2 * idf(4, 3), 4);
      expect(b?.denseScore).toBeCloseTo(1 / Math.hypot(1, 0.1), 4);
      expect(hits.find((hit) => hit.id === id('c'))?.denseScore).toBeNull();
    });

    it('need a fusion, and a k of at least one', async () => {
      await open(2);
      const both = { sparse: forTerms(1), dense: Float32Array.of(1, 0) };

      await expect(store.search(ask(both))).rejects.toMatchObject({ code: 'INVALID_INPUT' });
      await expect(store.search(ask({ ...both, fusion: { k: 0 } }))).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    });
  });

  describe('filters', () => {
    beforeEach(async () => {
      await open(2);
      const near = [1, 0];
      await store.upsert([
        point('a', { 1: 1 }, { manualId: 'open' }, near),
        point('b', { 1: 9 }, { manualId: 'ops', visibility: 'OPERATORS' }, near),
        point('c', { 1: 9 }, { manualId: 'team x', visibility: 'TEAM', team: 'x' }, near),
        point('d', { 1: 9 }, { manualId: 'team y', visibility: 'TEAM', team: 'y' }, near),
        point('e', { 1: 9 }, { manualId: 'no team', visibility: 'TEAM' }, near),
        point('f', { 1: 1 }, { manualId: 'korean', locale: 'KO', systems: ['payment'], team: 'x' }, near),
        point('g', { 1: 1 }, { manualId: 'two', systems: ['payment', 'order'] }, near),
      ]);
    });

    it.each([
      ['everybody', everybody, 'afg'],
      ['an operator', operator, 'abfg'],
      ['somebody of team x', { ...everybody, teams: ['x', 'z'] }, 'acfg'],
      ['an operator of both teams', { ...operator, teams: ['x', 'y'] }, 'abcdfg'],
      ['an administrator', administrator, 'abcdefg'],
    ])('%s sees what they may, in each kind of search', async (_who, reader, seen) => {
      const filter = { reader };
      const near = Float32Array.of(1, 0);

      expect((await namesOf({ sparse: forTerms(1), filter })).join('')).toBe(seen);
      expect((await namesOf({ dense: near, filter })).join('')).toBe(seen);
      expect((await namesOf({ sparse: forTerms(1), dense: near, fusion: { k: 2 }, filter })).join('')).toBe(seen);
    });

    it('what may not be seen takes no place, and still counts for idf', async () => {
      const { hits } = await store.search(ask({ sparse: forTerms(1), limit: 3 }));

      expect(hits).toHaveLength(3);
      expect(Math.abs((hits[0]?.score ?? 0) - idf(7, 7))).toBeLessThan(1e-4);
    });

    it('language, system, team and document', async () => {
      const of = async (filter: Omit<PointQuery['filter'], 'reader'>) =>
        (await namesOf({ sparse: forTerms(1), filter: { reader: administrator, ...filter } })).join('');

      expect(await of({ locale: 'KO' })).toBe('f');
      expect(await of({ system: 'order' })).toBe('abcdeg');
      expect(await of({ system: 'payment', locale: 'KO' })).toBe('f');
      expect(await of({ team: 'x' })).toBe('cf');
      expect(await of({ manualIds: [id('open'), id('two')] })).toBe('ag');
      expect(await of({ manualIds: [] })).toBe('');
      expect(await of({ locale: null, system: null, team: null })).toBe('abcdefg');
    });
  });

  describe('writing', () => {
    it('a point written again has its newer vectors and payload, and the rest of the index knows', async () => {
      await open(null);
      await store.upsert([point('a', { 1: 1 }), point('b', { 1: 1 })]);

      await store.upsert([point('a', { 2: 1 }, { locale: 'KO' })]);
      await store.upsert([point('a', { 2: 1 }, { locale: 'KO' })]);

      expectHits((await store.search(ask({ sparse: forTerms(1) }))).hits, [['b', idf(2, 1)]]);
      expectHits((await store.search(ask({ sparse: forTerms(2), filter: { reader: everybody, locale: 'KO' } }))).hits, [
        ['a', idf(2, 1)],
      ]);
      expect(await store.count()).toBe(2);
    });

    it('a document that is put has those points and no others', async () => {
      await open(null);
      await store.upsert([
        point('a', { 1: 1 }, { manualId: 'one' }),
        point('b', { 1: 1 }, { manualId: 'one' }),
        point('c', { 1: 1 }, { manualId: 'two' }),
      ]);

      await store.putManuals([
        {
          manualId: id('one'),
          points: [point('b', { 1: 2 }, { manualId: 'one' }), point('d', { 1: 1 }, { manualId: 'one' })],
        },
        { manualId: id('two'), points: [] },
      ]);

      expect((await namesOf({ sparse: forTerms(1) })).join('')).toBe('bd');
      expect(await store.count()).toBe(2);
    });

    it('a document that is removed is gone, also from idf; removing it again changes nothing', async () => {
      await open(null);
      await store.upsert([point('a', { 1: 1 }, { manualId: 'one' }), point('b', { 1: 1, 2: 1 }, { manualId: 'two' })]);

      await store.removeManuals([id('one'), id('never there')]);
      await store.removeManuals([id('one')]);
      await store.removeManuals([]);

      expectHits((await store.search(ask({ sparse: forTerms(1) }))).hits, [['b', idf(1, 1)]]);
    });

    it('an empty index answers with nothing', async () => {
      await open(2);

      expect((await store.search(ask({ sparse: forTerms(1) }))).hits).toEqual([]);
      expect((await store.search(ask({ dense: Float32Array.of(1, 0) }))).hits).toEqual([]);
      expect((await store.search(ask({}))).hits).toEqual([]);
      expect(await store.count()).toBe(0);
      expect(await store.describe()).toMatchObject({ denseSize: 2, points: 0 });
    });
  });

  describe('another index', () => {
    it('is filled while the old one answers, and takes its place at once; embeddings may have another length', async () => {
      await open(2);
      await store.upsert([point('a', { 1: 1 }, {}, [1, 0])]);

      const draft = await store.begin({ denseSize: 3 });
      await draft.upsert([point('b', { 1: 1 }, {}, [0, 1, 0])]);
      await draft.putManuals([{ manualId: id('two'), points: [point('c', { 1: 1 }, { manualId: 'two' })] }]);
      const before = await namesOf({ sparse: forTerms(1) });
      await draft.use();

      expect(before).toEqual(['a']);
      expect(await namesOf({ sparse: forTerms(1) })).toEqual(['b', 'c']);
      expect(await namesOf({ dense: Float32Array.of(0, 1, 0) })).toEqual(['b']);
      expect(await store.describe()).toMatchObject({ name: draft.name, denseSize: 3, points: 2 });
      await store.upsert([point('d', { 1: 1 }, {}, [0, 0, 1])]);
      expect(await store.count()).toBe(3);
    });

    it('that is dropped leaves the one in use as it is', async () => {
      await open(null);
      await store.upsert([point('a', { 1: 1 })]);

      const draft = await store.begin({ denseSize: null });
      await draft.upsert([point('b', { 1: 1 })]);
      await draft.drop();

      expect(await namesOf({ sparse: forTerms(1) })).toEqual(['a']);
    });
  });

  it('agrees with plain arithmetic over 2,000 random points, also after changes and removals', async () => {
    const random = seededRandom(20_261_126);
    await open(8);
    const fraction = () => (random.below(2_000_001) - 1_000_000) / 1_000_000;
    const dense = () => Float32Array.from({ length: 8 }, fraction);
    const sparse = (size: number) => {
      const indices = [...new Set(Array.from({ length: size }, () => random.below(random.pick([12, 120, 1_200]))))];
      indices.sort((one, other) => one - other);
      return { indices, values: indices.map(() => (random.below(1_000_000) + 1) / 400_000) };
    };
    const make = (n: number): ChunkPoint => ({
      ...point(
        `random ${n}`,
        {},
        {
          manualId: `manual ${n % 90}`,
          locale: random.pick(['KO', 'EN']),
          systems: random.pick([[], ['payment'], ['order', 'payment']]),
          team: random.pick([null, 'x', 'y']),
          visibility: random.pick(['EVERYONE', 'OPERATORS', 'TEAM']),
        },
      ),
      sparse: sparse(random.below(30)),
      dense: random.below(5) === 0 ? null : dense(),
    });
    const model = new Map(Array.from({ length: 2_000 }, (_, n) => [n, make(n)] as const));
    await store.upsert([...model.values()]);
    for (let n = 0; n < 300; n++) model.set(n, make(n));
    await store.upsert([...model.values()].slice(0, 300));
    const removed = [id('manual 7'), id('manual 70')];
    for (const [n, one] of model) if (removed.includes(one.payload.manualId)) model.delete(n);
    await store.removeManuals(removed);

    for (let round = 0; round < 60; round++) {
      const kind = random.pick(['sparse', 'dense', 'both'] as const);
      const query = ask({
        sparse: kind === 'dense' ? nothing : sparse(8),
        dense: kind === 'sparse' ? null : dense(),
        fusion: kind === 'both' ? { k: random.pick([1, 2, 60]) } : null,
        limit: random.pick([1, 10, 200]),
        filter: {
          reader: {
            operator: random.below(2) === 1,
            admin: random.below(4) === 0,
            teams: random.pick([[], ['x'], ['x', 'y']]),
          },
          locale: random.pick([null, 'KO', 'EN']),
          system: random.pick([null, 'payment', 'order']),
          team: random.pick([null, null, 'x']),
        },
      });
      if (kind !== 'dense' && query.sparse.indices.length === 0) continue;

      const { hits } = await store.search(query);
      const expected = plainSearch([...model.values()], query);

      // Fused scores repeat, and two cosines may be nearer to each other than floats can tell: order is compared by score.
      expect(hits).toHaveLength(expected.length);
      for (const [i, hit] of hits.entries()) {
        expect(Math.abs(hit.score - (expected[i]?.score ?? 0))).toBeLessThan(1e-4);
        const same = expected.find((one) => one.id === hit.id);
        if (same === undefined) expect(Math.abs(hit.score - (expected.at(-1)?.score ?? 0))).toBeLessThan(1e-4);
        else expect(Math.abs(hit.score - same.score)).toBeLessThan(1e-4);
      }
    }
  }, 60_000);
}

/** The same search by the definition, point by point. */
function plainSearch(
  points: readonly ChunkPoint[],
  query: PointQuery,
): { readonly id: string; readonly score: number }[] {
  const { reader, locale, system, team } = query.filter;
  const seen = points.filter(
    ({ payload }) =>
      (payload.visibility === 'EVERYONE' ||
        (payload.visibility === 'OPERATORS' && (reader.operator || reader.admin)) ||
        (payload.visibility === 'TEAM' && (reader.admin || reader.teams.includes(payload.team ?? '')))) &&
      (!locale || payload.locale === locale) &&
      (!system || payload.systems.length === 0 || payload.systems.includes(system)) &&
      (!team || payload.team === team),
  );
  const best = (scored: { readonly id: string; readonly score: number }[]) =>
    scored.sort((one, other) => other.score - one.score || (one.id < other.id ? -1 : 1)).slice(0, query.limit);
  const holders = (index: number) => points.filter((one) => one.sparse.indices.includes(index)).length;
  const withTerms = points.filter((one) => one.sparse.indices.length > 0).length;
  const weights = new Map(
    query.sparse.indices.map((index, i) => [index, (query.sparse.values[i] ?? 0) * idf(withTerms, holders(index))]),
  );
  const sparse = best(
    seen.flatMap((one) => {
      const shared = one.sparse.indices.flatMap((index, i) => {
        const weight = weights.get(index);
        return weight === undefined ? [] : [weight * (one.sparse.values[i] ?? 0)];
      });
      return shared.length === 0 ? [] : [{ id: one.id, score: shared.reduce((sum, part) => sum + part, 0) }];
    }),
  );
  const wanted = query.dense;
  if (wanted === null) return sparse;
  const dense = best(
    seen.flatMap(({ id: pointId, dense: vector }) => {
      if (vector === null) return [];
      const dot = vector.reduce((sum, value, i) => sum + value * (wanted[i] ?? 0), 0);
      return [{ id: pointId, score: dot / Math.hypot(...vector) / Math.hypot(...wanted) }];
    }),
  );
  if (query.fusion === null) return dense;
  const { k } = query.fusion;
  const sums = new Map<string, number>();
  for (const list of [sparse, dense])
    for (const [position, one] of list.entries()) sums.set(one.id, (sums.get(one.id) ?? 0) + 1 / (position + k));
  return best([...sums].map(([pointId, score]) => ({ id: pointId, score })));
}
