import { HeaderMap } from '@apollo/server';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { type AppError, isAppError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';

const statuses: Readonly<Record<string, number>> = { UNAUTHENTICATED: 401, UNAVAILABLE: 503, RATE_LIMITED: 429 };
const retryAfterMs = 5_000;

/** Codes of the server itself whose words hold nothing of ours. */
const plainCodes = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]);

/** Code of an error outside userErrors. */
function codeOf(error: AppError): string {
  if (error.code === 'INVALID_INPUT' || error.code === 'NOT_FOUND') return 'BAD_USER_INPUT';
  return error.code;
}

/** HTTP status and headers an error asks for; null when the answer stays as it is. */
export function httpOf(error: unknown): { readonly status: number; readonly retryAfterSeconds: number | null } | null {
  if (!isAppError(error)) return null;
  const status = statuses[error.code];
  if (status === undefined) return null;
  const waits = status === 401 ? null : Math.max(1, Math.ceil((error.retryAfterMs ?? retryAfterMs) / 1_000));
  return { status, retryAfterSeconds: waits };
}

/** An error that was met before the operation began, with the HTTP answer that fits it. */
export function refusedRequest(error: unknown): GraphQLError {
  const http = httpOf(error);
  const code = isAppError(error) ? codeOf(error) : 'INTERNAL';
  const status = http?.status ?? (code === 'FORBIDDEN' ? 403 : isAppError(error) ? 400 : 500);
  const headers = new HeaderMap();
  if (http?.retryAfterSeconds) headers.set('retry-after', String(http.retryAfterSeconds));
  return new GraphQLError(error instanceof Error ? error.message : 'refused', {
    ...(error instanceof Error ? { originalError: error } : {}),
    extensions: { code, http: { status, headers } },
  });
}

/** The error underneath what the executor wrapped around it. */
export function originOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError !== undefined ? originOf(error.originalError) : error;
}

/** What the executor itself refuses has no code: variables before the first field, arguments at theirs. All else it says is a broken promise of ours. */
function isCallersFault(formatted: GraphQLFormattedError): boolean {
  return formatted.path === undefined || /^(Argument|Variable) "/.test(formatted.message);
}

/** What a caller may read of an error. Faults of ours are logged under the request id, and nothing else of them leaves. */
export function presentError(
  formatted: GraphQLFormattedError,
  error: unknown,
  requestId: string,
  log: Logger,
): GraphQLFormattedError {
  const where = {
    ...(formatted.locations ? { locations: formatted.locations } : {}),
    ...(formatted.path ? { path: formatted.path } : {}),
  };
  const origin = originOf(error);
  if (isAppError(origin) && origin.code !== 'INTERNAL')
    return {
      message: origin.message,
      ...where,
      extensions: { code: codeOf(origin), requestId, ...(origin.path ? { inputPath: origin.path } : {}) },
    };
  const code = String(formatted.extensions?.code ?? '');
  const limit = formatted.extensions?.limit;
  if (origin instanceof GraphQLError && (plainCodes.has(code) || isCallersFault(formatted)))
    return {
      message: formatted.message,
      ...where,
      extensions: { code: plainCodes.has(code) ? code : 'BAD_USER_INPUT', requestId, ...(limit ? { limit } : {}) },
    };
  log.error({ err: origin, requestId, path: formatted.path }, 'a request failed by a fault of ours');
  return {
    message: 'The request failed. It is logged under the request id.',
    ...where,
    extensions: { code: 'INTERNAL', requestId },
  };
}
