import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { malformed, QdrantError } from './errors.ts';
import { createQdrantState, type QdrantRequest } from './state.ts';

/** What goes wrong with the requests that come, until it is changed. */
export type QdrantFault =
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'status'; readonly status: number }
  /** The request is taken and never answered. */
  | { readonly kind: 'hang' }
  /** The request is carried out and the connection cut before the answer. */
  | { readonly kind: 'cut' };

/** A request the server has seen. */
export interface SeenQdrantRequest {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** Qdrant's REST protocol with its state in memory: the endpoints the product uses, their checks and their words. Nothing is kept. */
export interface QdrantServer {
  readonly url: string;
  readonly seen: SeenQdrantRequest[];
  /** From now on; with `times`, for so many requests. `null` ends it. */
  fault(fault: QdrantFault | null, times?: number): void;
  /** Stops listening and cuts every connection, as a killed server does; the state stays for `start`. */
  down(): Promise<void>;
  up(): Promise<void>;
  /** Everything it kept is gone. */
  empty(): void;
  close(): Promise<void>;
}

/** Starts it on a free port of this machine. */
export async function qdrantServer(options: { readonly apiKey?: string } = {}): Promise<QdrantServer> {
  let state = createQdrantState();
  const seen: SeenQdrantRequest[] = [];
  let fault: { readonly fault: QdrantFault; times: number } | null = null;

  const takeFault = (): QdrantFault | null => {
    const now = fault;
    if (now === null) return null;
    now.times--;
    if (now.times <= 0) fault = null;
    return now.fault;
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const begun = performance.now();
    const reply = (status: number, content: Readonly<Record<string, unknown>>): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ ...content, time: (performance.now() - begun) / 1_000 }));
    };
    const url = new URL(request.url ?? '/', 'http://local');
    const raw = await bodyOf(request);
    const now = takeFault();
    if (now?.kind === 'hang') return;
    if (now?.kind === 'delay') await pause(now.ms);
    if (now?.kind === 'status') return reply(now.status, { status: { error: 'Service internal error: scripted' } });
    if (options.apiKey !== undefined && request.headers['api-key'] !== options.apiKey) {
      response.writeHead(401, { 'content-type': 'text/plain' });
      response.end(
        request.headers['api-key'] === undefined
          ? 'Must provide an API key or an Authorization bearer token'
          : 'Invalid API key or JWT',
      );
      return;
    }
    try {
      const contentType = request.headers['content-type'] ?? '';
      const body = contentType.startsWith('application/json') && raw.length > 0 ? jsonOf(raw) : undefined;
      const asked: QdrantRequest = {
        method: request.method ?? 'GET',
        parts: url.pathname.split('/').slice(1).map(decodeURIComponent),
        query: url.searchParams,
        body,
        raw,
        contentType,
      };
      seen.push({ method: asked.method, path: url.pathname, body });
      const result = await state.handle(asked);
      if (now?.kind === 'cut') return void request.socket.destroy();
      if (result instanceof Uint8Array) {
        response.writeHead(200, { 'content-type': 'application/octet-stream' });
        response.end(result);
        return;
      }
      reply(200, { result, status: 'ok' });
    } catch (error) {
      if (!(error instanceof QdrantError)) throw error;
      reply(error.status, { status: { error: error.message } });
    }
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const down = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    fault: (next, times = Number.POSITIVE_INFINITY) => {
      fault = next === null ? null : { fault: next, times };
    },
    down,
    up: () => listen(port),
    empty: () => {
      state = createQdrantState();
    },
    close: down,
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

function jsonOf(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8'));
  } catch {
    throw malformed('expected value at line 1 column 1');
  }
}
