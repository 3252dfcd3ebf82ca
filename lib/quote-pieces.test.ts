import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quotePieces } from './quote-pieces.ts';

const shown = (text: string, ...words: readonly string[]) =>
  quotePieces(
    text,
    words.map((word) => ({ start: text.indexOf(word), end: text.indexOf(word) + word.length })),
  ).map(({ text: piece, style }) => (style === 'plain' ? piece : `${style}(${piece})`));

test('code, bold and highlighted words are pieces of their own, without the marks', () => {
  expect(shown('Run `payctl retry` for **all** payments.', 'payments')).toEqual([
    'Run ',
    'code(payctl retry)',
    ' for ',
    'bold(all)',
    ' ',
    'mark(payments)',
    '.',
  ]);
});

test('a block of code keeps its lines and loses its fence', () => {
  expect(shown('First:\n```bash\nrm **x**\n```\nthen stop')).toEqual(['First:\n', 'code(rm **x**\n)', 'then stop']);
});

test('of a link its words are shown, and where it leads is not', () => {
  expect(shown('see [how to](../guides/x.md) and `[a](b)`')).toEqual(['see how to and ', 'code([a](b))']);
});

test('tables, quotations and headings lose their marks at the edges of lines', () => {
  const table = '### Causes\n| What | Cause |\n| --- | :---: |\n| `a|b` | full |\n> Sample.';

  expect(shown(table)).toEqual(['Causes\nWhat | Cause\n', 'code(a|b)', ' | full\nSample.']);
});

test('whatever it holds, no letter is added, and what is left out are only marks', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '`', '*', '\n', ' ', '~', '<', '가'), maxLength: 60 }),
      (text) => {
        const joined = quotePieces(text, [{ start: 1, end: 4 }])
          .map((piece) => piece.text)
          .join('');
        expect(joined.replace(/[`*~\n ]/g, '')).toBe(
          text.replace(/^[ ]*(?:```|~~~)[^\n]*\n?/gm, '').replace(/[`*~\n ]/g, ''),
        );
      },
    ),
  );
});
