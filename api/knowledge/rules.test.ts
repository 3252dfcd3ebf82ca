import { expect, test } from 'vitest';
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

test.each([
  ['https://runbooks.example/ops/ServiceDown.md#first', 'ServiceDown'],
  ['https://wiki.example/OPS-01/', 'OPS-01'],
  ['not an address', null],
])('the name in %s is %s', (url, name) => {
  expect(nameInUrl(url)).toBe(name);
});
