import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Secret } from '../../../lib/secret.ts';
import { digestVector, type EmbeddingServer, embeddingServer } from '../../../test/servers/openai/embeddings.ts';
import type { Embedder } from '../../ports/embedder.ts';
import { createEmbedder } from './embeddings.ts';

const size = 24;
let server: EmbeddingServer;
beforeAll(async () => {
  server = await embeddingServer({ apiKey: 'key-1', deployment: 'text-embedding-ada-002', size, mostInputs: 16 });
});
afterAll(() => server.close());
beforeEach(() => void server.seen.splice(0));

const compatible = (apiKey = 'key-1'): Embedder =>
  createEmbedder({
    mode: 'compatible',
    baseUrl: server.url,
    apiKey: new Secret(apiKey),
    model: 'm-1',
    timeoutMs: 1_000,
  });
const azure = (deployment = 'text-embedding-ada-002'): Embedder =>
  createEmbedder({
    mode: 'azure',
    endpoint: server.endpoint,
    apiKey: new Secret('key-1'),
    apiVersion: '2024-10-21',
    deployment,
    timeoutMs: 1_000,
  });
const soon = () => AbortSignal.timeout(5_000);

describe.each([
  ['compatible', compatible, 'm-1', '/v1/embeddings'],
  ['azure', azure, 'text-embedding-ada-002', '/openai/deployments/text-embedding-ada-002/embeddings'],
] as const)('%s', (_, make, model, path) => {
  test('texts come back as vectors in their order, in batches the other side takes', async () => {
    const texts = Array.from({ length: 40 }, (_unused, index) => `passage ${index}`);

    const answer = await make().embed(texts, soon());

    expect(answer.model).toBe(model);
    expect(answer.vectors.map((vector) => [...vector])).toEqual(
      texts.map((text) => [...Float32Array.from(digestVector(text, size))]),
    );
    expect(server.seen.map((one) => [one.path, one.input.length])).toEqual([
      [path, 16],
      [path, 16],
      [path, 8],
    ]);
  });

  test('secrets are taken out before a text leaves', async () => {
    await make().embed(['log in with password: hunter2secret'], soon());

    expect(JSON.stringify(server.seen)).not.toContain('hunter2secret');
  });

  test('a limit is waited out as it asks', async () => {
    server.script({ status: 429, headers: { 'retry-after-ms': '30' } }, { cut: true });

    const answer = await make().embed(['a'], soon());

    expect(answer.vectors).toHaveLength(1);
  });

  test('one that stays away is told apart from one that refuses', async () => {
    server.script(...Array.from({ length: 3 }, () => ({ status: 503, headers: { 'retry-after-ms': '5' } })));
    await expect(make().embed(['a'], soon())).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryable: true });

    await expect(make().embed(['x'.repeat(40_000)], soon())).rejects.toMatchObject({ code: 'UPSTREAM_REJECTED' });
  });

  test('the time limit of the caller is kept', async () => {
    server.script({ hang: true });

    await expect(make().embed(['a'], AbortSignal.timeout(80))).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });
});

test('a wrong key and a deployment that does not exist are refusals', async () => {
  await expect(compatible('other').embed(['a'], soon())).rejects.toMatchObject({ code: 'UPSTREAM_REJECTED' });
  await expect(azure('other').embed(['a'], soon())).rejects.toMatchObject({ code: 'UPSTREAM_REJECTED' });
});
