import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Secret } from '../../lib/secret.ts';
import { type OpenAiServer, openAiServer } from '../../test/servers/openai/server.ts';
import { changeManual, writeManual } from '../../test/support/manual-rows.ts';
import { manualSearch } from '../../test/support/manual-search.ts';
import { type RecordCore, recordCore } from '../../test/support/record-core.ts';
import { createOpenAi } from '../adapters/llm/openai.ts';
import type { ManualQuery, ManualSearchResult, SearchDeps } from './search.ts';
import { type ManualReader, sharedReader } from './visibility-rules.ts';

let core: RecordCore;
let server: OpenAiServer;
const operator: ManualReader = { everyone: true, operator: true, teams: ['payments'], admin: false };

const pages = [
  [
    'DISK-01',
    'EN',
    'A filesystem runs out of space: find large files and delete old logs until the disk has free space again.',
  ],
  [
    'CERT-01',
    'EN',
    'The client certificate of the kubelet is about to expire. Renew the certificate and restart the kubelet.',
  ],
  ['POD-01', 'EN', 'A pod is crash looping: read the logs of the container before it was killed and restarted.'],
  ['PAY-KO-1', 'KO', '결제 서버가 멈췄을 때에는 먼저 상태를 확인하고 재시작한 다음 결제 요청이 처리되는지 봅니다.'],
  [
    'PAY-EN-1',
    'EN',
    'When the payment server has stopped, look at its state, restart it, and check that payment requests are processed.',
  ],
  ['ORA-1', 'EN', 'Snapshot too old: enlarge the undo tablespace and its retention time.'],
] as const;
const ids = new Map<string, string>();

beforeAll(async () => {
  core = await recordCore();
  server = await openAiServer({ apiKey: 'key' });
  for (const [code, locale, text] of pages)
    ids.set(code, (await writeManual(core.db, { code, locale, chunks: [{ text }] })).id);
  await core.db.manual.update({
    where: { id: ids.get('POD-01') ?? '' },
    data: { alertNames: ['KubePodCrashLooping'], revisedAt: new Date('2020-01-01') },
  });
  await core.db.manual.update({ where: { id: ids.get('ORA-1') ?? '' }, data: { errorCodes: ['ORA-01555'] } });
  await writeManual(core.db, {
    code: 'SECRET-1',
    visibility: 'TEAM',
    team: 'payments',
    chunks: [
      { text: 'Payment gateway credentials rotation: ask the vault for the payment gateway key and rotate it.' },
    ],
  });
  await writeManual(core.db, {
    code: 'OTHER-1',
    systems: ['billing'],
    chunks: [{ text: 'Billing exports stop: restart the billing export job.' }],
  });
});
afterAll(async () => {
  await server.close();
  await core.close();
});

type Asked = Partial<ManualQuery> & { readonly words: string };
const search = (asked: Asked, more: Partial<SearchDeps> = {}): Promise<ManualSearchResult> =>
  manualSearch(core, more)({ limit: 5, reader: sharedReader, ...asked });
const codes = ({ passages }: ManualSearchResult): string[] => passages.map(({ code }) => code);

describe('what is named comes first', () => {
  test.each([
    ['KubePodCrashLooping 알람 원인', 'POD-01'],
    ['what to do about ORA-01555', 'ORA-1'],
    ['disk-01 보여줘', 'DISK-01'],
    ['see https://wiki.example/runbooks/CERT-01.md', 'CERT-01'],
  ])('%s: %s', async (words, code) => {
    const result = await search({ words });

    expect(codes(result)[0]).toBe(code);
    expect(result).toMatchObject({ mode: 'exact', answered: true, confidence: 1 });
  });
});

describe('Korean questions', () => {
  test.each([
    ['디스크 공간이 부족해요', 'DISK-01'],
    ['디스크공간이부족해요', 'DISK-01'],
    ['큐블릿 인증서가 곧 만료됩니다', 'CERT-01'],
    ['파드가 계속 죽었다 살아나요', 'POD-01'],
    ['파드가 계속 죽었다 살아나요'.normalize('NFD'), 'POD-01'],
  ])('%s finds the English page %s', async (words, code) => {
    expect(codes(await search({ words }))[0]).toBe(code);
  });

  test('find the Korean page before its English twin', async () => {
    const found = codes(await search({ words: '결제 서버가 멈췄을 때 어떻게 하나요' }));

    expect(found.indexOf('PAY-KO-1')).toBe(0);
    expect(found).toContain('PAY-EN-1');
  });
});

