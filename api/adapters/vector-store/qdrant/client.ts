import { QdrantClient } from '@qdrant/js-client-rest';
import {
  BrokenCircuitError,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
  retry,
  wrap,
} from 'cockatiel';
import { z } from 'zod';
import { AppError, isAppError } from '../../../../lib/errors.ts';
import type { Secret } from '../../../../lib/secret.ts';

/** Where Qdrant answers. */
export interface QdrantOptions {
  readonly url: string;
  readonly apiKey?: Secret;
  /** The name people know the index by: an alias; the collections behind it are numbered. */
  readonly collection: string;
  /** Limit of one try of a search; a failed one is tried once more. */
  readonly searchMs?: number;
  readonly writeMs?: number;
  /** How long searches are refused at once after three failed in a row. */
  readonly restMs?: number;
}

/** How Qdrant is asked: with limits, tried again where that may help, and not at all while it is known to be away. */
export interface QdrantCalls {
  /** For a person who waits: short limits, one more try, and a circuit that opens. */
  search<T>(call: (client: QdrantClient) => Promise<T>): Promise<T>;
  /** For work in the background: long limits and several tries with growing pauses. */
  write<T>(call: (client: QdrantClient) => Promise<T>): Promise<T>;
  /** Snapshot files are read and sent without the client, which would hold them in memory. */
  raw(path: string, init?: RequestInit): Promise<Response>;
}

/** Makes the calls. The key travels as a header of ours: the client would print a warning for each address without TLS. */
export function createQdrantCalls(options: QdrantOptions): QdrantCalls {
  const { protocol, hostname, port, pathname } = new URL(options.url);
  const headers = options.apiKey === undefined ? {} : { 'api-key': options.apiKey.reveal() };
  const prefix = pathname.replace(/\/+$/, '');
  const https = protocol === 'https:';
  const address = {
    host: hostname,
    https,
    port: port === '' ? 6_333 : Number(port),
    ...(prefix === '' ? {} : { prefix }),
    headers,
    checkCompatibility: false,
  };
  const writeMs = options.writeMs ?? 30_000;
  const quick = new QdrantClient({ ...address, timeout: options.searchMs ?? 900 });
  const patient = new QdrantClient({ ...address, timeout: writeMs });
  const again = handleWhen((error) => isAppError(error) && error.retryable);
  const breaker = circuitBreaker(again, {
    halfOpenAfter: options.restMs ?? 5_000,
    breaker: new ConsecutiveBreaker(3),
  });
  const searches = wrap(
    breaker,
    retry(again, { maxAttempts: 1, backoff: new ExponentialBackoff({ initialDelay: 50 }) }),
  );
  const writes = retry(again, {
    maxAttempts: 4,
    backoff: new ExponentialBackoff({ initialDelay: 200, maxDelay: 3_000 }),
  });
  const translated = async <T>(call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (error) {
      throw translateQdrantError(error);
    }
  };
  return {
    search: (call) => translated(() => searches.execute(() => translated(() => call(quick)))),
    write: (call) => writes.execute(() => translated(() => call(patient))),
    raw: (path, init = {}) =>
      translated(async () => {
        const response = await fetch(`${protocol}//${hostname}:${address.port}${prefix}${path}`, {
          ...init,
          headers,
          signal: AbortSignal.timeout(10 * writeMs),
        });
        if (!response.ok)
          throw Object.assign(new Error(response.statusText), {
            status: response.status,
            data: await response.json().catch(() => null),
          });
        return response;
      }),
  };
}

const refusal = z.object({
  status: z.number(),
  data: z
    .object({ status: z.object({ error: z.string() }) })
    .optional()
    .catch(undefined),
});
const dimension = /dimension error|not configured in this collection|Not existing vector name/;

/** Sorts what a call failed with: away (try again), not there, refused for what was sent, or refused altogether. */
export function translateQdrantError(error: unknown): AppError {
  if (isAppError(error)) return error;
  if (error instanceof BrokenCircuitError)
    return new AppError('UPSTREAM_UNAVAILABLE', 'Qdrant failed several times and is given a rest.', { cause: error });
  const answer = refusal.safeParse(error);
  if (!answer.success || answer.data.status >= 500 || [408, 429].includes(answer.data.status))
    return new AppError('UPSTREAM_UNAVAILABLE', 'Qdrant does not answer.', { cause: error, retryable: true });
  const { status, data } = answer.data;
  const words = data?.status.error ?? '';
  if (status === 404) return new AppError('NOT_FOUND', `Qdrant has no such thing: ${words}`, { cause: error });
  if (status === 401 || status === 403)
    return new AppError('UPSTREAM_REJECTED', 'Qdrant refuses the API key.', { cause: error });
  if (dimension.test(words))
    return new AppError('INVALID_INPUT', 'The embedding does not fit the index.', { cause: error });
  return new AppError('UPSTREAM_REJECTED', `Qdrant refused the request: ${words}`, { cause: error });
}
