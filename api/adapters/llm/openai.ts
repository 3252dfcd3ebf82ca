import { setTimeout as pause } from 'node:timers/promises';
import OpenAI, { APIConnectionError, APIError, AzureOpenAI } from 'openai';
import { z } from 'zod';
import { AppError } from '../../../lib/errors.ts';
import { redactText } from '../../../lib/redact.ts';
import type { Secret } from '../../../lib/secret.ts';
import type { Llm, LlmUsage } from '../../ports/llm.ts';
import { retryAfterMs } from './retry-after.ts';

/** An Azure resource with its deployment, or any address that speaks the same protocol. */
export type OpenAiOptions = { readonly timeoutMs?: number } & (
  | {
      readonly mode: 'azure';
      readonly endpoint: string;
      readonly apiKey: Secret;
      readonly apiVersion: string;
      readonly deployment: string;
    }
  | { readonly mode: 'compatible'; readonly baseUrl: string; readonly apiKey: Secret; readonly model: string }
);

const transportTries = 3;
const askedAgain = 2;
const longestPauseMs = 30_000;

type Message = { role: 'system' | 'user' | 'assistant'; content: string };

/** What the model must send, in words it can act on, from a failed parse. */
function complaint(error: z.ZodError | null): string {
  const words = error === null ? 'it is no JSON' : z.prettifyError(error).slice(0, 600);
  return `That answer does not fit the schema: ${words}. Send the whole JSON object again, and nothing else.`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\s*```(?:json)?\s*|\s*```\s*$/g, ''));
  } catch {
    return undefined;
  }
}

/** Chat completions with an answer by JSON schema. Its own retries are off: pauses and the overall limit are kept here. */
export function createOpenAi(options: OpenAiOptions): Llm {
  const timeout = options.timeoutMs ?? 30_000;
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
  const model = options.mode === 'azure' ? options.deployment : options.model;

  async function send(
    messages: Message[],
    schemaName: string,
    schema: unknown,
    maxTokens: number,
    signal: AbortSignal,
  ) {
    for (let attempt = 1; ; attempt++) {
      try {
        return await client.chat.completions.create(
          {
            model,
            messages,
            max_completion_tokens: maxTokens,
            response_format: {
              type: 'json_schema',
              json_schema: { name: schemaName, strict: true, schema: z.record(z.string(), z.unknown()).parse(schema) },
            },
          },
          { signal },
        );
      } catch (error) {
        if (signal.aborted)
          throw new AppError('UPSTREAM_UNAVAILABLE', 'The language model did not answer in time.', {
            cause: error,
            retryable: true,
          });
        const status = error instanceof APIError ? error.status : undefined;
        const worthAgain =
          error instanceof APIConnectionError ||
          status === 408 ||
          status === 409 ||
          status === 429 ||
          (status ?? 0) >= 500;
        if (!worthAgain) {
          const words = error instanceof Error ? redactText(error.message).slice(0, 200) : '';
          throw new AppError('UPSTREAM_REJECTED', `The language model refused: ${words}`, { cause: error });
        }
        const told = error instanceof APIError ? retryAfterMs(error.headers, Date.now()) : null;
        const waitMs = told ?? 500 * 2 ** (attempt - 1);
        if (attempt >= transportTries || waitMs > longestPauseMs) {
          throw new AppError('UPSTREAM_UNAVAILABLE', 'The language model does not answer now.', {
            cause: error,
            retryable: true,
            retryAfterMs: waitMs,
          });
        }
        await pause(waitMs, undefined, { signal }).catch((cause: unknown) => {
          throw new AppError('UPSTREAM_UNAVAILABLE', 'The language model did not answer in time.', {
            cause,
            retryable: true,
          });
        });
      }
    }
  }

  return {
    mode: options.mode,
    model,
    async complete(request) {
      const messages: Message[] = [
        { role: 'system', content: redactText(request.system) },
        { role: 'user', content: redactText(request.user) },
      ];
      const schema = z.toJSONSchema(request.schema);
      let usage: LlmUsage = { promptTokens: 0, completionTokens: 0 };
      for (let asked = 0; ; asked++) {
        const reply = await send(messages, request.schemaName, schema, request.maxTokens, request.signal);
        usage = {
          promptTokens: usage.promptTokens + (reply.usage?.prompt_tokens ?? 0),
          completionTokens: usage.completionTokens + (reply.usage?.completion_tokens ?? 0),
        };
        const choice = reply.choices?.[0];
        const refusal = choice?.message?.refusal;
        if (refusal || choice?.finish_reason === 'content_filter') {
          throw new AppError('UPSTREAM_REJECTED', 'The language model declined to answer.');
        }
        const text = choice?.message?.content ?? '';
        const value = parseJson(text);
        const parsed = value === undefined ? null : request.schema.safeParse(value);
        if (parsed?.success) return { value: parsed.data, usage, model: reply.model ?? model };
        if (asked >= askedAgain) throw new AppError('UPSTREAM_REJECTED', 'The language model sent no usable answer.');
        messages.push(
          { role: 'assistant', content: text.slice(0, 4_000) },
          { role: 'user', content: complaint(parsed?.error ?? null) },
        );
      }
    },
  };
}
