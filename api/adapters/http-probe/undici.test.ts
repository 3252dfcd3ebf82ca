import { createServer, type RequestListener, type Server } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttpProbe, hostPortOf } from './undici.ts';

let server: Server;
let base: string;
let reached = 0;
const pages: Record<string, RequestListener> = {
  '/ok': (_, response) => response.end('all well, password=hunter2hunter2'),
  '/moved': (_, response) => response.writeHead(302, { location: '/ok' }).end(),
  '/hang': () => undefined,
  '/cut': (request) => void request.socket.destroy(),
  '/endless': (_, response) => {
    const write = (): void => {
      while (response.write('x'.repeat(16_384)) && !response.destroyed);
    };
    response.on('drain', write);
    write();
  },
};

beforeAll(async () => {
  server = createServer((request, response) => {
    reached++;
    pages[request.url ?? '']?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
const probe = () => createHttpProbe({ isRegistered: async (hostPort) => hostPort === new URL(base).host });

test('an answer comes back with its status, its beginning and without secrets', async () => {
  const reply = await probe().get(`${base}/ok`, 2_000);

  expect(reply).toMatchObject({ reached: true, statusCode: 200, error: null });
  expect(reply.body).toContain('all well');
  expect(reply.body).not.toContain('hunter2');
});

test('a redirect is an answer and is not followed', async () => {
  expect(await probe().get(`${base}/moved`, 2_000)).toMatchObject({ reached: true, statusCode: 302 });
});

test.each(['/hang', '/cut'])('%s is not reached, within the limit', async (path) => {
  const begun = performance.now();

  expect(await probe().get(`${base}${path}`, 300)).toMatchObject({ reached: false, statusCode: null });
  expect(performance.now() - begun).toBeLessThan(2_000);
});

test('an endless answer is cut', async () => {
  const reply = await probe().get(`${base}/endless`, 2_000);

  expect(reply).toMatchObject({ reached: true, statusCode: 200 });
  expect(reply.body).toHaveLength(2_000);
});

test('what is not registered to the exact host and port is never called', async () => {
  const before = reached;
  const { port } = new URL(base);

  for (const url of [
    `http://localhost:${port}/ok`,
    `http://[::1]:${port}/ok`,
    `http://user:pass@127.0.0.1:${port}/ok`,
    'file:///etc/passwd',
    'no address',
    `http://127.0.0.1:${Number(port) + 1}/`,
  ]) {
    expect((await probe().get(url, 500)).reached).toBe(false);
  }
  expect(reached).toBe(before);
});

test.each([
  ['http://a.example/x', 'a.example:80'],
  ['https://a.example', 'a.example:443'],
  ['http://0x7f.1:8090/', '127.0.0.1:8090'],
  ['ftp://a.example', null],
])('%s is at %s', (url, expected) => {
  expect(hostPortOf(url)).toBe(expected);
});
