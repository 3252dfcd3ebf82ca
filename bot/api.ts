import { randomUUID } from 'node:crypto';
import type { ResultOf, TadaDocumentNode, VariablesOf } from 'gql.tada';
import { Kind, OperationTypeNode, print } from 'graphql';
import { createClient as createSocket } from 'graphql-ws';
import WebSocket from 'ws';
import { z } from 'zod';
import { AppError, type AppErrorCode, appErrorCodes } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import type { Secret } from '../lib/secret.ts';

const envelope = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z
    .array(
      z.object({
        message: z.string(),
        extensions: z.object({ code: z.string().optional(), requestId: z.string().optional() }).loose().optional(),
      }),
    )
    .optional(),
});

/** Whom a call speaks for. */
export interface ChatPerson {
  readonly workspace: string;
  readonly user: string;
}

export interface CallOptions {
  /** One id from the Slack delivery to the tool call. */
  readonly correlationId?: string;
  /** All tries together. */
  readonly timeoutMs?: number;
  /** Queries and calls with a key may be sent again; others only when they certainly did not arrive. */
  readonly retry?: boolean;
}

/** The api as the bot sees it; `as` gives the same for a person. */
export interface Api {
  /** Sends the bytes of a file to a path the api has given out; sending them again changes nothing. */
  put(path: string, bytes: Uint8Array, options?: Pick<CallOptions, 'correlationId'>): Promise<void>;
  call<Result, Variables>(
    document: TadaDocumentNode<Result, Variables>,
    variables: Variables,
    options?: CallOptions,
  ): Promise<Result>;
  as(person: ChatPerson): Api;
}

export interface ApiOptions {
  readonly url: string;
  readonly key: Secret;
  readonly log: Logger;
  readonly timeoutMs?: number;
  /** Told after each call whether the api answered at all. */
  readonly onAnswer?: (reachable: boolean) => void;
}

const firstWaitMs = 150;
const transportError = 'UNAVAILABLE' satisfies AppErrorCode;
/** Codes of the transport that say the request itself was wrong. */
const inputCodes = new Set(['BAD_USER_INPUT', 'GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED']);
const codeOf = (code: string | undefined): AppErrorCode =>
  inputCodes.has(code ?? '') ? 'INVALID_INPUT' : (appErrorCodes.find((known) => known === code) ?? 'INTERNAL');

/** Calls the api. Every call ends within its time limit; what failed on the way is UNAVAILABLE and nothing is known to be accepted. */
export function createApi(options: ApiOptions): Api {
  const bound = (person: ChatPerson | null): Api => ({
    as: (other) => bound(other),
    put: (path, bytes, call = {}) => putBytes(options, person, path, bytes, call.correlationId ?? randomUUID()),
    call: (document, variables, call = {}) => callApi(options, person, document, variables, call),
  });
  return bound(null);
}

async function callApi<Result, Variables>(
  options: ApiOptions,
  person: ChatPerson | null,
  document: TadaDocumentNode<Result, Variables>,
  variables: Variables,
  call: CallOptions,
): Promise<Result> {
  const definition = document.definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION);
  const operation = definition?.name?.value ?? 'unnamed';
  const mayRepeat = call.retry ?? definition?.operation === OperationTypeNode.QUERY;
  const deadline = performance.now() + (call.timeoutMs ?? options.timeoutMs ?? 5_000);
  const body = JSON.stringify({ query: print(document), operationName: operation, variables });
  const correlationId = call.correlationId ?? randomUUID();
  for (let attempt = 1; ; attempt++) {
    try {
      const data = await post(options, person, body, correlationId, deadline - performance.now());
      options.onAnswer?.(true);
      // The api validates its answers against the schema these types are made from.
      return data as Result;
    } catch (error) {
      const failure = asAppError(error);
      if (failure.code === transportError) options.onAnswer?.(false);
      const waitMs = Math.max(failure.retryAfterMs ?? 0, firstWaitMs * 2 ** (attempt - 1));
      const again = failure.code === transportError && (mayRepeat || neverSent(failure));
      if (!again || attempt >= 4 || performance.now() + waitMs > deadline) throw failure;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

const putTries = 3;
const putTimeoutMs = 60_000;

async function putBytes(
  options: ApiOptions,
  person: ChatPerson | null,
  path: string,
  bytes: Uint8Array,
  correlationId: string,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await fetch(new URL(path, options.url), {
        method: 'PUT',
        headers: { 'content-type': 'application/octet-stream', ...credentials(options, person, correlationId) },
        body: Uint8Array.from(bytes),
        signal: AbortSignal.timeout(putTimeoutMs),
        redirect: 'error',
      });
      if (response.ok) return;
      const problem = z
        .object({ detail: z.string().optional(), title: z.string().optional() })
        .safeParse(parseJson(await response.text()));
      if (response.status < 500)
        throw new AppError(
          'INVALID_INPUT',
          problem.data?.detail ?? problem.data?.title ?? `The api answered ${response.status}.`,
        );
      throw new AppError(transportError, `The api answered ${response.status}.`, { retryable: true });
    } catch (error) {
      const failure = asAppError(error);
      if (failure.code !== transportError || attempt >= putTries) throw failure;
      await new Promise((resolve) => setTimeout(resolve, firstWaitMs * 2 ** attempt));
    }
  }
}

