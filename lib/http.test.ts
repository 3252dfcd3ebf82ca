import { createServer, type Server } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { AppError, appErrorCodes } from './errors.ts';
import { hardenServer, sendError, timingSafeEqualText } from './http.ts';

let server: Server | undefined;
afterEach(() => void server?.close());

/** What a client sees of an error. */
async function answerTo(error: unknown): Promise<Response> {
  const own = createServer((_, response) => sendError(response, error));
  server = own;
  await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve));
  const address = own.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return await fetch(`http://127.0.0.1:${address.port}/`, { headers: { connection: 'close' } });
}

test('an error written for people is answered with its code, its message and when to come back', async () => {
  const response = await answerTo(new AppError('UNAVAILABLE', 'Too many alerts wait.', { retryAfterMs: 1_500 }));

  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('2');
  expect(await response.json()).toEqual({ error: { code: 'UNAVAILABLE', message: 'Too many alerts wait.' } });
});

test('of any other error nothing is told', async () => {
  const response = await answerTo(new Error('password hunter2 refused by 10.0.0.7'));
  const text = await response.text();

  expect(response.status).toBe(500);
  expect(text).not.toContain('hunter2');
  expect(JSON.parse(text)).toMatchObject({ error: { code: 'INTERNAL' } });
});

test('every code is an HTTP error', async () => {
  for (const code of appErrorCodes) {
    expect((await answerTo(new AppError(code, 'x'))).status).toBeGreaterThanOrEqual(400);
    server?.close();
  }
});

test('connections outlive the idle time of their callers; slow ones do not stay', () => {
  const own = createServer();
  hardenServer(own);

  expect(own.keepAliveTimeout).toBeGreaterThan(60_000);
  expect(own.headersTimeout).toBeLessThanOrEqual(10_000);
  expect(own.requestTimeout).toBeLessThanOrEqual(30_000);
  expect(own.maxConnections).toBeGreaterThan(0);
});

test.each([
  ['abc', 'abc', true],
  ['abc', 'abd', false],
  ['abc', 'abcd', false],
  ['', '', true],
  ['', 'a', false],
  ['가', '가', true],
])('%j and %j: equal is %s', (one, other, equal) => {
  expect(timingSafeEqualText(one, other)).toBe(equal);
});
