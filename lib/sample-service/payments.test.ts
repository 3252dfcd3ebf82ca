import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPayments } from './payments.ts';

let server: Server;
let base: string;
const crash = vi.fn();

beforeEach(async () => {
  crash.mockClear();
  server = createServer(createPayments({ crash }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});
const post = (path: string, body: unknown = {}) =>
  fetch(`${base}${path}`, { method: 'POST', body: JSON.stringify(body) });
const metrics = async () => (await fetch(`${base}/metrics`)).text();

test('well, it is healthy, takes payments and counts them', async () => {
  expect((await fetch(`${base}/healthz`)).status).toBe(200);
  expect((await post('/pay')).status).toBe(200);
  expect(await metrics()).toMatch(/^payment_up 1$[\s\S]*^payments_total\{result="ok"\} 1$/m);
});

test('in error it answers 500 and its queue grows', async () => {
  await post('/break', { mode: 'error' });

  expect([(await post('/pay')).status, (await post('/pay')).status]).toEqual([500, 500]);
  expect((await fetch(`${base}/healthz`)).status).toBe(500);
  expect(await metrics()).toMatch(/^payment_up 0$[\s\S]*^payment_queue_depth 2$/m);
});

test('hanging, it answers nothing', async () => {
  await post('/break', { mode: 'hang' });

  await expect(fetch(`${base}/healthz`, { signal: AbortSignal.timeout(200) })).rejects.toThrow();
});

test('a crash answers first and then ends the process', async () => {
  expect((await post('/break', { mode: 'crash' })).status).toBe(202);
  expect(crash).toHaveBeenCalledOnce();
});

test.each([[{ mode: 'explode' }], [{}], ['text'], [null]])('%j breaks nothing', async (body) => {
  expect((await post('/break', body)).status).toBe(400);
  expect((await fetch(`${base}/healthz`)).status).toBe(200);
});
