import { describe, expect, test } from 'vitest';
import { chunkMarkdown, stepsOf } from './chunk-rules.ts';
import { parseManual } from './front-matter.ts';
import { nameInUrl } from './library.ts';
import { scoreAll, sparseOf, stemHangul, stemLatin, termsOf } from './sparse-rules.ts';

test.each([
  ['결제를', '결제'],
  ['서비스에서는', '서비스'],
  ['재시작합니다', '재시작'],
  ['나무', '나무'],
])('%s is indexed as %s', (word, stem) => {
  expect(stemHangul(word)).toBe(stem);
});

test.each([
  ['payments', 'payment'],
  ['retries', 'retry'],
  ['restarting', 'restart'],
  ['status', 'status'],
  ['process', 'process'],
  ['api', 'api'],
])('%s is indexed as %s', (word, stem) => {
  expect(stemLatin(word)).toBe(stem);
});

test('an alert name is found by its parts and as a whole', () => {
  expect(termsOf('PaymentApiDown')).toEqual(['payment', 'api', 'down', 'paymentapidown']);
});

test('decomposed Hangul is the same Hangul', () => {
  expect(termsOf('결제'.normalize('NFD'))).toEqual(termsOf('결제'));
});

test('spaces left out of a Korean question still meet the page', () => {
  const pages = ['결제 재시도 절차', '당직 인수인계', '디스크 정리'].map(sparseOf);

  const scores = scoreAll('결제재시도절차', pages);

  expect(scores[0]).toBeGreaterThan(0);
  expect(scores.slice(1)).toEqual([0, 0]);
});

test('words named like parts of an object are words', () => {
  expect(sparseOf('constructor toString __proto__').length).toBeGreaterThan(0);
  expect(scoreAll('constructor', [sparseOf('hello')])).toEqual([0]);
});

describe('chunks', () => {
  const text = '# A\n\nfirst\n\n## B\n\n1. one\n2. two\n\n```sh\n# no heading\n```\n';

  test('follow the headings and know their lines', () => {
    expect(
      chunkMarkdown(text, 'Title', 10).map(({ section, lineFrom, lineTo }) => ({ section, lineFrom, lineTo })),
    ).toEqual([
      { section: 'A', lineFrom: 10, lineTo: 13 },
      { section: 'B', lineFrom: 14, lineTo: 22 },
    ]);
  });

  test('of a long section are cut between paragraphs, and nothing is lost', () => {
    const long = Array.from({ length: 60 }, (_, index) => `Paragraph ${index} ${'word '.repeat(20)}\n`).join('\n');

    const chunks = chunkMarkdown(long, 'Title');

    expect(chunks.length).toBeGreaterThan(2);
    for (let index = 0; index < 60; index++)
      expect(chunks.filter((one) => one.text.includes(`Paragraph ${index} `))).toHaveLength(1);
  });

  test('steps are the numbered lines', () => {
    expect(stepsOf(text)).toEqual(['one', 'two']);
  });
});

describe('front matter', () => {
  const head = 'code: OPS-9\ntitle: T\nlocale: en\n';

  test('tells where the text begins', () => {
    expect(parseManual(`---\n${head}---\n# T\n`)).toMatchObject({
      code: 'OPS-9',
      alerts: [],
      body: '# T\n',
      bodyLine: 6,
    });
  });

  test.each([
    ['none', '# T'],
    ['an unknown field', `---\n${head}owner: me\n---\n`],
    ['an unknown language', '---\ncode: OPS-9\ntitle: T\nlocale: fr\n---\n'],
    ['a code that is a path', '---\ncode: ../x\ntitle: T\nlocale: en\n---\n'],
    ['aliases that grow', '---\na: &a [x,x]\nb: &b [*a,*a]\ncode: OPS-9\ntitle: T\nlocale: en\n---\n'],
  ])('%s is refused', (_, text) => {
    expect(() => parseManual(text)).toThrow();
  });
});

test.each([
  ['https://runbooks.example/ops/ServiceDown.md#first', 'ServiceDown'],
  ['https://wiki.example/OPS-01/', 'OPS-01'],
  ['not an address', null],
])('the name in %s is %s', (url, name) => {
  expect(nameInUrl(url)).toBe(name);
});
