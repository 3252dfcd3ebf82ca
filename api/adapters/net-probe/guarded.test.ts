import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { createServer as createTls, type TlsOptions } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Authority, certificateAuthority } from '../../../test/support/certificates.ts';
import { createNetProbe } from './guarded.ts';

let server: Server;
let port = 0;
let reached: string[] = [];
let authority: Authority;
const open: NetServer[] = [];
const portOf = (one: NetServer): number => (one.address() as AddressInfo).port;
const listen = (one: NetServer) => new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));

const pages: Record<string, RequestListener> = {
  '/ok': (_, response) => response.writeHead(200, { 'content-type': 'text/plain' }).end('fine, token=abcdefgh12345678'),
  '/to-ok': (_, response) => response.writeHead(302, { location: '/ok' }).end(),
  '/to-metadata': (_, response) => response.writeHead(302, { location: 'http://169.254.169.254/latest/' }).end(),
  '/to-inside': (_, response) => response.writeHead(307, { location: `http://127.0.0.1:${port + 1}/` }).end(),
  '/to-file': (_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  '/to-name': (_, response) => response.writeHead(302, { location: 'http://rebind.example/' }).end(),
  '/to-credentials': (_, response) => response.writeHead(302, { location: `http://a:b@127.0.0.1:${port}/ok` }).end(),
  '/loop': (_, response) => response.writeHead(302, { location: '/loop' }).end(),
  '/bomb': (_, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(5_000_000))),
  '/hang': () => undefined,
  '/drip': (_, response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write('x'), 50);
    response.on('close', () => clearInterval(timer));
  },
  '/endless': (_, response) => {
    const write = (): void => {
      while (response.write('x'.repeat(16_384)) && !response.destroyed);
    };
    response.on('drain', write);
    write();
  },
};

beforeAll(async () => {
  authority = certificateAuthority();
  server = createServer((request, response) => {
    reached.push(request.url ?? '');
    (pages[request.url ?? ''] ?? pages['/ok'])?.(request, response);
  });
  await listen(server);
  port = portOf(server);
});
afterAll(() => {
  server.closeAllConnections();
  for (const one of [server, ...open]) one.close();
});

/** Only this server's own host and port are registered; every name resolves to what the test says. */
const probe = (
  names: Readonly<Record<string, readonly string[]>> = {},
  registered: readonly string[] = [`127.0.0.1:${port}`],
  ca?: readonly string[],
) =>
  createNetProbe({
    isRegistered: async (hostPort) => registered.includes(hostPort),
    resolve: async (host) => names[host] ?? Promise.reject(new Error('unknown')),
    ...(ca === undefined ? {} : { ca }),
  });
const base = () => `http://127.0.0.1:${port}`;

test('a registered inside address answers, without secrets, also after a redirect to itself', async () => {
  expect(await probe().web(`${base()}/to-ok`, 2_000)).toMatchObject({
    outcome: 'answered',
    statusCode: 200,
    redirects: [`${base()}/ok`],
    body: expect.not.stringContaining('abcdefgh12345678'),
  });
});

test.each([
  ['/to-metadata', /metadata/],
  ['/to-inside', /not a public address/],
  ['/to-file', /only http and https/],
  ['/to-name', /not a public address/],
  ['/to-credentials', /user or password/],
  ['/loop', /redirects/],
])('a redirect %s is judged like a first address', async (path, reason) => {
  reached = [];
  const answer = await probe({ 'rebind.example': ['93.184.216.34', '127.0.0.1'] }).web(`${base()}${path}`, 2_000);

  expect(answer).toMatchObject({ outcome: 'refused', reason: expect.stringMatching(reason) });
  expect(reached.filter((one) => one === '/ok')).toEqual([]);
});

test.each(['/hang', '/drip'])('%s ends at the time limit', async (path) => {
  const begun = performance.now();
  expect(await probe().web(`${base()}${path}`, 400)).toMatchObject({ outcome: 'unreachable' });
  expect(performance.now() - begun).toBeLessThan(1_500);
});

test('an endless answer is cut, a compressed one is not unpacked', async () => {
  expect((await probe().web(`${base()}/endless`, 3_000)).body).toHaveLength(2_000);
  expect(await probe().web(`${base()}/bomb`, 3_000)).toMatchObject({ outcome: 'answered', body: '' });
});

test.each([
  [
    'a name with one inside address among others',
    { 'mixed.example': ['8.8.8.8', '10.0.0.1'] },
    'http://mixed.example/',
  ],
  ['a name that is an inside address', { 'a.example': ['127.0.0.1'] }, 'http://a.example/'],
  ['a name that is a mapped inside address', { 'b.example': ['::ffff:127.0.0.1'] }, 'http://b.example/'],
  ['a name that is metadata', { 'c.example': ['169.254.169.254'] }, 'http://c.example/'],
  ['a name nobody knows', {}, 'http://d.example/'],
  ['an inside address', {}, 'http://127.0.0.1:8080/'],
  ['localhost', {}, 'http://localhost:8080/'],
])('%s is not called', async (_, names, url) => {
  reached = [];
  expect(await probe(names).web(url, 500)).toMatchObject({ outcome: 'refused', statusCode: null });
  expect(reached).toEqual([]);
});

