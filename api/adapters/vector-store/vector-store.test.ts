import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createLogger } from '../../../lib/log.ts';
import { Secret } from '../../../lib/secret.ts';
import { type QdrantServer, qdrantServer } from '../../../test/servers/qdrant/server.ts';
import type { VectorStore } from '../../ports/vector-store.ts';
import { vectorStoreContract } from './contract.ts';
import { createEmbeddedStore } from './embedded/store.ts';
import { createQdrantStore } from './qdrant/store.ts';

const log = createLogger({ name: 'test', level: 'silent' });
const apiKey = new Secret('a key of the tests');

/** An index of that shape under a name of its own. */
async function emptyIndex(store: VectorStore, denseSize: number | null): Promise<VectorStore> {
  await (await store.begin({ denseSize })).use();
  return store;
}

describe('the embedded store', () => {
  vectorStoreContract(async ({ denseSize }) => createEmbeddedStore({ log, denseSize }));
});

describe('Qdrant, as a local server speaks its protocol', () => {
  let server: QdrantServer;
  beforeAll(async () => {
    server = await qdrantServer({ apiKey: apiKey.reveal() });
  });
  afterAll(() => server.close());

  vectorStoreContract(({ denseSize }) =>
    emptyIndex(createQdrantStore({ url: server.url, apiKey, collection: `t-${randomUUID()}` }), denseSize),
  );
});

const real = process.env.QDRANT_URL;
describe.skipIf(!real)('Qdrant at QDRANT_URL', () => {
  const key = process.env.QDRANT_API_KEY;
  const prefix = `agentic-test-${randomUUID()}`;
  afterAll(async () => {
    const headers = key ? { 'api-key': key } : {};
    const answer = await fetch(new URL('/collections', real), { headers });
    const { result } = z
      .object({ result: z.object({ collections: z.array(z.object({ name: z.string() })) }) })
      .parse(await answer.json());
    for (const { name } of result.collections)
      if (name.startsWith(prefix)) await fetch(new URL(`/collections/${name}`, real), { method: 'DELETE', headers });
  });
  vectorStoreContract(({ denseSize }) =>
    emptyIndex(
      createQdrantStore({
        url: real ?? '',
        ...(key ? { apiKey: new Secret(key) } : {}),
        collection: `${prefix}-${randomUUID()}`,
        searchMs: 10_000,
      }),
      denseSize,
    ),
  );
});
it.skipIf(real)('NOT RUN: the contract on a real Qdrant, because QDRANT_URL is not set', (context) => {
  context.skip();
  expect.unreachable();
});
