import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import { hardenServer } from '../lib/http.ts';
import type { Logger } from '../lib/log.ts';
import { sendJson } from './http-body.ts';

export interface HttpServerOptions {
  readonly host: string;
  readonly port: number;
  readonly log: Logger;
  readonly registry: Registry;
  /** Empty when ready, else what is missing. */
  readonly missing: () => readonly string[];
  readonly alerts: (source: string, request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Only in HTTP mode. */
  readonly slack: ((request: IncomingMessage, response: ServerResponse) => Promise<void>) | null;
}

export interface HttpServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** The bot's own port: alerts, health, metrics and, in HTTP mode, Slack. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const server = createServer((request, response) => {
    answer(options, request, response).catch((error: unknown) => {
      options.log.error({ err: error }, 'a request could not be answered');
      if (!response.headersSent) sendJson(response, 500, { error: 'internal' });
      else response.destroy();
    });
  });
  hardenServer(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const address = server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : options.port,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 8_000).unref();
      }),
  };
}

async function answer(options: HttpServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = URL.parse(request.url ?? '/', 'http://bot')?.pathname ?? '/';
  const source = /^\/alerts\/([A-Za-z0-9_-]{1,64})$/.exec(path)?.[1];
  if (source !== undefined) return options.alerts(source, request, response);
  if (path === '/slack/events' && options.slack !== null) return options.slack(request, response);
  if (path === '/livez' || path === '/readyz' || path === '/metrics') {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return sendJson(response, 405, { error: 'only GET' }, { allow: 'GET, HEAD' });
    if (path === '/livez') return sendJson(response, 200, { status: 'ok' });
    if (path === '/readyz') {
      const missing = options.missing();
      return sendJson(response, missing.length === 0 ? 200 : 503, { ready: missing.length === 0, missing });
    }
    const text = await options.registry.metrics();
    response.writeHead(200, {
      'content-type': options.registry.contentType,
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
    return;
  }
  sendJson(response, 404, { error: 'nothing is here' });
}
