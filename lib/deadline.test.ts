import { expect, test } from 'vitest';
import { withTimeout } from './deadline.ts';

test('work within its time gives its result', async () => {
  expect(await withTimeout(async () => 7, 1_000, 'it')).toBe(7);
});

test('work that takes too long is told to stop and may be tried again', async () => {
  let signal: AbortSignal | undefined;
  const never = withTimeout(
    (given) => {
      signal = given;
      return new Promise(() => undefined);
    },
    10,
    'the other system',
  );

  await expect(never).rejects.toMatchObject({
    code: 'UPSTREAM_UNAVAILABLE',
    retryable: true,
    message: expect.stringContaining('the other system'),
  });
  expect(signal?.aborted).toBe(true);
});

test('work that fails late, after its limit, disturbs nobody', async () => {
  const late = withTimeout(
    (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('late')))),
    10,
    'it',
  );

  await expect(late).rejects.toThrow('it did not answer in 0.01 s');
});

test('work that fails keeps its own error, also when it fails at once', async () => {
  await expect(withTimeout(() => Promise.reject(new Error('own')), 1_000, 'it')).rejects.toThrow('own');
  await expect(
    withTimeout(
      () => {
        throw new Error('at once');
      },
      1_000,
      'it',
    ),
  ).rejects.toThrow('at once');
});
