import { expect, test } from 'vitest';
import { seededRandom } from './seeded-random.ts';
import { clip, escapeMrkdwn, inert, toNfc } from './text.ts';

test('Hangul typed in parts compares equal to whole syllables', () => {
  expect(toNfc('결제'.normalize('NFD'))).toBe('결제');
});

test.each([
  ['direction marks', 'a\u202eb\u2066c\u200fd', 'abcd'],
  ['zero-width characters', 'a\u200bb\u200dc\ufeffd', 'abcd'],
  ['control characters', 'a\u0000b\u001b[31mc\r\nd\u0085', 'ab[31mc\nd'],
  ['odd line separators', 'a\u2028b\u2029c', 'abc'],
  ['Hangul fillers', 'a\u3164b\u115fc', 'abc'],
  ['halves of characters', 'a\ud800b', 'ab'],
])('%s are taken out', (_, text, expected) => {
  expect(inert(text)).toBe(expected);
});

test('lines, tabs, Hangul, marks and emoji stay', () => {
  expect(inert('첫 줄\n\t둘째 🔴 é ⚠️')).toBe('첫 줄\n\t둘째 🔴 é ⚠️');
});

test('no outside text can mention, name a channel or hide a link', () => {
  expect(escapeMrkdwn('<!channel> <@U1> <https://a|b> & &lt;')).toBe(
    '&lt;!channel&gt; &lt;@U1&gt; &lt;https://a|b&gt; &amp; &amp;lt;',
  );
  expect(escapeMrkdwn('<\u200b!here>')).toBe('&lt;!here&gt;');
});

test('whatever the text, nothing unseen and no angle bracket is left', () => {
  const random = seededRandom(3);
  for (let i = 0; i < 2_000; i++) {
    const text = String.fromCharCode(...Array.from({ length: 20 }, () => random.below(0x10000)), 60, 62);

    expect(escapeMrkdwn(text)).not.toMatch(/[<>]|(?![\n\t])\p{Cc}|\p{Cf}|\p{Cs}/u);
    expect(inert(inert(text))).toBe(inert(text));
  }
});

test.each([
  ['abc', 3, 'abc'],
  ['abcd', 3, 'ab…'],
  ['🔴🔴🔴', 3, '🔴🔴🔴'],
  ['🔴🔴🔴', 2, '🔴…'],
  ['abc', 1, '…'],
  ['abc', 0, ''],
  ['', 0, ''],
])('%s clipped to %i code points is %s', (text, max, expected) => {
  expect(clip(text, max)).toBe(expected);
});
