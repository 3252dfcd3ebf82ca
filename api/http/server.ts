import { createServer, type Server } from 'node:http';
import express, { type Express, type RequestHandler, type Router } from 'express';
import type { Registry } from 'prom-client';
import { hardenServer } from '../../lib/http.ts';
import { newId } from '../../lib/ids.ts';
import type { Logger } from '../../lib/log.ts';
import { problemHandler } from './problem.ts';

export interface Readiness {
  readonly ready: boolean;
  /** Name of each check and whether it holds. */
  readonly checks: Readonly<Record<string, boolean>>;
}

export interface HttpOptions {
  readonly log: Logger;
  readonly registry: Registry;
  readonly readiness: () => Promise<Readiness>;
  readonly onRequest: (seen: {
    readonly method: string;
    readonly path: string;
    readonly status: number;
    readonly seconds: number;
  }) => void;
}

export interface HttpDoor {
  readonly app: Express;
  readonly server: Server;
  /** Adds the doors of an api process; a worker has health and metrics alone. */
  mount(doors: {
    readonly graphql: RequestHandler;
    readonly files: Router;
    readonly rest: Router;
    readonly docs: Router;
  }): void;
  listen(port: number, host: string): Promise<void>;
  /** Not ready at once; requests under way may finish. */
  stop(): Promise<void>;
}

const knownPaths: readonly (readonly [RegExp, string])[] = [
  [/^\/graphql$/, '/graphql'],
  [/^\/api\/agents\/execute$/, '/api/agents/execute'],
  [/^\/api\/agents\/list$/, '/api/agents/list'],
  [/^\/api\/tasks\/[^/]+$/, '/api/tasks/{id}'],
  [/^\/api\/manuals\/uploads\/[^/]+$/, '/api/manuals/uploads/{id}'],
  [/^\/api\/manuals\/[^/]+\/original$/, '/api/manuals/{id}/original'],
  [/^\/docs(\/.*)?$/, '/docs'],
  [/^\/(metrics|livez|readyz)$/, 'self'],
];
const knownMethods = new Set(['GET', 'POST', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH']);

/** Path as a metric label: one of a closed set, whatever callers ask for. */
function labelOf(path: string): string {
  const found = knownPaths.find(([pattern]) => pattern.test(path))?.[1] ?? 'other';
  return found === 'self' ? path : found;
}

/** The one HTTP server of a process: health and metrics from the first moment, doors when they are ready. */
export function createHttpDoor(options: HttpOptions): HttpDoor {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  let stopping = false;
  let mounted = false;
  app.use((req, res, next) => {
    const begun = performance.now();
    const given = req.header('x-correlation-id');
    res.setHeader('x-request-id', given !== undefined && /^[\w.:-]{1,100}$/.test(given) ? given : newId());
    res.setHeader('x-content-type-options', 'nosniff');
    res.on('finish', () => {
      const method = knownMethods.has(req.method) ? req.method : 'other';
      options.onRequest({
        method,
        path: labelOf(req.originalUrl.split('?')[0] ?? '/'),
        status: res.statusCode,
        seconds: (performance.now() - begun) / 1_000,
      });
    });
    next();
  });
  app.get('/livez', (_req, res) => void res.json({ alive: true }));
  app.get('/readyz', async (_req, res) => {
    const { ready, checks } = await options.readiness();
    res.status(ready && !stopping ? 200 : 503).json({ ready: ready && !stopping, checks: { ...checks, stopping } });
  });
  app.get('/metrics', async (_req, res) => {
    res.type(options.registry.contentType).send(await options.registry.metrics());
  });
  app.use((_req, res, next) => {
    if (mounted) return next();
    res.setHeader('retry-after', '2');
    res.status(503).json({
      errors: [{ message: 'The API is starting. Nothing was accepted.', extensions: { code: 'UNAVAILABLE' } }],
    });
  });
  const server = createServer(app);
  hardenServer(server);
  return {
    app,
    server,
    mount({ graphql, files, rest, docs }) {
      // The alert door cuts its posts into calls below this; GraphQL looks at the operation and refuses others above 1 MiB.
      app.use(
        '/graphql',
        express.json({ limit: '4mb', type: ['application/json', 'application/graphql-response+json'] }),
        graphql,
      );
      app.use('/api', files);
      app.use('/api', express.json({ limit: '1mb' }), rest);
      app.use('/docs', docs);
      app.use((_req, res) => void res.status(404).json({ error: 'There is nothing at this address. See /docs.' }));
      app.use(problemHandler(options.log));
      mounted = true;
    },
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          server.off('error', reject);
          resolve();
        });
      }),
    async stop() {
      stopping = true;
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      const hard = setTimeout(() => server.closeAllConnections(), 8_000);
      await closed;
      clearTimeout(hard);
    },
  };
}
