import { expect, test } from 'vitest';
import { createRepeats } from './repeats.ts';

const post = { accepted: 3, duplicates: 0, quarantined: 1 };

test('the same post again is answered without being sent, for a while and within a number', async () => {
  let now = 0;
  let sent = 0;
  const repeats = createRepeats({ keptMs: 1_000, most: 2, now: () => now });
  const send = (key: string) =>
    repeats.once(key, async () => {
      sent += 1;
      return post;
    });

  expect(await send('a')).toEqual(post);
  expect(await send('a')).toEqual({ accepted: 0, duplicates: 4, quarantined: 0 });
  expect(sent).toBe(1);
  now = 1_000;
  await send('a');
  expect(sent).toBe(2);
  await send('b');
  await send('c');
  await send('a');
  expect(sent).toBe(5);
});

test('a post that is being stored is waited for, and one that failed is not remembered', async () => {
  const repeats = createRepeats({ keptMs: 1_000, most: 10, now: () => 0 });
  let fail: (error: Error) => void = () => undefined;
  const first = repeats.once('a', () => new Promise((_, reject) => (fail = reject)));
  const second = repeats.once('a', async () => post);
  fail(new Error('away'));

  await expect(first).rejects.toThrow('away');
  await expect(second).rejects.toThrow('away');
  expect(await repeats.once('a', async () => post)).toEqual(post);
});
