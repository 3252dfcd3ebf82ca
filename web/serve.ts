import { randomBytes } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import path from 'node:path';
import { z } from 'zod';
import { orExit, readConfig } from '../lib/env.ts';
import { hardenServer } from '../lib/http.ts';
import { createLogger } from '../lib/log.ts';
import { projectPath } from '../lib/project-path.ts';
import { createShutdown } from '../lib/shutdown.ts';

const loopback = new Set(['127.0.0.1', 'localhost', '::1']);

/** What the console's server reads from the environment. */
export const webConfigSchema = z.object({
  WEB_HOST: z.string().default('127.0.0.1').describe('Address the console listens on'),
  WEB_PORT: z.coerce.number().int().min(1).max(65_535).default(3000).describe('Port of the console'),
  API_URL: z.url().default('http://127.0.0.1:8000/graphql').describe('GraphQL address of the API'),
  WEB_API_KEY: z
    .string()
    .min(24)
    .optional()
    .describe('Read-only API key the console asks with; only for a console that listens on loopback'),
  LOCAL_SLACK_URL: z.url().optional().describe('Address of the local Slack workspace, shown under /slack'),
});

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

const log = createLogger({ name: 'web', level: 'info' });
const config = orExit(() => readConfig(webConfigSchema, process.env));
if ((config.WEB_API_KEY !== undefined || config.LOCAL_SLACK_URL !== undefined) && !loopback.has(config.WEB_HOST)) {
  process.stderr.write('  WEB_HOST: must be a loopback address while WEB_API_KEY or LOCAL_SLACK_URL is set\n');
  process.exit(78);
}
const assets = projectPath('dist', 'web', 'public');
const shutdown = createShutdown({ log });

const server = createServer((req, res) => {
  const url = new URL(req.url ?? '/', 'http://console');
  if (!hostIsOurs(req)) return refuse(res, 421, 'this console is served under localhost only');
  if (url.pathname === '/healthz')
    return void res.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');
  if (url.pathname === '/graphql' || url.pathname.startsWith('/api/'))
    return passOn(req, res, new URL(url.pathname + url.search, config.API_URL), url.pathname === '/graphql');
  if (url.pathname === '/slack' || url.pathname.startsWith('/slack/')) {
    if (config.LOCAL_SLACK_URL === undefined)
      return refuse(res, 404, 'no local Slack runs here: a real workspace is connected');
    return passOn(req, res, new URL(url.pathname + url.search, config.LOCAL_SLACK_URL), false);
  }
  if (req.method !== 'GET' && req.method !== 'HEAD') return refuse(res, 405, 'only GET and HEAD');
  sendAsset(url.pathname, res);
});
hardenServer(server);

/** A console with a key or a local Slack behind it answers only to its own names, so that no other site's name can be pointed at it. */
function hostIsOurs(req: IncomingMessage): boolean {
  if (config.WEB_API_KEY === undefined && config.LOCAL_SLACK_URL === undefined) return true;
  const host = (req.headers.host ?? '').replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  return loopback.has(host);
}

function refuse(res: ServerResponse, status: number, message: string): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error: message }));
}

/** Hands a request on as it is. The console's key is added only for GraphQL requests that carry no credential of their own. */
function passOn(req: IncomingMessage, res: ServerResponse, target: URL, withKey: boolean): void {
  const headers = { ...req.headers, host: target.host };
  if (withKey && config.WEB_API_KEY !== undefined && headers.authorization === undefined)
    headers.authorization = `Bearer ${config.WEB_API_KEY}`;
  const upstream = request(target, { method: req.method, headers }, (answer) => {
    res.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(res);
  });
  upstream.on('error', () => {
    if (res.headersSent) res.destroy();
    else refuse(res, 503, 'the API does not answer');
  });
  res.on('close', () => upstream.destroy());
  req.pipe(upstream);
}

/** Static files by content hash for a year; every other address is the page itself. */
function sendAsset(pathname: string, res: ServerResponse): void {
  const nonce = randomBytes(16).toString('base64');
  const security = {
    'content-security-policy': `default-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
  };
  const file = path.join(assets, path.normalize(pathname));
  if (
    pathname.startsWith('/assets/') &&
    file.startsWith(assets + path.sep) &&
    statSync(file, { throwIfNoEntry: false })?.isFile()
  ) {
    res.writeHead(200, {
      ...security,
      'content-type': types[path.extname(file)] ?? 'application/octet-stream',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    createReadStream(file).pipe(res);
    return;
  }
  if (pathname.startsWith('/assets/')) {
    refuse(res, 404, 'no such file');
    return;
  }
  const page = readFileSync(path.join(assets, 'index.html'), 'utf8').replaceAll('__CSP_NONCE__', nonce);
  res
    .writeHead(200, { ...security, 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
    .end(page);
}

shutdown.add('server', async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
server.listen(config.WEB_PORT, config.WEB_HOST, () =>
  log.info({ host: config.WEB_HOST, port: config.WEB_PORT }, 'console is up'),
);
