import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answeredFrom, confidenceOf } from './answer-rules.ts';
import { type FoldChunk, foldChunks } from './fold-rules.ts';
import { nameInUrl, namesIn } from './name-rules.ts';
import { coverageOf, type RankedHit, rankHits, reachOf } from './rank-rules.ts';

const hit = (id: string, manualId: string, score: number, more: Partial<RankedHit> = {}): RankedHit => ({
  id,
  manualId,
  seq: 1,
  locale: 'EN',
  score,
  denseOnly: false,
  ...more,
});
const ids = (list: readonly { readonly id: string }[]): string[] => list.map(({ id }) => id);

describe('the order', () => {
  test('follows the best chunk of a page, and its others break what is nearly even', () => {
    const ranked = rankHits([hit('a', 'A', 10), hit('b1', 'B', 9.9), hit('b2', 'B', 9.5), hit('c', 'C', 4)], null);

    expect(ids(ranked).slice(0, 2)).toEqual(['b1', 'a']);
    expect(ids(ranked).at(-1)).toBe('c');
  });

  test('puts the asker’s language first among equals, and meanings without words last', () => {
    const ranked = rankHits(
      [hit('en', 'A', 5), hit('ko', 'B', 4.8, { locale: 'KO' }), hit('dense', 'C', 99, { denseOnly: true })],
      'KO',
    );

    expect(ids(ranked)).toEqual(['ko', 'en', 'dense']);
  });

  test('is the same whatever order the store gives', () => {
    const hits = fc.array(
      fc.record({ id: fc.uuid(), manualId: fc.constantFrom('A', 'B', 'C'), score: fc.integer({ min: 1, max: 9 }) }),
      {
        maxLength: 40,
      },
    );
    fc.assert(
      fc.property(hits, (list) => {
        const unique = [...new Map(list.map((one) => [one.id, hit(one.id, one.manualId, one.score)])).values()];
        expect(ids(rankHits(unique.toReversed(), null))).toEqual(ids(rankHits(unique, null)));
      }),
    );
  });
});

describe('what a question could reach', () => {
  const terms = [
    { term: '디스크', weight: 1, source: 'word' as const, concept: 0 },
    { term: 'disk', weight: 0.5, source: 'lexicon' as const, concept: 1 },
    { term: 'storage', weight: 0.5, source: 'lexicon' as const, concept: 1 },
    { term: '스크디', weight: 0.35, source: 'word' as const, concept: -1 },
  ];

  test('counts one meaning of a concept, and what has no concept not at all', () => {
    expect(reachOf(terms)).toBe(1.5);
  });

  test('a concept is covered by any of its terms', () => {
    expect(coverageOf(terms, (term) => term === 'storage')).toBeCloseTo(0.5 / 1.5);
    expect(coverageOf([], () => true)).toBe(0);
  });
});

describe('the confidence', () => {
  test('rises with score and coverage and stays between 0 and 1', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 50, noNaN: true }),
        share,
        fc.boolean(),
        (score, coverage, translated) => {
          const one = confidenceOf({ score, coverage, translated });
          expect(one).toBeGreaterThanOrEqual(0);
          expect(one).toBeLessThanOrEqual(1);
          expect(confidenceOf({ score: score * 1.5, coverage, translated })).toBeGreaterThanOrEqual(one);
        },
      ),
    );
  });

  test('nothing found is no answer', () => {
    expect(confidenceOf({ score: 0, coverage: 1, translated: false })).toBeLessThan(answeredFrom);
    expect(confidenceOf({ score: Number.NaN, coverage: 1, translated: false })).toBe(0);
  });
});

describe('passages', () => {
  const words = (text: string): Record<string, number> => Object.fromEntries(text.split(' ').map((word) => [word, 1]));
  const chunk = (id: string, manualId: string, seq: number, final: number, text: string): FoldChunk => ({
    id,
    manualId,
    code: manualId,
    seq,
    final,
    terms: words(text),
  });

  test('neighbours that both answer are one passage in the manual’s order', () => {
    const [first, second] = foldChunks(
      [chunk('a2', 'A', 2, 10, 'disk full'), chunk('a1', 'A', 1, 8, 'free space'), chunk('a9', 'A', 9, 7, 'far away')],
      5,
    );

    expect(ids(first?.chunks ?? [])).toEqual(['a1', 'a2']);
    expect(first?.best.id).toBe('a2');
    expect(ids(second?.chunks ?? [])).toEqual(['a9']);
  });

  test('a neighbour that hardly answers stays out', () => {
    expect(foldChunks([chunk('a2', 'A', 2, 10, 'disk'), chunk('a1', 'A', 1, 3, 'intro')], 5)).toHaveLength(2);
  });

  test('nearly the same text is told once, with where else it stands', () => {
    const text = Array.from({ length: 40 }, (_, at) => `w${at}`).join(' ');
    const folded = foldChunks(
      [chunk('a', 'A', 0, 9, text), chunk('b', 'B', 0, 8, `${text} more`), chunk('c', 'C', 0, 7, 'other')],
      5,
    );

    expect(folded.map(({ best, alsoIn }) => [best.id, alsoIn])).toEqual([
      ['a', ['B']],
      ['c', []],
    ]);
  });
});

describe('names in a question', () => {
  test.each([
    ['KubePodCrashLooping 알람이 울려요', ['KubePodCrashLooping']],
    ['etcdNoLeader가 떴어요', ['etcdNoLeader']],
    ['what does ORA-01555 mean', ['ORA-01555']],
    ['ops-07 보여줘', ['OPS-07']],
    ['see https://runbooks.example/ops/ServiceDown.md#first', ['ServiceDown']],
    ['the disk is full', []],
  ])('%s: %s', (words, names) => {
    expect(namesIn(words)).toEqual(names);
  });

  test.each([
    ['https://runbooks.example/ops/ServiceDown.md#first', 'ServiceDown'],
    ['https://wiki.example/OPS-01/', 'OPS-01'],
    ['not an address', null],
  ])('the name in %s is %s', (url, name) => {
    expect(nameInUrl(url)).toBe(name);
  });

  test('never fails and stays few', () => {
    fc.assert(fc.property(fc.string({ maxLength: 2_000 }), (text) => namesIn(text).length <= 12));
  });
});
