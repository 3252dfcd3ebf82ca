import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stemHangul } from './hangul-rules.ts';
import { stemLatin } from './latin-rules.ts';
import { documentTerms, documentVector, termIndex, termsOf } from './sparse-rules.ts';

const syllable = fc.integer({ min: 0xac00, max: 0xd7a3 }).map((code) => String.fromCodePoint(code));
const koreanWord = fc.array(syllable, { minLength: 1, maxLength: 8 }).map((list) => list.join(''));

describe('Hangul', () => {
  test.each([
    ['결제를', '결제'],
    ['서비스에서는', '서비스'],
    ['재시작합니다', '재시작'],
    ['만료되었습니다', '만료'],
    ['값을', '값'],
    ['큐에서', '큐'],
    ['나무', '나무'],
    ['회의', '회의'],
  ])('%s is indexed as %s', (word, stem) => {
    expect(stemHangul(word)).toBe(stem);
  });

  test('a word ends alike with and without particles', () => {
    for (const word of ['도메인', '게이트웨이', '데이터베이스', '인증서'])
      for (const particle of ['을', '에서는', '의', '까지'])
        expect(stemHangul(`${word}${particle}`), `${word}${particle}`).toBe(stemHangul(word));
  });

  test('words that only ask or join are no terms', () => {
    expect(termsOf('어떻게 무엇을 알려주세요')).toEqual([]);
    expect(termsOf('Go로')).toEqual(['go']);
  });

  test('decomposed Hangul gives the terms of the composed one', () => {
    fc.assert(
      fc.property(fc.array(koreanWord, { maxLength: 12 }), (words) => {
        const text = words.join(' ').normalize('NFC');
        expect(termsOf(text.normalize('NFD'))).toEqual(termsOf(text));
      }),
    );
  });

  test('most terms survive when the spaces are left out', () => {
    fc.assert(
      fc.property(
        fc.array(
          koreanWord.filter((word) => word.length >= 3),
          { minLength: 2, maxLength: 6 },
        ),
        (words) => {
          const pairs = [...new Set(words.flatMap((word) => termsOf(word)).filter((term) => term.length === 2))];
          const run = new Set(termsOf(words.join('')));
          // The last word may lose an ending that it has only inside the run.
          const last = new Set(termsOf(words.at(-1) ?? ''));
          expect(pairs.filter((pair) => !last.has(pair)).every((pair) => run.has(pair))).toBe(true);
        },
      ),
    );
  });
});

describe('Latin', () => {
  test.each([
    ['payments', 'payment'],
    ['restarting', 'restart'],
    ['api', 'api'],
    ['E11000', 'e11000'],
  ])('%s is indexed as %s', (word, stem) => {
    expect(stemLatin(word.toLowerCase())).toBe(stem);
  });

  test.each([
    ['PaymentApiDown', ['payment', 'api', 'down', 'paymentapi', 'apidown', 'paymentapidown']],
    ['kube-state-metrics', ['kube', 'state', 'metric', 'kubestatemetrics']],
    ['ORA-01555', ['ora', '01555', 'ora01555']],
    ['v1.30.2', ['1.30.2']],
    ['1.30.2', ['1.30.2']],
    ['PVCs', ['pvc']],
    ["isn't", ['not']],
    ['HTTPServer', ['http', 'server', 'httpserver']],
  ])('%s keeps its parts and itself', (name, terms) => {
    expect(termsOf(name)).toEqual(expect.arrayContaining(terms));
  });

  test('one name in three spellings is one term', () => {
    const whole = (name: string): string | undefined => termsOf(name).at(-1);

    expect(whole('kube_state_metrics')).toBe(whole('kube-state-metrics'));
    expect(whole('kubeStateMetrics')).toBe(whole('kube-state-metrics'));
  });

  test('full-width letters are plain letters', () => {
    expect(termsOf('ＡＰＩ　서버')).toEqual(termsOf('API 서버'));
  });
});

test('any text gives terms without failing, and no more than its length allows', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      expect(termsOf(text).length).toBeLessThanOrEqual(3 * text.normalize('NFKC').length + 1);
    }),
  );
});

test('words named like parts of an object are words', () => {
  const { terms } = documentTerms({ title: '', names: [], sectionPath: [], text: 'constructor toString __proto__' });

  expect(Object.keys(terms)).toEqual(expect.arrayContaining(['constructor', 'proto']));
});

test('a name counts double, a heading that repeats the title once', () => {
  const { terms } = documentTerms({ title: 'Disk', names: ['Full'], sectionPath: ['Disk'], text: 'cleanup' });

  expect(terms).toEqual({ disk: 1, full: 2, cleanup: 1 });
});

describe('the vector of a chunk', () => {
  test('has rising, unique, unsigned indices and BM25 weights below k1 + 1', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 12 }), { maxLength: 60 }), (words) => {
        const counts = documentTerms({ title: '', names: [], sectionPath: [], text: words.join(' ') });
        const { indices, values } = documentVector(counts, 40);
        expect(indices.length).toBe(values.length);
        expect(
          indices.every(
            (index, at) => index >= 0 && index <= 0xffffffff && (at === 0 || index > (indices[at - 1] ?? 0)),
          ),
        ).toBe(true);
        expect(values.every((value) => value > 0 && value < 2 * 2.6)).toBe(true);
      }),
    );
  });

  test('numbers of terms are the same everywhere', () => {
    expect(['disk', '결제', 'kubestatemetrics'].map(termIndex)).toEqual(
      ['disk', '결제', 'kubestatemetrics'].map((term) => termIndex(term)),
    );
    expect(new Set(Array.from({ length: 20_000 }, (_, at) => termIndex(`term${at}`))).size).toBeGreaterThan(19_990);
  });
});
