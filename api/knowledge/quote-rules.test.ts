import fc from 'fast-check';
import { expect, test } from 'vitest';
import { highlightsOf, quoteOf } from './quote-rules.ts';
import { termsOf } from './sparse-rules.ts';

const terms = (words: string) => new Set(termsOf(words));
const marked = (text: string, words: string) =>
  highlightsOf(text, terms(words)).map(({ start, end }) => text.slice(start, end));

test('words of the question are marked in both languages, also inside names and with endings', () => {
  expect(marked('Check the backlogs of pay_retry_queue first.', 'payment retry backlog')).toEqual([
    'backlogs',
    'retry',
  ]);
  expect(marked('결제가 멈추면 대기열을 확인합니다', '결제 대기열 확인')).toEqual(['결제가', '대기열을 확인합니다']);
});

test('a long passage is quoted where the answer stands, and says that it was cut', () => {
  const passage = [
    ...Array.from({ length: 40 }, (_, at) => `Line ${at} says nothing.`),
    'Restart the payment worker.',
    ...Array(9).fill('Nothing here.'),
  ].join('\n');

  const quote = quoteOf(passage, terms('restart payment'), 120);

  expect(quote.text).toContain('Restart the payment worker.');
  expect(quote.text.startsWith('… ')).toBe(true);
  expect(quote.text.endsWith(' …')).toBe(true);
});

test('whatever the passage holds, a quote keeps its length and its marks lie inside it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 900 }), fc.string({ maxLength: 30 }), (passage, words) => {
      const quote = quoteOf(passage, terms(`${words} a결제`), 100);
      // Two ellipses and their spaces come on top.
      expect([...quote.text].length).toBeLessThanOrEqual(104);
      let last = 0;
      for (const { start, end } of quote.highlights) {
        expect(start).toBeGreaterThanOrEqual(last);
        expect(end).toBeGreaterThan(start);
        expect(end).toBeLessThanOrEqual(quote.text.length);
        last = end;
      }
    }),
  );
});
