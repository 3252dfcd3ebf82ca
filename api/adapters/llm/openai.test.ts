import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Secret } from '../../../lib/secret.ts';
import { type OpenAiServer, openAiServer, type Script } from '../../../test/servers/openai/server.ts';
import { until } from '../../../test/support/until.ts';
import type { Llm, LlmExchange } from '../../ports/llm.ts';
import { limitCalls, usualLimits } from './limits.ts';
import { createOpenAi } from './openai.ts';
import { costOf } from './price-rules.ts';
import { retryAfterMs } from './retry-after.ts';

const schema = z.strictObject({ headline: z.string(), refs: z.array(z.number().int()) });
const good = JSON.stringify({ headline: 'stopped', refs: [1] });
let server: OpenAiServer;

beforeAll(async () => {
  server = await openAiServer({ apiKey: 'key-1', deployment: 'ops' });
  base = { mode: 'compatible', baseUrl: server.url, apiKey: new Secret('key-1'), model: 'm-1' };
});
afterAll(() => server.close());
beforeEach(() => server.clear());

let base: { mode: 'compatible'; baseUrl: string; apiKey: Secret; model: string };
const compatible = (apiKey = 'key-1'): Llm => createOpenAi({ ...base, apiKey: new Secret(apiKey), timeoutMs: 2_000 });
const azure = (): Llm =>
  createOpenAi({
    mode: 'azure',
    endpoint: server.endpoint,
    apiKey: new Secret('key-1'),
    apiVersion: '2024-10-21',
    deployment: 'ops',
    timeoutMs: 2_000,
  });
const ask = (llm: Llm, user = 'Word it.', limitMs = 5_000, record?: (exchange: LlmExchange) => void) =>
  llm.complete({
    system: 'Be brief.',
    user,
    schemaName: 'finding',
    schema,
    maxTokens: 200,
    signal: AbortSignal.timeout(limitMs),
    ...(record === undefined ? {} : { record }),
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
  });
});

test('it waits as long as it is told to before it tries again', async () => {
  server.script({ status: 429, headers: { 'retry-after-ms': '300' } }, { content: good });
  const begun = performance.now();

  await ask(compatible());

  expect(performance.now() - begun).toBeGreaterThanOrEqual(290);
});

const down = { status: 503, headers: { 'retry-after-ms': '1' } };
const quick = { timeoutMs: 400 };

describe('each way to fail ends in an answer, or in a plain statement within the limit', () => {
  test.each([
    ['429 that says when', [{ status: 429, headers: { 'retry-after-ms': '30' } }, { content: good }], null],
    ['429 for longer than anybody waits', [{ status: 429, headers: { 'retry-after': '3600' } }], 'rate-limited'],
    ['a spent quota', [{ status: 429, code: 'insufficient_quota' }, { content: good }], 'rate-limited'],
    ['5xx once', [down, { content: good }], null],
    ['5xx each time', [down, down, down, { content: good }], 'unavailable'],
    ['no answer once', [{ hang: true }, { content: good }], null],
    ['no answer each time', [{ hang: true }, { hang: true }, { hang: true }], 'timeout'],
    ['a slow stream that arrives', [{ content: good, stream: { partEveryMs: 120 } }], null],
    ['a stream that falls silent', [{ content: good, stream: { silentAfter: 2 } }, { content: good }], null],
    ['a stream that is cut', [{ content: good, stream: { cutAfter: 2 } }, { content: good }], null],
    ['streams that are all cut', Array(3).fill({ content: good, stream: { cutAfter: 2 } }), 'cut'],
    ['a connection that is cut', [{ cut: true }, { content: good }], null],
    ['words instead of JSON', [{ content: 'Sure!' }, { content: good }], null],
    ['words each time', [{ content: 'Sure!' }, { content: 'Sure!' }, { content: 'Sure!' }], 'unusable'],
    ['an answer cut at its length', [{ content: good.slice(0, 9), finishReason: 'length' }, { content: good }], null],
    ['nothing', [{ content: '' }, { content: good }], null],
    ['nothing each time', [{ content: '' }, { content: '' }, { content: '' }], 'unusable'],
    ['a refusal', [{ refusal: 'No.' }], 'refused'],
    ['an answer the filter took', [{ content: '', finishReason: 'content_filter' }], 'filtered'],
    ['a question the filter took', [{ status: 400, code: 'content_filter' }, { content: good }], 'filtered'],
  ] as [string, Script[], string | null][])('%s', async (_, script, kind) => {
    const exchanges: LlmExchange[] = [];
    server.script(...script);
    const llm = createOpenAi({ ...base, ...quick });
    const begun = performance.now();

    const answer = await ask(llm, 'x', 3_000, (one) => exchanges.push(one)).catch((error: unknown) => error);

    expect(performance.now() - begun).toBeLessThan(3_500);
    if (kind === null) expect(answer).toMatchObject({ value: { headline: 'stopped' } });
    else expect(answer).toMatchObject({ kind, name: 'AppError' });
    expect(exchanges.at(-1)?.failure ?? null).toBe(kind === 'unusable' ? null : kind);
  });
});

test('after five failures in a row nothing is sent, until one trial succeeds', async () => {
  const llm = createOpenAi({ ...base, ...quick, limits: { failuresInARow: 5, pauseMs: 300 } });
  server.script(down, down, down, down, down);
  await expect(ask(llm)).rejects.toMatchObject({ kind: 'unavailable' });
  await expect(ask(llm)).rejects.toMatchObject({ kind: 'unavailable' });
  const sent = server.seen.length;

  await expect(ask(llm)).rejects.toMatchObject({ kind: 'unavailable', retryAfterMs: 300 });

  expect([sent, server.seen.length]).toEqual([5, 5]);
  server.script({ content: good });
  const answer = await until(() => ask(llm).catch(() => null), { what: 'the trial call' });
  expect(answer.value.headline).toBe('stopped');
});

