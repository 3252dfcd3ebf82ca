import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { englishOf, koreanOf, unspaced } from './lexicon-rules.ts';
import { metricWords, splitExpressions } from './promql-rules.ts';
import { queryTerms, queryVector } from './query-rules.ts';

const termsFor = (words: string, pages?: 'KO' | 'EN'): string[] => queryTerms(words, pages).map(({ term }) => term);

describe('the glossary', () => {
  test.each([
    ['인증서가 만료됐어요', ['certif', 'expir']],
    ['인증서만료', ['certif', 'expir']],
    ['디스크가 꽉 찼습니다', ['disk', 'full']],
    ['메모리 누수', ['memori', 'leak']],
    ['파드가 계속 죽어요', ['pod', 'crash']],
    ['준비 되지 않은 노드', ['node', 'readi']],
    ['배포를 롤백하고 싶어요', ['rollback', 'deploy']],
    ['교착 상태', ['deadlock']],
    ['복제가 지연됩니다', ['replic', 'lag']],
    ['연결 고갈', ['exhaust']],
    ['임계치 초과', ['threshold']],
  ])('%s looks for %s on English pages', (words, expected) => {
    expect(termsFor(words, 'EN')).toEqual(expect.arrayContaining(expected));
  });

  test('is not used over pages in the language of the question', () => {
    expect(termsFor('디스크 부족', 'KO')).not.toContain('disk');
    expect(termsFor('disk full', 'EN')).toEqual(['disk', 'full']);
    expect(termsFor('disk full', 'KO')).toEqual(expect.arrayContaining(['디스크']));
  });

  test('prefers the longest key, and says which words it does not know', () => {
    expect(englishOf('재시작').known).toEqual([{ from: '재시작', meanings: ['restart'] }]);
    expect(englishOf('회의실 예약').unknown).toContain('회의실');
    expect(koreanOf('restart').flatMap(({ meanings }) => meanings)).toContain('재시작');
  });

  test('words whose spaces were left out are told apart', () => {
    expect(unspaced('데이터베이스클러스터의연결을관리', false)).toEqual(['데이터베이스', '클러스터', '연결', '관리']);
    expect(unspaced('결제', false)).toEqual(['결제']);
  });
});

describe('expressions', () => {
  const alert = [
    'Filesystem on sda has only 3% available space left.',
    '(',
    '  node_filesystem_avail_bytes{job="node",fstype!=""} / node_filesystem_size_bytes{job="node"} * 100 < 3',
    'and',
    '  predict_linear(node_filesystem_avail_bytes[6h], 24*60*60) < 0',
    ')',
  ].join('\n');

  test('give the names of their series and nothing of their grammar', () => {
    const { prose, metrics } = splitExpressions(alert);

    expect(metrics).toEqual(['node_filesystem_avail_bytes', 'node_filesystem_size_bytes']);
    expect(prose).toContain('available space left');
    expect(metricWords('node_filesystem_avail_bytes')).toBe('node filesystem avail');
  });

  test('count less than what was said', () => {
    const weight = (term: string) => queryTerms(alert, 'EN').find((one) => one.term === term)?.weight ?? 0;

    expect(weight('avail')).toBeGreaterThan(0);
    expect(weight('left')).toBeGreaterThan(weight('node'));
    expect(weight('job')).toBe(0);
  });

  test.each(['Why is the sum of payments wrong?', 'rate limits and how to raise them', '재시도 횟수(3) 초과'])(
    '%s is no expression',
    (text) => {
      expect(splitExpressions(text)).toEqual({ prose: text, metrics: [] });
    },
  );
});

test('any question gives a bounded, finite vector without failing', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.constantFrom('인증서만료', 'sum by (job) (rate(x_total{a="b"}[5m]))', '{', ')', '디스크 부족', '\u1112\u1161'),
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 60 }),
      fc.constantFrom('KO' as const, 'EN' as const, undefined),
      (pieces, pages) => {
        const terms = queryTerms(pieces.join(' '), pages);
        expect(terms.length).toBeLessThanOrEqual(300);
        expect(terms.every(({ weight }) => Number.isFinite(weight) && weight > 0)).toBe(true);
        expect(new Set(terms.map(({ term }) => term)).size).toBe(terms.length);
        expect(queryVector(terms).indices.length).toBeLessThanOrEqual(terms.length);
      },
    ),
  );
});

test('a decomposed question is the same question', () => {
  for (const question of ['결제 서버가 죽었어요', '인증서만료 알림이 계속 울려요'])
    expect(queryTerms(question.normalize('NFD'))).toEqual(queryTerms(question));
});

test('the longest question that is read costs no noticeable time', () => {
  const question = '데이터베이스 연결이 고갈되어서 KubePodCrashLooping 알람이 계속 울리는데어떻게해야하나요 '.repeat(
    200,
  );
  const times = Array.from({ length: 5 }, () => {
    const begun = performance.now();
    queryTerms(question, 'EN');
    return performance.now() - begun;
  });

  // The best of five: what it takes, not what else the machine does.
  expect(Math.min(...times)).toBeLessThan(150);
});