test('a name is connected to at the address that was judged, whatever it resolves to a moment later', async () => {
  let asked = 0;
  const rebinding = createNetProbe({
    isRegistered: async (hostPort) => hostPort === `inside.example:${port}`,
    resolve: async () => (asked++ === 0 ? ['127.0.0.1'] : ['169.254.169.254']),
  });

  expect(await rebinding.web(`http://inside.example:${port}/ok`, 2_000)).toMatchObject({
    outcome: 'answered',
    statusCode: 200,
  });
  expect(asked).toBe(1);
});

test('metadata is refused even when somebody registered it', async () => {
  const careless = createNetProbe({ isRegistered: async () => true, resolve: async () => ['169.254.169.254'] });

  expect(await careless.web('http://169.254.169.254/', 500)).toMatchObject({ outcome: 'refused' });
  expect(await careless.tcp('meta.example', 80, 500)).toMatchObject({ outcome: 'refused' });
  expect(await careless.tls('169.254.169.254', 443, 500)).toMatchObject({ outcome: 'refused' });
});

async function tlsServer(options: TlsOptions): Promise<number> {
  const one = createTls(options, (socket) => socket.end());
  one.on('tlsClientError', () => undefined);
  await listen(one);
  open.push(one);
  return portOf(one);
}
const day = 86_400_000;
const at = (days: number) => new Date(Date.now() + days * day).toISOString();
const readAt = async (tlsPort: number, host = 'shop.example') =>
  probe({ [host]: ['127.0.0.1'] }, [`${host}:${tlsPort}`], [authority.cert]).tls(host, tlsPort, 3_000);

test('a good certificate is read as it stands on the server', async () => {
  const reading = await readAt(await tlsServer(authority.issue({ names: ['shop.example', '*.shop.example'] })));

  expect(reading).toMatchObject({
    outcome: 'read',
    subject: 'shop.example',
    names: ['shop.example', '*.shop.example'],
    issuer: 'Test Authority',
    problems: [],
    protocol: 'TLSv1.3',
  });
  expect(Math.round((Date.parse(reading.validTo ?? '') - Date.now()) / day)).toBe(30);
});

test('what is wrong with a certificate is named', async () => {
  const other = certificateAuthority('Somebody Else');
  const selfSigned = { key: authority.key, cert: authority.cert };
  const expired = await readAt(
    await tlsServer(authority.issue({ names: ['shop.example'], from: at(-40), to: at(-3) })),
  );
  const future = await readAt(await tlsServer(authority.issue({ names: ['shop.example'], from: at(2), to: at(20) })));
  const wrongName = await readAt(await tlsServer(authority.issue({ names: ['other.example'] })));
  const unknown = await readAt(await tlsServer(other.issue({ names: ['shop.example'] })));
  const self = await probe({ 'shop.example': ['127.0.0.1'] }, undefined, []).tls('shop.example', 1, 100);

  expect(expired.problems).toContain('expired');
  expect(future.problems).toContain('not-yet-valid');
  expect(wrongName.problems).toEqual(['hostname-mismatch']);
  expect(unknown.problems).toEqual(['incomplete-chain']);
  expect(self.outcome).toBe('refused');
  const selfPort = await tlsServer(selfSigned);
  const own = await probe({ 'shop.example': ['127.0.0.1'] }, [`shop.example:${selfPort}`], [other.cert]).tls(
    'shop.example',
    selfPort,
    3_000,
  );
  expect(own.problems).toEqual(expect.arrayContaining(['self-signed', 'hostname-mismatch']));
});

test('a port without TLS and a closed port are said to be that', async () => {
  expect(await probe().tls('127.0.0.1', port, 1_500)).toMatchObject({ outcome: 'unreachable' });
  expect(await probe().tcp('127.0.0.1', port, 1_500)).toMatchObject({ outcome: 'open' });
  expect(await probe({}, ['127.0.0.1:1']).tcp('127.0.0.1', 1, 1_500)).toMatchObject({ outcome: 'closed' });
  expect(await probe().tcp('127.0.0.1', 22, 500)).toMatchObject({ outcome: 'refused' });
});

test.each(['localhost', 'metadata.google.internal', '10.0.0.1', 'db', '1.0.0.127.in-addr.arpa', 'a b'])(
  'nobody is asked about %s',
  async (name) => {
    expect(await probe().dns(name, 300)).toMatchObject({ outcome: 'refused', records: [] });
  },
);
