import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { commandForm, doorSecrets, nowSeconds, programs, signed } from '../support/hostile.ts';
import { type RunningProduct, startProduct } from '../support/product.ts';
import { postUntilAnswered } from '../support/raw-post.ts';
import { CHANNEL, REQUESTER, textOf } from '../support/thread.ts';
import { until } from '../support/until.ts';

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

describe('the doors of Slack and GraphQL under bad input', () => {
  let product: RunningProduct;
  let secrets: ReturnType<typeof doorSecrets>;
  let before: Readonly<Record<string, number>>;

  const slackUrl = () => `http://127.0.0.1:${product.ports.bot}/slack/events`;
  const toSlackDoor = (
    body: string | Uint8Array<ArrayBuffer>,
    headers: Readonly<Record<string, string>>,
    type = FORM,
  ) =>
    fetch(slackUrl(), {
      method: 'POST',
      body,
      headers: { 'content-type': type, ...headers },
      signal: AbortSignal.timeout(10_000),
    });
  const toSign = (body: string, timestamp?: string) => signed(secrets.SLACK_SIGNING_SECRET, body, timestamp);
  /** Answers only this person sees, newest last. */
  const answers = async (words: RegExp) =>
    (await product.slack.messages(CHANNEL, REQUESTER)).filter(
      (one) => one.ephemeral_to === REQUESTER && words.test(textOf(one)),
    );
  const answered = (words: RegExp, count = 1) =>
    until(async () => (await answers(words)).length >= count, {
      what: `an answer like ${words}`,
      timeoutMs: 15_000,
      everyMs: 50,
    });

  beforeAll(async () => {
    product = await startProduct({ SLACK_MODE: 'http', SAMPLE_SYSTEM: 'false', HEALTH_CHECK_CRON: '0 0 3 1 1 *' });
    secrets = doorSecrets(product);
    before = programs(product);
  });
  afterAll(() => product?.stop());

  test('a signed command is carried out once, and its replay starts nothing', async () => {
    const body = commandForm('version');
    const headers = toSign(body);
    expect((await toSlackDoor(body, headers)).status).toBe(200);
    await answered(/Agentic AI \d/);
    expect((await toSlackDoor(body, headers)).status).toBeLessThan(500);
    // The same delivery signed anew, as after a lost acknowledgement.
    expect((await toSlackDoor(body, toSign(body, String(nowSeconds() + 1)))).status).toBe(200);
    await product.slack.command({ user: REQUESTER, channel: CHANNEL, text: 'settings' });
    await answered(/time zone/);
    expect(await answers(/Agentic AI \d/)).toHaveLength(1);
  });

  test.each<[string, (body: string) => Record<string, string>]>([
    ['no signature', () => ({})],
    ['a signature with another secret', (body) => signed('another-secret-another-secret', body)],
    ['a signature over another body', () => toSign('command=%2Fagent')],
    ['a signature of another version', (body) => ({ ...toSign(body), 'x-slack-signature': `v1=${'0'.repeat(64)}` })],
    ['a signature of five minutes ago', (body) => toSign(body, String(nowSeconds() - 302))],
    ['a signature of in five minutes', (body) => toSign(body, String(nowSeconds() + 310))],
    ['a timestamp that is not ten digits', (body) => toSign(body, `0${nowSeconds()}`)],
    ['a timestamp with a sign', (body) => toSign(body, `+${String(nowSeconds()).slice(1)}`)],
    ['a timestamp that is no number', (body) => toSign(body, 'yesterday')],
  ])('%s is refused and nothing starts', async (_title, headersOf) => {
    const body = commandForm('help incident');
    expect((await toSlackDoor(body, headersOf(body))).status).toBe(401);
    expect(await answers(/help incident/)).toEqual([]);
  });

  test('set-up requests that nobody signed are not answered', async () => {
    const body = JSON.stringify({ type: 'url_verification', challenge: 'tell-me' });
    const answer = await toSlackDoor(body, {}, JSON_TYPE);
    expect(answer.status).toBe(401);
    expect(await answer.text()).not.toContain('tell-me');
  });

  test.each<[string, string, string]>([
    ['no JSON', '{"type":', JSON_TYPE],
    ['no JSON in the form', 'payload=%7B%22type', FORM],
    ['a body of another shape', '{"type":"event_callback","event":{"type":5}}', JSON_TYPE],
    ['a list', '[1,2,3]', JSON_TYPE],
    ['a bare word', '"hello"', JSON_TYPE],
    ['nothing', '', JSON_TYPE],
    ['a command without its user', 'command=%2Fagent&text=help', FORM],
    ['a click without its button', `payload=${encodeURIComponent('{"type":"block_actions","actions":[]}')}`, FORM],
    ['nesting without end', `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, JSON_TYPE],
    ['a kind nobody knows', `payload=${encodeURIComponent('{"type":7}')}`, FORM],
  ])('well signed, but %s: a refusal, never a crash', async (_title, body, type) => {
    expect((await toSlackDoor(body, toSign(body), type)).status).toBe(400);
  });

  test('another content type or a packed body is refused', async () => {
    const body = commandForm('help');
    expect((await toSlackDoor(body, toSign(body), 'text/plain')).status).toBe(415);
    const packed = new Uint8Array(gzipSync(body));
    expect([400, 401, 415]).toContain(
      (await toSlackDoor(packed, { ...toSign(body), 'content-encoding': 'gzip' })).status,
    );
  });

  test('what is too large is a 413, whether its size was told or not', async () => {
    const headers = { 'content-type': FORM, ...toSign('') };
    expect(await postUntilAnswered(slackUrl(), { headers, bytes: 3_000_000 })).toBe(413);
    expect(await postUntilAnswered(slackUrl(), { headers, bytes: 3_000_000, chunked: true })).toBe(413);
  });

  test('a command that does not exist gets a suggestion or help, in words', async () => {
    expect(await product.slack.command({ user: REQUESTER, channel: CHANNEL, text: 'incidnet list' })).toMatchObject({
      ok: true,
    });
    await answered(/Did you mean .*incident/i);
    expect(await product.slack.command({ user: REQUESTER, channel: CHANNEL, text: 'zzzz qqqq' })).toMatchObject({
      ok: true,
    });
    await answered(/\/agent help/);
  });

  const answer = z.object({
    data: z.unknown(),
    errors: z
      .array(z.object({ message: z.string(), extensions: z.looseObject({ code: z.string().optional() }).optional() }))
      .optional(),
  });
  const ask = async (query: unknown, key: string | null, headers: Readonly<Record<string, string>> = {}) => {
    const response = await fetch(`http://127.0.0.1:${product.ports.api}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': JSON_TYPE,
        accept: 'application/graphql-response+json',
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...headers,
      },
      body: typeof query === 'string' ? JSON.stringify({ query }) : JSON.stringify(query),
      signal: AbortSignal.timeout(10_000),
    });
    const text = await response.text();
    return { status: response.status, text, code: codeOf(text) };
  };
  const codeOf = (text: string): string | undefined => {
    try {
      return answer.parse(JSON.parse(text)).errors?.[0]?.extensions?.code;
    } catch {
      return undefined;
    }
  };

  test('GraphQL answers nobody without a right credential, and shows strangers no schema', async () => {
    for (const key of [null, 'aak_wrong_wrong_wrong_wrong_wrong']) {
      for (const query of ['{ viewer { roles } }', '{ __schema { types { name } } }', '{ systms { nope } }']) {
        const refused = await ask(query, key);
        expect(refused.status).toBe(401);
        expect(refused.text).not.toMatch(/Did you mean|IncidentConnection|at \/|node_modules/);
      }
    }
    expect((await ask('{ viewer { permissions } }', product.secrets.ADMIN_API_KEY)).status).toBe(200);
  });

  test('a key that may only read changes nothing', async () => {
    const mutation = `mutation { systemCreate(input: { idempotencyKey: "stolen-1", name: "stolen", displayName: "x", environment: PROD })
      { system { id } userErrors { code } } }`;
    const refused = await ask(mutation, secrets.WEB_API_KEY);
    expect(refused.text).toContain('FORBIDDEN');
    const systems = await ask('{ systems { nodes { name } } }', product.secrets.ADMIN_API_KEY);
    expect(systems.status).toBe(200);
    expect(systems.text).not.toContain('stolen');
  });

  test.each<[string, () => unknown]>([
    [
      'too deep',
      () => `{ incidents { nodes { tasks { nodes { ${'parent { '.repeat(12)} id ${'} '.repeat(12)} } } } } }`,
    ],
    [
      'too many aliases',
      () => `{ ${Array.from({ length: 60 }, (_, i) => `a${i}: viewer { id: permissions }`).join(' ')} }`,
    ],
    ['too many tokens', () => `{ viewer { ${'permissions '.repeat(5_000)} } }`],
    ['too many directives', () => `{ viewer { permissions ${'@include(if: true) '.repeat(200)} } }`],
    ['fragments in a circle', () => '{ viewer { ...a } } fragment a on Viewer { ...b } fragment b on Viewer { ...a }'],
    [
      'several operations at once',
      () => [{ query: '{ viewer { permissions } }' }, { query: '{ viewer { permissions } }' }],
    ],
    ['no operation', () => ({ question: 'viewer' })],
    ['a query that is no text', () => ({ query: { a: 1 } })],
  ])('an operation that is %s is a 400', async (_title, query) => {
    const refused = await ask(query(), product.secrets.ADMIN_API_KEY);
    expect(refused.status).toBe(400);
    expect(refused.text).not.toMatch(/node_modules|stacktrace/);
  });

  test('a GraphQL body that is too large, packed too much, broken, or of another type is refused', async () => {
    const url = `http://127.0.0.1:${product.ports.api}/graphql`;
    const headers = { 'content-type': JSON_TYPE, authorization: `Bearer ${product.secrets.ADMIN_API_KEY}` };
    const post = (body: string | Uint8Array<ArrayBuffer>, more: Readonly<Record<string, string>> = {}) =>
      fetch(url, { method: 'POST', headers: { ...headers, ...more }, body }).then((response) => response.status);
    expect(await postUntilAnswered(url, { headers, bytes: 6_000_000 })).toBe(413);
    expect(await postUntilAnswered(url, { headers, bytes: 6_000_000, chunked: true })).toBe(413);
    const bomb = new Uint8Array(
      gzipSync(JSON.stringify({ query: `{ viewer { permissions } } #${'x'.repeat(20_000_000)}` })),
    );
    expect([413, 415]).toContain(await post(bomb, { 'content-encoding': 'gzip' }));
    expect(await post('{"query": "{ viewer')).toBe(400);
    expect([400, 415]).toContain(await post('query=%7B+viewer+%7D', { 'content-type': FORM }));
    expect([400, 415]).toContain(
      await post('{"query":"{ viewer { permissions } }"}', { 'content-type': 'text/plain' }),
    );
    expect([400, 405]).toContain(
      (await fetch(`${url}?query=mutation%7Bx%7D`, { headers: { authorization: headers.authorization } })).status,
    );
  });

  test('after all of it every process is the same and a command works', async () => {
    expect(programs(product)).toEqual(before);
    expect(Object.keys(before).length).toBeGreaterThanOrEqual(4);
    const shown = (await answers(/Agentic AI \d/)).length;
    expect(await product.slack.command({ user: REQUESTER, channel: CHANNEL, text: 'version' })).toMatchObject({
      ok: true,
    });
    await answered(/Agentic AI \d/, shown + 1);
  });
});
