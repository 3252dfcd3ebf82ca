import { expect, test } from 'vitest';
import { canonicalJson, sha256Hex } from './canonical-json.ts';
import { seededRandom } from './seeded-random.ts';

test('keys are sorted at every depth, undefined is left out, order in lists is kept', () => {
  expect(canonicalJson({ b: [3, { z: 1, a: null }], a: 'é"', c: undefined })).toBe(
    '{"a":"é\\"","b":[3,{"a":null,"z":1}]}',
  );
});

test('the order in which keys were written does not matter', () => {
  const random = seededRandom(4);
  for (let i = 0; i < 500; i++) {
    const entries = Array.from({ length: 8 }, () => [random.text('abAB가_1', 3), random.below(5)] as const);
    const given = Object.fromEntries(entries);
    const turned = Object.fromEntries(Object.entries(given).reverse());

    expect(canonicalJson(turned)).toBe(canonicalJson(given));
    expect(JSON.parse(canonicalJson(given))).toEqual(given);
  }
});

test('what changes the meaning changes the text', () => {
  const values = [1, '1', [1], { a: 1 }, null, true, [], {}, [[]], [null], { a: null }, { a: [1] }, ''];

  expect(new Set(values.map(canonicalJson)).size).toBe(values.length);
});

test('dates are their ISO text', () => {
  expect(canonicalJson(new Date(0))).toBe('"1970-01-01T00:00:00.000Z"');
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, 1n, undefined, () => 1])('%s has no canonical form', (value) => {
  expect(() => canonicalJson(value)).toThrow('canonical form');
});

test('the digest is SHA-256 in hex', () => {
  expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