describe('filters', () => {
  test('nobody sees a passage they may not, not even as the nearest', async () => {
    const words = 'payment gateway credentials rotation vault';

    expect(codes(await search({ words }))).not.toContain('SECRET-1');
    expect(codes(await search({ words, reader: operator }))[0]).toBe('SECRET-1');
  });

  test('a manual that was hidden after it was indexed is not shown', async () => {
    const made = await writeManual(core.db, { code: 'HIDE-1', chunks: [{ text: 'quantum flux inverter alignment' }] });
    const ask = manualSearch(core);
    const query = { words: 'quantum flux inverter alignment', limit: 5, reader: sharedReader };
    expect(codes(await ask(query))[0]).toBe('HIDE-1');

    await core.db.manual.update({ where: { id: made.id }, data: { visibility: 'OPERATORS' } });

    expect(codes(await ask(query))).not.toContain('HIDE-1');
    await changeManual(core.db, made.id, { status: 'ARCHIVED' });
  });

  test('a system leaves out manuals of others, a language those in another', async () => {
    expect(codes(await search({ words: 'billing export job', system: 'payment-api' }))).not.toContain('OTHER-1');
    expect(codes(await search({ words: 'billing export job', system: 'billing' }))[0]).toBe('OTHER-1');
    expect(codes(await search({ words: '결제 서버', locale: 'EN' }))).not.toContain('PAY-KO-1');
  });
});

test('a question nothing answers says so, and still gives the nearest', async () => {
  const result = await search({ words: 'How do I book a meeting room in the Berlin office?' });

  expect(result.answered).toBe(false);
  expect(result.confidence).toBeLessThan(0.5);
});

test.each(['', '   ', '?!…', '어떻게'])('%j finds nothing and does not fail', async (words) => {
  expect(await search({ words })).toMatchObject({ passages: [], answered: false, confidence: 0 });
});

test('a manual that nobody revised for a year is marked', async () => {
  const { passages } = await search({ words: 'pod crash looping container logs' });

  expect(passages[0]).toMatchObject({ code: 'POD-01', isOld: true, isSuperseded: false });
});

describe('a model that helps', () => {
  const llm = () =>
    createOpenAi({ mode: 'compatible', baseUrl: server.url, apiKey: new Secret('key'), model: 'm', timeoutMs: 2_000 });
  const unclear = 'kram in der ecke voll';

  test('says the question in other words when nothing is sure', async () => {
    server.script({ content: JSON.stringify({ phrases: ['filesystem out of space', 'free disk space'] }) });

    const result = await search({ words: unclear }, { llm: llm(), help: { rewrite: true, order: false } });

    expect(codes(result)[0]).toBe('DISK-01');
    expect(result.degraded).toBeNull();
  });

  test('is not asked when the answer is sure', async () => {
    const before = server.seen.length;

    await search(
      { words: 'filesystem runs out of space large files' },
      { llm: llm(), help: { rewrite: true, order: false } },
    );

    expect(server.seen.length).toBe(before);
  });

  test('and fails leaves the search as it was, and says so', async () => {
    server.script({ status: 400 });

    const result = await search({ words: unclear }, { llm: llm(), help: { rewrite: true, order: false } });

    expect(result.answered).toBe(false);
    expect(result.degraded).toContain('did not reword');
  });

  test('puts passages in order, keeping those it left out', async () => {
    const words = 'restart the server';
    const plain = codes(await search({ words }));
    server.script({ content: JSON.stringify({ order: [2] }) });

    const helped = codes(await search({ words }, { llm: llm(), help: { rewrite: false, order: true } }));

    expect(helped[0]).toBe(plain[1]);
    expect(helped.toSorted()).toEqual(plain.toSorted());
  });
});

test('an embedding model that fails leaves the words, and says so', async () => {
  const result = await search(
    { words: 'filesystem out of space' },
    {
      embed: async () => {
        throw new Error('away');
      },
    },
  );

  expect(codes(result)[0]).toBe('DISK-01');
  expect(result).toMatchObject({ mode: 'lexical', semantic: false });
  expect(result.degraded).toContain('embedding');
});
