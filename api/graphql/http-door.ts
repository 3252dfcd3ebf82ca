import { ApolloServer, type ApolloServerPlugin, HeaderMap, type HTTPGraphQLRequest } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import type { Request, RequestHandler, Response } from 'express';
import { type GraphQLSchema, Kind, parse } from 'graphql';
import { AppError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import type { Metrics } from '../metrics.ts';
import type { Credentials } from '../users/resolve-viewer.ts';
import { type LimitName, limitRules, limits } from './limits.ts';
import { httpOf, originOf, presentError, refusedRequest } from './present-error.ts';
import type { RequestContext } from './request-context.ts';

const largestBodyBytes = 1024 * 1024;
const longestMs = 10_500;
const mostNames = 200;

interface HttpDoorOptions {
  readonly schema: GraphQLSchema;
  readonly makeContext: (credentials: Credentials) => Promise<RequestContext>;
  /** Stands in for the caller where the schema may be read without a key. */
  readonly strangerContext: ((correlationId: string) => RequestContext) | null;
  readonly metrics: Pick<Metrics, 'onOperation' | 'onRejected'>;
  readonly log: Logger;
}

/** GraphQL over HTTP, POST only. */
export async function createHttpGraphql(
  options: HttpDoorOptions,
): Promise<{ readonly handler: RequestHandler; readonly stop: () => Promise<void> }> {
  const { schema, log, metrics } = options;
  const apollo = new ApolloServer<RequestContext>({
    schema,
    introspection: true,
    csrfPrevention: true,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: true,
    allowBatchedHttpRequests: false,
    stopOnTerminationSignals: false,
    persistedQueries: false,
    validationRules: [...limitRules((limit: LimitName) => metrics.onRejected(limit))],
    parseOptions: { maxTokens: limits.tokens },
    // The request id is put in its place by the plugin below, which knows the request.
    formatError: (formatted) => formatted,
    logger: {
      debug: () => undefined,
      info: () => undefined,
      warn: (message?: unknown) => log.warn({ detail: String(message) }, 'graphql server warns'),
      error: (message?: unknown) => log.error({ detail: String(message) }, 'graphql server reports an error'),
    },
    plugins: [ApolloServerPluginLandingPageDisabled(), answerPlugin(options)],
  });
  await apollo.start();
  return {
    handler: (req, res, next) => {
      answer(apollo, options, req, res).catch(next);
    },
    stop: () => apollo.stop(),
  };
}

/** Statuses, headers and words of answers that hold errors, and the counts. */
function answerPlugin({ log, metrics }: HttpDoorOptions): ApolloServerPlugin<RequestContext> {
  const names = new Set<string>();
  return {
    requestDidStart: async ({ request }) => {
      const begun = performance.now();
      return {
        willSendResponse: async ({ response, operationName, errors, contextValue }) => {
          const { body, http } = response;
          if (errors !== undefined && body.kind === 'single') {
            body.singleResult.errors = errors.map((error) =>
              presentError(error.toJSON(), error, contextValue.requestId, log),
            );
            const asked = errors.map((error) => httpOf(originOf(error))).find((one) => one !== null) ?? null;
            if (asked !== null) {
              http.status = asked.status;
              if (asked.retryAfterSeconds !== null) http.headers.set('retry-after', String(asked.retryAfterSeconds));
            } else if (http.status === 400 && !wants400(request.http?.headers, body.singleResult.errors))
              http.status = 200;
            if (errors.some((error) => /more than? \d+ tokens|more that \d+ tokens/.test(error.message))) {
              http.status = 400;
              metrics.onRejected('tokens');
            }
          }
          metrics.onOperation({
            operation: labelOf(operationName ?? request.operationName, names),
            outcome: errors === undefined ? 'ok' : 'error',
            seconds: (performance.now() - begun) / 1_000,
          });
        },
      };
    },
  };
}

/** A malformed operation is a 400 for who speaks GraphQL over HTTP, and 200 for older clients; a broken limit is a 400 for all. */
function wants400(
  headers: HeaderMap | undefined,
  errors: readonly { readonly extensions?: Record<string, unknown> }[],
): boolean {
  if (errors.some((error) => error.extensions?.limit !== undefined || error.extensions?.code === 'BAD_REQUEST'))
    return true;
  return (headers?.get('accept') ?? '').includes('application/graphql-response+json');
}

/** Names of operations come from callers: those of our own programs become labels, so many and no more. */
function labelOf(name: string | null | undefined, names: Set<string>): string {
  if (!name || !/^[A-Z][A-Za-z]{1,50}$/.test(name)) return 'other';
  if (!names.has(name) && names.size >= mostNames) return 'other';
  names.add(name);
  return name;
}

async function answer(
  apollo: ApolloServer<RequestContext>,
  options: HttpDoorOptions,
  req: Request,
  res: Response,
): Promise<void> {
  const correlationId = String(res.getHeader('x-request-id') ?? '') || 'none';
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(req.headers))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  const httpGraphQLRequest: HTTPGraphQLRequest = {
    method: req.method.toUpperCase(),
    headers,
    search: new URL(req.url, 'http://api').search,
    body: req.body,
  };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), longestMs);
  });
  const executed = apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest,
    context: () => contextOf(options, req, headers, correlationId),
  });
  executed.catch(() => undefined);
  const answered = await Promise.race([executed, late]).finally(() => clearTimeout(timer));
  if (answered === null) {
    const error = { message: 'The request took too long and was ended.', extensions: { code: 'UNAVAILABLE' } };
    res
      .status(503)
      .set('retry-after', '5')
      .json({ errors: [{ ...error, extensions: { ...error.extensions, requestId: correlationId } }] });
    return;
  }
  for (const [name, value] of answered.headers) res.setHeader(name, value);
  res.status(answered.status ?? 200);
  if (answered.body.kind === 'complete') {
    res.end(answered.body.string);
    return;
  }
  for await (const chunk of answered.body.asyncIterator) res.write(chunk);
  res.end();
}

