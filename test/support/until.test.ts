import { expect, test } from 'vitest';
import { until } from './until.ts';

test('it waits for a value and gives it', async () => {
  let looks = 0;

  expect(await until(() => (++looks >= 3 ? looks : null), { what: 'the third look', everyMs: 1 })).toBe(3);
});

test('0 and an empty text are values', async () => {
  expect(await until(() => 0, { what: 'zero' })).toBe(0);
  expect(await until(() => '', { what: 'a text' })).toBe('');
});

test('an error while looking is no end', async () => {
  let looks = 0;
  const look = () => {
    if (++looks < 3) throw new Error('not there yet');
    return true;
  };

  expect(await until(look, { what: 'it', everyMs: 1 })).toBe(true);
});

test('in vain it says what was waited for and the last error', async () => {
  const look = () => {
    throw new Error('refused');
  };

  await expect(until(look, { what: 'the port to open', timeoutMs: 10, everyMs: 1 })).rejects.toMatchObject({
    message: expect.stringContaining('the port to open'),
    cause: expect.objectContaining({ message: 'refused' }),
  });
});
