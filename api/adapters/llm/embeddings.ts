import { setTimeout as pause } from 'node:timers/promises';
import OpenAI, { APIConnectionError, APIError, AzureOpenAI } from 'openai';
import { AppError } from '../../../lib/errors.ts';
import { redactText } from '../../../lib/redact.ts';
import type { Secret } from '../../../lib/secret.ts';
import type { Embedder, Embeddings } from '../../ports/embedder.ts';
import { retryAfterMs } from './retry-after.ts';

/** An Azure deployment of an embedding model, or such a model at any address that speaks the same protocol. */
export type EmbedderOptions = { readonly timeoutMs?: number } & (
  | {
      readonly mode: 'azure';
      readonly endpoint: string;
      readonly apiKey: Secret;
      readonly apiVersion: string;
      readonly deployment: string;
    }
  | { readonly mode: 'compatible'; readonly baseUrl: string; readonly apiKey: Secret; readonly model: string }
);

/** Azure takes at most 16 inputs of older models and 2,048 of newer ones, and some 300,000 tokens in all. */
const mostTexts = 16;
const mostChars = 100_000;
const transportTries = 3;
const longestPauseMs = 30_000;

/** No embedding model is set up: manuals are searched by their words alone. */
export function createNoEmbedder(): Embedder {
  return {
    model: null,
    embed: () => Promise.reject(new AppError('NOT_CONFIGURED', 'No embedding model is configured.')),
  };
}

/** Embeddings of a configured model. The client's own retries are off: pauses and the overall limit are kept here. */
export function createEmbedder(options: EmbedderOptions): Embedder {
  const timeout = options.timeoutMs ?? 30_000;
  const model = options.mode === 'azure' ? options.deployment : options.model;
  const client =
    options.mode === 'azure'
      ? new AzureOpenAI({
          endpoint: options.endpoint,
          apiKey: options.apiKey.reveal(),
          apiVersion: options.apiVersion,
          deployment: options.deployment,
          maxRetries: 0,
          timeout,
        })
      : new OpenAI({ baseURL: options.baseUrl, apiKey: options.apiKey.reveal(), maxRetries: 0, timeout });

  async function send(input: string[], signal: AbortSignal): Promise<{ vectors: Float32Array[]; tokens: number }> {
    for (let attempt = 1; ; attempt++) {
      try {
        // As numbers: not every compatible server knows the shorter base64 form.
        const answer = await client.embeddings.create({ model, input, encoding_format: 'float' }, { signal });
        return { vectors: inOrder(answer.data, input.length), tokens: answer.usage?.prompt_tokens ?? 0 };
      } catch (error) {
        const waitMs = pauseFor(error, attempt, signal);
        await pause(waitMs, undefined, { signal }).catch((cause: unknown) => {
          throw late(cause);
        });
      }
    }
  }

  return {
    model,
    async embed(texts, signal): Promise<Embeddings> {
      const vectors: Float32Array[] = [];
      let tokens = 0;
      for (const batch of batchesOf(texts.map((text) => redactText(text)))) {
        const answer = await send(batch, signal);
        vectors.push(...answer.vectors);
        tokens += answer.tokens;
      }
      if (new Set(vectors.map((vector) => vector.length)).size > 1)
        throw new AppError('UPSTREAM_REJECTED', 'The embedding model sent vectors of different sizes.');
      return { vectors, model, tokens };
    },
  };
}

function batchesOf(texts: readonly string[]): string[][] {
  const batches: string[][] = [];
  let held: string[] = [];
  let chars = 0;
  for (const text of texts) {
    if (held.length >= mostTexts || (held.length > 0 && chars + text.length > mostChars)) {
      batches.push(held);
      held = [];
      chars = 0;
    }
    // An empty input is refused by the other side; a space is not.
    held.push(text === '' ? ' ' : text);
    chars += text.length;
  }
  if (held.length > 0) batches.push(held);
  return batches;
}

function inOrder(
  data: readonly { readonly index: number; readonly embedding: readonly number[] }[],
  wanted: number,
): Float32Array[] {
  const vectors = new Map(data.map((one) => [one.index, Float32Array.from(one.embedding)]));
  return Array.from({ length: wanted }, (_, index) => {
    const vector = vectors.get(index);
    if (vector === undefined || vector.length === 0 || !vector.every(Number.isFinite))
      throw new AppError('UPSTREAM_REJECTED', 'The embedding model sent no usable vector.');
    return vector;
  });
}

const late = (cause: unknown): AppError =>
  new AppError('UPSTREAM_UNAVAILABLE', 'The embedding model did not answer in time.', { cause, retryable: true });

/** How long to wait before the same request is sent again; throws when that is not worth it. */
function pauseFor(error: unknown, attempt: number, signal: AbortSignal): number {
  if (error instanceof AppError) throw error;
  if (signal.aborted) throw late(error);
  const status = error instanceof APIError ? error.status : undefined;
  const worthAgain =
    error instanceof APIConnectionError || status === 408 || status === 409 || status === 429 || (status ?? 0) >= 500;
  if (!worthAgain) {
    const words = error instanceof Error ? redactText(error.message).slice(0, 200) : '';
    throw new AppError('UPSTREAM_REJECTED', `The embedding model refused: ${words}`, { cause: error });
  }
  const told = error instanceof APIError ? retryAfterMs(error.headers, Date.now()) : null;
  const waitMs = told ?? 500 * 2 ** (attempt - 1);
  if (attempt >= transportTries || waitMs > longestPauseMs)
    throw new AppError('UPSTREAM_UNAVAILABLE', 'The embedding model does not answer now.', {
      cause: error,
      retryable: true,
      retryAfterMs: waitMs,
    });
  return waitMs;
}
