import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Secret } from '../../../lib/secret.ts';
import { type OpenAiServer, openAiServer } from '../../../test/servers/openai/server.ts';
import type { Llm } from '../../ports/llm.ts';
import { createOpenAi } from './openai.ts';
import { retryAfterMs } from './retry-after.ts';

const schema = z.strictObject({ headline: z.string(), refs: z.array(z.number().int()) });
const good = JSON.stringify({ headline: 'stopped', refs: [1] });
let server: OpenAiServer;

beforeAll(async () => {
  server = await openAiServer({ apiKey: 'key-1', deployment: 'ops' });
});
afterAll(() => server.close());
beforeEach(() => void server.seen.splice(0));

const compatible = (apiKey = 'key-1'): Llm =>
  createOpenAi({ mode: 'compatible', baseUrl: server.url, apiKey: new Secret(apiKey), model: 'm-1', timeoutMs: 2_000 });
const azure = (): Llm =>
  createOpenAi({
    mode: 'azure',
    endpoint: server.endpoint,
    apiKey: new Secret('key-1'),
    apiVersion: '2024-10-21',
    deployment: 'ops',
    timeoutMs: 2_000,
  });
const ask = (llm: Llm, user = 'Word it.', limitMs = 5_000) =>
  llm.complete({
    system: 'Be brief.',
    user,
    schemaName: 'finding',
    schema,
    maxTokens: 200,
    signal: AbortSignal.timeout(limitMs),
  });

describe.each([
  ['compatible', compatible, '/v1/chat/completions'],
  ['azure', azure, '/openai/deployments/ops/chat/completions'],
] as const)('%s', (_, make, path) => {
  test('an answer that fits the schema comes back typed, with its usage', async () => {
    server.script({ content: good });

    const answer = await ask(make());

    expect(answer).toMatchObject({
      value: { headline: 'stopped', refs: [1] },
      usage: { promptTokens: 20, completionTokens: 10 },
    });
    expect(server.seen).toMatchObject([{ path }]);
  });

  test('an answer that does not fit is asked for again, and what was wrong is said', async () => {
    server.script({ content: 'Sure! Here it is.' }, { content: '{"headline": 3, "refs": []}' }, { content: good });

    const answer = await ask(make());

    expect(answer.value.headline).toBe('stopped');
    expect(answer.usage.promptTokens).toBe(60);
    expect(server.seen[2]?.body.messages.at(-1)?.content).toContain('headline');
  });

  test('after two more useless answers it gives up', async () => {
    server.script({ content: '' }, { content: '[]' }, { content: '{}' }, { content: good });

    await expect(ask(make())).rejects.toMatchObject({ code: 'UPSTREAM_REJECTED' });
    expect(server.seen).toHaveLength(3);
    server.script();
    await ask(make());
  });
});

test('it waits as long as it is told to before it tries again', async () => {
  server.script({ status: 429, headers: { 'retry-after-ms': '300' } }, { content: good });
  const begun = performance.now();

  await ask(compatible());

  expect(performance.now() - begun).toBeGreaterThanOrEqual(290);
});

test('a server that fails three times is unavailable, and may be tried later', async () => {
  const down = { status: 503, headers: { 'retry-after-ms': '1' } };
  server.script(down, down, down);

  await expect(ask(compatible())).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryable: true });
  expect(server.seen).toHaveLength(3);
});

test('a pause longer than anybody waits is not waited for', async () => {
  server.script({ status: 429, headers: { 'retry-after': '3600' } });

  await expect(ask(compatible())).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryAfterMs: 3_600_000 });
});

test('a cut connection is tried again', async () => {
  server.script({ cut: true }, { content: good });

  expect((await ask(compatible())).value.refs).toEqual([1]);
});

test('a server that never answers ends with the limit', async () => {
  server.script({ hang: true });

  await expect(ask(compatible(), 'x', 300)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
});

test('a wrong key is a refusal, not a fault to repeat', async () => {
  await expect(ask(compatible('wrong'))).rejects.toMatchObject({ code: 'UPSTREAM_REJECTED', retryable: false });
});

test('a refusal and a content filter are said plainly', async () => {
  server.script({ refusal: 'No.' });
  await expect(ask(compatible())).rejects.toMatchObject({ code: 'UPSTREAM_REJECTED' });
  server.script({ content: '', finishReason: 'content_filter' });
  await expect(ask(compatible())).rejects.toMatchObject({ code: 'UPSTREAM_REJECTED' });
});

test('known kinds of secrets do not leave', async () => {
  server.script({ content: good });

  await ask(compatible(), 'the log says password=hunter2hunter2 and AKIAABCDEFGHIJKLMNOP');

  const sent = JSON.stringify(server.seen);
  expect(sent).not.toContain('hunter2');
  expect(sent).not.toContain('AKIAABCDEFGHIJKLMNOP');
});

test.each([
  [{ 'retry-after-ms': '250' }, 250],
  [{ 'retry-after': '2' }, 2_000],
  [{ 'retry-after': 'Wed, 21 Oct 2026 07:28:03 GMT' }, 3_000],
  [{ 'retry-after': 'soon' }, null],
  [{}, null],
])('retry-after %j means %j ms', (headers, expected) => {
  expect(retryAfterMs(new Headers(Object.entries(headers)), Date.parse('2026-10-21T07:28:00Z'))).toBe(expected);
});