const credentials = (
  options: ApiOptions,
  person: ChatPerson | null,
  correlationId: string,
): Record<string, string> => ({
  authorization: `Bearer ${options.key.reveal()}`,
  'x-correlation-id': correlationId,
  ...(person === null ? {} : { 'x-on-behalf-of': `slack:${person.workspace}:${person.user}` }),
});

async function post(
  options: ApiOptions,
  person: ChatPerson | null,
  body: string,
  correlationId: string,
  leftMs: number,
): Promise<unknown> {
  const response = await fetch(options.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json;q=0.9',
      'apollo-require-preflight': 'true',
      ...credentials(options, person, correlationId),
    },
    body,
    signal: AbortSignal.timeout(Math.max(1, Math.round(leftMs))),
    redirect: 'error',
  });
  const text = await response.text();
  const parsed = envelope.safeParse(parseJson(text));
  const first = parsed.data?.errors?.[0];
  if (first !== undefined) {
    const code = codeOf(first.extensions?.code);
    throw new AppError(response.status >= 500 && code === 'INTERNAL' ? transportError : code, first.message, {
      retryable: code === transportError,
      ...retryAfterOf(response),
    });
  }
  if (response.status === 401) throw new AppError('UNAUTHENTICATED', 'The api does not accept the key of the bot.');
  if (!response.ok || !parsed.success || parsed.data.data == null)
    throw new AppError(transportError, `The api answered ${response.status}.`, {
      retryable: true,
      ...retryAfterOf(response),
    });
  return parsed.data.data;
}

function retryAfterOf(response: Response): { retryAfterMs?: number } {
  const seconds = Number(response.headers.get('retry-after') ?? '');
  return Number.isFinite(seconds) && seconds > 0 ? { retryAfterMs: seconds * 1_000 } : {};
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError(transportError, 'The api does not answer.', { cause: error, retryable: true });
}

/** A refused connection: the request never left. */
function neverSent(error: AppError): boolean {
  const cause = error.cause instanceof Error ? error.cause.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN';
}

/** Listens to a subscription until stopped; reconnects by itself. A lost signal costs one poll interval. */
export function subscribe<Document extends TadaDocumentNode<unknown, Record<string, never>>>(
  options: ApiOptions,
  document: Document,
  onSignal: (data: ResultOf<Document>) => void,
  variables?: VariablesOf<Document>,
): () => void {
  const url = new URL(options.url);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = createSocket({
    url: url.href,
    webSocketImpl: WebSocket,
    connectionParams: () => ({ authorization: `Bearer ${options.key.reveal()}` }),
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    retryWait: async (retries) =>
      new Promise((resolve) => setTimeout(resolve, Math.min(10_000, 250 * 2 ** Math.min(retries, 6)))),
    keepAlive: 20_000,
    connectionAckWaitTimeout: 5_000,
  });
  let stopped = false;
  const listen = () => {
    if (stopped) return;
    const again = () => void (stopped || setTimeout(listen, 2_000).unref());
    socket.subscribe<ResultOf<Document>>(
      { query: print(document), ...(variables === undefined ? {} : { variables }) },
      {
        next: (result) => result.data && onSignal(result.data),
        error: () => {
          options.log.debug('the signals of the api have stopped for a moment');
          again();
        },
        complete: again,
      },
    );
  };
  listen();
  return () => {
    stopped = true;
    void socket.dispose();
  };
}