test('no more calls run at the same moment than are allowed, and the tokens of a minute are counted', async () => {
  let [now, most] = [0, 0];
  const limited = limitCalls({ ...usualLimits, concurrency: 2, tokensPerMinute: 100 }, () => now);
  const signal = AbortSignal.timeout(5_000);
  let running = 0;
  const call = async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
  };

  await Promise.all(Array.from({ length: 8 }, () => limited.run(signal, call)));
  limited.spend(100);

  expect(most).toBe(2);
  await expect(limited.run(signal, call)).rejects.toMatchObject({ kind: 'busy', retryAfterMs: 60_000 });
  now = 60_001;
  await limited.run(signal, call);
});

test('a wrong key is a refusal, not a fault to repeat', async () => {
  await expect(ask(compatible('wrong'))).rejects.toMatchObject({ code: 'UPSTREAM_REJECTED', retryable: false });
});

describe('a turn with tools', () => {
  const tools = [
    { name: 'look', description: 'Looks.', parameters: { type: 'object', properties: { what: { type: 'string' } } } },
  ];
  const turn = (llm: Llm, messages: Parameters<Llm['chat']>[0]['messages']) =>
    llm.chat({ messages, tools, maxTokens: 100, signal: AbortSignal.timeout(3_000) });

  test.each([
    ['compatible', compatible],
    ['azure', azure],
  ] as const)('calls arrive in parts and come back whole (%s)', async (_, make) => {
    server.script({
      toolCalls: [
        { name: 'look', arguments: { what: '결제' } },
        { name: 'look', arguments: '{"wh' },
      ],
    });

    const reply = await turn(make(), [{ role: 'user', content: 'Look.' }]);

    expect(reply).toMatchObject({ finish: 'tool_calls', text: '', usage: { promptTokens: 20, completionTokens: 10 } });
    expect(reply.toolCalls.map((call) => [call.name, call.arguments])).toEqual([
      ['look', '{"what":"결제"}'],
      ['look', '{"wh'],
    ]);
  });

  test('an answered call goes back under its id, and one without its answer is refused as the real endpoint does', async () => {
    const asked = {
      role: 'assistant',
      content: null,
      toolCalls: [{ id: 'c1', name: 'look', arguments: '{}' }],
    } as const;
    server.script({ content: 'Done.' });

    const reply = await turn(compatible(), [
      { role: 'user', content: 'Look.' },
      asked,
      { role: 'tool', toolCallId: 'c1', content: 'password=hunter2hunter2' },
    ]);

    expect(reply).toMatchObject({ text: 'Done.', finish: 'stop' });
    expect(JSON.stringify(server.seen)).not.toContain('hunter2');
    await expect(turn(compatible(), [{ role: 'user', content: 'Look.' }, asked])).rejects.toMatchObject({
      kind: 'rejected',
    });
    expect(server.refused.at(-1)).toContain('did not have response messages: c1');
  });
});

test('what a call costs is known where its model has a price', async () => {
  const prices = { 'm-1': { prompt: 2, completion: 10 } };
  server.script({ content: good }, { content: good });

  expect((await ask(createOpenAi({ ...base, prices }))).costUsd).toBeCloseTo((20 * 2 + 10 * 10) / 1_000_000, 12);
  expect((await ask(compatible())).costUsd).toBeNull();
  const usage = { promptTokens: 1_000_000, completionTokens: 0 };
  expect(
    costOf(
      { 'gpt-x': { prompt: 1, completion: 1 }, 'gpt-x-mini': { prompt: 0.1, completion: 1 } },
      'gpt-x-mini-2026-01-01',
      usage,
    ),
  ).toBe(0.1);
});

test('a schema with optional and bounded parts is sent as strict answers need it, and checked by its own rules', async () => {
  const bounded = z.object({
    name: z.string().min(2).max(5),
    count: z.int().min(1).optional(),
    tags: z.array(z.string()).max(2),
  });
  server.script(
    { content: '{"name":"x","count":null,"tags":[]}' },
    { content: '{"name":"xy","count":null,"tags":[]}' },
  );

  const answer = await compatible().complete({
    system: 's',
    user: 'u',
    schemaName: 'bounded',
    schema: bounded,
    maxTokens: 50,
    signal: AbortSignal.timeout(3_000),
  });

  expect(answer.value).toEqual({ name: 'xy', tags: [] });
  expect(server.refused).toEqual([]);
});

test('a recording comes back as words with times; without a model for it that is said', async () => {
  server.transcript('안녕하세요', [{ start: 0, end: 1.5, text: '안녕하세요' }]);
  const request = {
    audio: new Uint8Array([1, 2, 3]),
    fileName: 'meeting.mp3',
    language: 'ko',
    signal: AbortSignal.timeout(3_000),
  } as const;

  const heard = await createOpenAi({ ...base, transcriptionModel: 'whisper-1' }).transcribe(request);

  expect(heard).toEqual({
    text: '안녕하세요',
    model: 'whisper-1',
    segments: [{ startSeconds: 0, endSeconds: 1.5, text: '안녕하세요' }],
  });
  expect(server.recordings).toEqual([{ fileName: 'meeting.mp3', sizeBytes: 3, model: 'whisper-1', language: 'ko' }]);
  await expect(compatible().transcribe(request)).rejects.toMatchObject({ code: 'NOT_CONFIGURED' });
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
