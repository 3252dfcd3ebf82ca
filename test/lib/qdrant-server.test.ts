import { afterAll, beforeAll, expect, it } from 'vitest';
import { type QdrantServer, qdrantServer } from '../servers/qdrant/server.ts';

let server: QdrantServer;
beforeAll(async () => {
  server = await qdrantServer({ apiKey: 'k' });
  await ask('PUT', '/collections/c', {
    vectors: { dense: { size: 2, distance: 'Cosine' } },
    sparse_vectors: { text: { modifier: 'idf' } },
  });
});
afterAll(() => server.close());

async function ask(method: string, path: string, body?: unknown, key = 'k') {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(key === '' ? {} : { 'api-key': key }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, text };
}
const upsert = (vector: unknown) =>
  ask('PUT', '/collections/c/points?wait=true', { points: [{ id: 1, vector, payload: {} }] });
const query = (body: unknown) => ask('POST', '/collections/c/points/query', body);

it.each<[string, () => Promise<{ status: number; text: string }>, number, string]>([
  [
    'no key',
    () => ask('GET', '/collections', undefined, ''),
    401,
    'Must provide an API key or an Authorization bearer token',
  ],
  ['a wrong key', () => ask('GET', '/collections', undefined, 'x'), 401, 'Invalid API key or JWT'],
  ['no such collection', () => ask('GET', '/collections/d'), 404, "Not found: Collection `d` doesn't exist!"],
  ['made twice', () => ask('PUT', '/collections/c', {}), 409, 'Wrong input: Collection `c` already exists!'],
  [
    'an alias over a collection',
    () =>
      ask('POST', '/collections/aliases', { actions: [{ create_alias: { collection_name: 'c', alias_name: 'c' } }] }),
    409,
    'Wrong input: Collection `c` already exists!',
  ],
  [
    'wrong length',
    () => upsert({ dense: [1, 2, 3] }),
    400,
    'Wrong input: Vector dimension error: expected dim: 2, got 3',
  ],
  ['unknown vector', () => upsert({ other: [1] }), 400, 'Wrong input: Not existing vector name error: other'],
  [
    'indices and values differ',
    () => upsert({ text: { indices: [1, 2], values: [1] } }),
    422,
    'Validation error in JSON body: [points[0].vector.?.values: Validation error: must be the same length as indices [{}]]',
  ],
  [
    'an index twice',
    () => upsert({ text: { indices: [1, 1], values: [1, 1] } }),
    422,
    'points[0].vector.?.indices: Validation error: must be unique [{}]',
  ],
  [
    'limit 0',
    () => query({ query: [1, 0], using: 'dense', limit: 0 }),
    422,
    '[internal.limit: value 0 invalid, must be 1 or larger]',
  ],
  [
    'unknown vector in a query',
    () => query({ query: [1, 0], using: 'x' }),
    400,
    'Wrong input: Vector with name `x` is not configured in this collection, available names: dense, text',
  ],
  [
    'prefetch without a query',
    () => query({ prefetch: [{ query: [1, 0], using: 'dense' }] }),
    400,
    "Bad request: A query is needed to merge the prefetches. Can't have prefetches without defining a query.",
  ],
  [
    'fusion with a vector',
    () => query({ prefetch: [{ query: [1, 0], using: 'dense' }], query: { rrf: { k: 2 } }, using: 'dense' }),
    400,
    "Bad request: Fusion queries cannot be combined with the 'using' field.",
  ],
  ['a body of another shape', () => query({ query: 'x'.repeat(3), limit: 'many' }), 400, 'Format error in JSON body'],
])('refuses in the words of the real server: %s', async (_what, request, status, words) => {
  const answer = await request();

  expect(answer.status).toBe(status);
  expect(answer.text).toContain(JSON.stringify(words).slice(1, -1));
});

it('conditions on payloads: values in lists, empty, null, ids, and their combinations', async () => {
  const payloads = [{ s: ['a', 'b'], t: null }, { s: [] }, { s: 'c', t: 'x' }, {}];
  await ask('PUT', '/collections/c/points?wait=true', {
    points: payloads.map((payload, id) => ({ id, vector: {}, payload })),
  });
  const matching = async (filter: unknown): Promise<number[]> => {
    const { text } = await ask('POST', '/collections/c/points/scroll', { filter });
    const answer: { result: { points: { id: number }[] } } = JSON.parse(text);
    return answer.result.points.map(({ id }) => id);
  };

  expect(await matching({ must: [{ key: 's', match: { value: 'a' } }] })).toEqual([0]);
  expect(await matching({ must: { key: 's', match: { any: ['b', 'c'] } } })).toEqual([0, 2]);
  expect(await matching({ must: [{ key: 's', match: { any: [] } }] })).toEqual([]);
  expect(await matching({ must: [{ is_empty: { key: 's' } }] })).toEqual([1, 3]);
  expect(await matching({ must: [{ is_empty: { key: 't' } }] })).toEqual([0, 1, 3]);
  expect(await matching({ must: [{ is_null: { key: 't' } }] })).toEqual([0]);
  expect(await matching({ must_not: [{ has_id: [0, 2] }], should: [{ is_empty: { key: 's' } }] })).toEqual([1, 3]);
  expect(
    await matching({ should: [{ must: [{ has_id: [2] }] }, { key: 's', match: { except: ['a', 'c'] } }] }),
  ).toEqual([0, 2]);
});

it('without a k, fusion uses 2; with one, that', async () => {
  await ask('PUT', '/collections/c/points?wait=true', { points: [{ id: 9, vector: { dense: [1, 0] } }] });
  const scoreOf = async (rrf: unknown): Promise<unknown> => {
    const { text } = await query({ prefetch: [{ query: [1, 0], using: 'dense' }], query: { rrf } });
    return JSON.parse(text).result.points[0].score;
  };

  expect(await scoreOf({})).toBe(0.5);
  expect(await scoreOf({ k: 4 })).toBe(0.25);
});