async function contextOf(
  options: HttpDoorOptions,
  req: Request,
  headers: HeaderMap,
  correlationId: string,
): Promise<RequestContext> {
  try {
    const query = queryOf(req.body);
    if (options.strangerContext !== null && !headers.has('authorization') && readsOnlyTheSchema(query))
      return options.strangerContext(correlationId);
    const context = await options.makeContext({
      authorization: headers.get('authorization') ?? null,
      onBehalfOf: headers.get('x-on-behalf-of') ?? null,
      correlationId,
    });
    refuseLargeBody(req, query, options.metrics);
    return context;
  } catch (error) {
    const refused = refusedRequest(error);
    throw Object.assign(refused, {
      message: presentError(refused.toJSON(), refused, correlationId, options.log).message,
      extensions: { ...refused.extensions, requestId: correlationId },
    });
  }
}

function queryOf(body: unknown): string | null {
  if (typeof body !== 'object' || body === null || !('query' in body)) return null;
  return typeof body.query === 'string' ? body.query : null;
}

/** Names of the fields at the root of every operation of a document; null for what cannot be read here. */
function rootsOf(query: string | null): readonly string[] | null {
  if (query === null || query.length > largestBodyBytes) return null;
  try {
    const roots: string[] = [];
    for (const definition of parse(query, { maxTokens: limits.tokens, noLocation: true }).definitions) {
      if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
      for (const selection of definition.selectionSet.selections) {
        if (selection.kind !== Kind.FIELD) return null;
        roots.push(selection.name.value);
      }
    }
    return roots;
  } catch {
    return null;
  }
}

function readsOnlyTheSchema(query: string | null): boolean {
  const roots = rootsOf(query);
  return roots !== null && roots.length > 0 && roots.every((name) => name.startsWith('__'));
}

/** Only deliveries of alerts may be larger than 1 MiB. */
function refuseLargeBody(req: Request, query: string | null, metrics: HttpDoorOptions['metrics']): void {
  const declared = Number(req.headers['content-length'] ?? Number.NaN);
  const isPlain = req.headers['content-encoding'] === undefined && Number.isFinite(declared);
  const sizeBytes = isPlain ? declared : Buffer.byteLength(JSON.stringify(req.body ?? null));
  if (sizeBytes <= largestBodyBytes) return;
  const roots = rootsOf(query);
  if (roots !== null && roots.length > 0 && roots.every((name) => name === 'alertsIngest')) return;
  metrics.onRejected('body');
  throw new AppError('INVALID_INPUT', 'A request may have 1 MiB.');
}
