import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../../../lib/ids.ts';
import { Secret } from '../../../../lib/secret.ts';
import { type QdrantServer, qdrantServer } from '../../../../test/servers/qdrant/server.ts';
import type { ChunkPoint, PointQuery } from '../../../ports/vector-store.ts';
import { createQdrantSnapshots } from './snapshots.ts';
import { createQdrantStore } from './store.ts';

const apiKey = new Secret('the key');
const collection = 'system_manuals';
const pointIn = (manualId: string): ChunkPoint => ({
  id: newId(),
  sparse: { indices: [1], values: [1] },
  dense: null,
  payload: {
    manualId,
    code: 'MAN-1',
    revision: 1,
    seq: 0,
    locale: 'EN',
    systems: [],
    team: null,
    visibility: 'EVERYONE',
    indexVersion: 1,
  },
});
const query: PointQuery = {
  sparse: { indices: [1], values: [1] },
  dense: null,
  filter: { reader: { operator: false, admin: false, teams: [] } },
  limit: 10,
  fusion: null,
};

let server: QdrantServer;
let options: Parameters<typeof createQdrantStore>[0];
let folder: string;
beforeEach(async () => {
  server = await qdrantServer({ apiKey: apiKey.reveal() });
  options = { url: server.url, apiKey, collection, searchMs: 300, writeMs: 1_000, restMs: 200 };
  folder = mkdtempSync(path.join(tmpdir(), 'snapshots-'));
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});
const filled = async (points = 3) => {
  const store = createQdrantStore(options);
  await (await store.begin({ denseSize: null })).use();
  await store.upsert(Array.from({ length: points }, () => pointIn(newId())));
  return store;
};
const paths = () => server.seen.map(({ method, path: asked }) => `${method} ${asked}`);

describe('collections', () => {
  it('stand behind an alias with the name operators know, and have an index for every field filters look at', async () => {
    await filled();

    const made = server.seen.find(({ method, path: asked }) => method === 'PUT' && asked.endsWith('_v1'));
    const indexes = server.seen.filter(({ path: asked }) => asked.endsWith('/index')).map(({ body }) => body);

    expect(made?.body).toMatchObject({ sparse_vectors: { text: { modifier: 'idf' } } });
    expect(JSON.stringify(indexes)).toMatch(/manualId.*locale.*systems.*team.*visibility/);
    expect(paths()).toContain('POST /collections/aliases');
  });

  it('that a dead process left behind are dropped by the next one that begins', async () => {
    const store = await filled();
    const left = await store.begin({ denseSize: null });

    const next = await store.begin({ denseSize: null });

    expect(paths()).toContain(`DELETE /collections/${left.name}`);
    expect(next.name).not.toBe(left.name);
    expect(await store.count()).toBe(3);
  });

  it('a collection of that name which is none of ours is not touched, and the refusal says what to do', async () => {
    await fetch(`${server.url}/collections/${collection}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', 'api-key': apiKey.reveal() },
      body: '{}',
    });
    const draft = await createQdrantStore(options).begin({ denseSize: null });

    await expect(draft.use()).rejects.toMatchObject({
      code: 'INVALID_STATE',
      message: expect.stringMatching(/Rename or delete/),
    });
  });

  it('a second family of its own (closed incidents) does not disturb the first', async () => {
    const manuals = await filled();
    const incidents = createQdrantStore({ ...options, collection: 'incidents' });
    await (await incidents.begin({ denseSize: null })).use();
    await incidents.upsert([pointIn(newId())]);

    expect([await manuals.count(), await incidents.count()]).toEqual([3, 1]);
    expect(await manuals.describe()).toMatchObject({ name: 'system_manuals_v1' });
    expect(await incidents.describe()).toMatchObject({ name: 'incidents_v1' });
  });
});

describe('faults', () => {
  it('a search is tried once more, then fails in its limits, then not at all until Qdrant had a rest', async () => {
    const store = await filled();

    server.fault({ kind: 'status', status: 503 }, 1);
    expect((await store.search(query)).hits).toHaveLength(3);
    server.fault({ kind: 'hang' });
    for (let i = 0; i < 3; i++) {
      const begun = performance.now();
      await expect(store.search(query)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
      expect(performance.now() - begun).toBeLessThan(1_500);
    }
    const asked = server.seen.length;
    await expect(store.search(query)).rejects.toMatchObject({ message: expect.stringMatching(/given a rest/) });

    expect(server.seen).toHaveLength(asked);
  });

  it('a write is tried again until it is done, and done twice is done once', async () => {
    const store = await filled(0);
    server.fault({ kind: 'cut' }, 2);

    await store.upsert([pointIn(newId())]);

    expect(await store.count()).toBe(1);
  });

  it('a wrong key is said so and not tried again', async () => {
    await filled();
    const stranger = createQdrantStore({ ...options, apiKey: new Secret('another') });

    await expect(stranger.count()).rejects.toMatchObject({
      code: 'UPSTREAM_REJECTED',
      message: 'Qdrant refuses the API key.',
    });
  });

  it('a collection that is not there is no index yet', async () => {
    const store = createQdrantStore(options);

    expect(await store.describe()).toBeNull();
    await expect(store.search(query)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });
});

describe('snapshots', () => {
  it('are created, listed and downloaded under the name operators know', async () => {
    await filled();
    const snapshots = createQdrantSnapshots(options);

    const made = await snapshots.create();
    const file = path.join(folder, 'copy.snapshot');
    await snapshots.download(made.name, file);

    expect(await snapshots.list()).toEqual([made]);
    expect(readFileSync(file)).toHaveLength(made.sizeBytes);
    expect(paths()).toContain(`POST /collections/${collection}/snapshots`);
  });

  it('are restored into an index of their own while the one in use answers', async () => {
    const store = await filled();
    const snapshots = createQdrantSnapshots(options);
    const file = path.join(folder, 'copy.snapshot');
    await snapshots.download((await snapshots.create()).name, file);
    await store.upsert([pointIn(newId())]);

    const restored = await snapshots.restore(file);

    expect(restored).toEqual({ name: 'system_manuals_v2', denseSize: null, points: 3 });
    expect((await store.search(query)).hits).toHaveLength(3);
    expect(paths()).toContain('DELETE /collections/system_manuals_v1');
  });

  it('a file that is no snapshot changes nothing', async () => {
    const store = await filled();
    const file = path.join(folder, 'notes.txt');
    writeFileSync(file, 'not a snapshot');

    await expect(createQdrantSnapshots(options).restore(file)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });

    expect(await store.describe()).toMatchObject({ name: 'system_manuals_v1', points: 3 });
  });

  it('one that does not exist leaves no file', async () => {
    await filled();

    await expect(createQdrantSnapshots(options).download('x.snapshot', path.join(folder, 'x'))).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(() => readFileSync(path.join(folder, 'x'))).toThrow();
  });
});
