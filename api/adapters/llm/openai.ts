import { setTimeout as pause } from 'node:timers/promises';
import OpenAI, { APIConnectionError, APIConnectionTimeoutError, APIError, AzureOpenAI } from 'openai';
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { redactText } from '../../../lib/redact.ts';
import type { Secret } from '../../../lib/secret.ts';
import {
  type Llm,
  type LlmChatReply,
  type LlmChatRequest,
  LlmError,
  type LlmExchange,
  type LlmMessage,
} from '../../ports/llm.ts';
import { completeWith } from './complete.ts';
import { failureWords, judgeFailure, pauseBefore } from './failure-rules.ts';
import { type LlmLimits, limitCalls, usualLimits } from './limits.ts';
import { costOf, type LlmPrices } from './price-rules.ts';
import { readStream, SilentStream, type StreamedReply } from './read-stream.ts';
import { retryAfterMs } from './retry-after.ts';
import { createTranscription } from './transcribe.ts';

/** An Azure resource with its deployment, or any address that speaks the same protocol. */
export type OpenAiOptions = {
  /** Longest wait for the first part of an answer, and between two parts. */
  readonly timeoutMs?: number;
  readonly limits?: Partial<LlmLimits>;
  readonly prices?: LlmPrices;
  /** Model or deployment that turns recordings into words. */
  readonly transcriptionModel?: string;
} & (
  | {
      readonly mode: 'azure';
      readonly endpoint: string;
      readonly apiKey: Secret;
      readonly apiVersion: string;
      readonly deployment: string;
    }
  | { readonly mode: 'compatible'; readonly baseUrl: string; readonly apiKey: Secret; readonly model: string }
);

const triesAtMost = 3;

/** Makes a client of the vendor's package. Its own retries are off: pauses and limits are kept here. */
function clientOf(options: OpenAiOptions, deployment: string, timeout: number): OpenAI {
  return options.mode === 'azure'
    ? new AzureOpenAI({
        endpoint: options.endpoint,
        apiKey: options.apiKey.reveal(),
        apiVersion: options.apiVersion,
        deployment,
        maxRetries: 0,
        timeout,
      })
    : new OpenAI({ baseURL: options.baseUrl, apiKey: options.apiKey.reveal(), maxRetries: 0, timeout });
}

/** Chat completions, streamed, with tools and answers by JSON schema. */
export function createOpenAi(options: OpenAiOptions): Llm {
  const timeoutMs = options.timeoutMs ?? 30_000;
  const model = options.mode === 'azure' ? options.deployment : options.model;
  const client = clientOf(options, model, timeoutMs);
  const calls = limitCalls({ ...usualLimits, ...options.limits });
  const prices = options.prices ?? {};

  async function once(request: LlmExchange['request'], signal: AbortSignal): Promise<StreamedReply> {
    const stop = new AbortController();
    const abort = () => stop.abort();
    signal.addEventListener('abort', abort, { once: true });
    try {
      const stream = await client.chat.completions.create(
        {
          model,
          messages: request.messages.map(toWire),
          max_completion_tokens: request.maxTokens,
          stream: true,
          stream_options: { include_usage: true },
          ...(request.tools.length === 0
            ? {}
            : {
                tools: request.tools.map(({ name, description, parameters }) => ({
                  type: 'function' as const,
                  function: { name, description, parameters: { ...parameters } },
                })),
              }),
          ...(request.answer === null
            ? {}
            : {
                response_format: {
                  type: 'json_schema' as const,
                  json_schema: { name: request.answer.name, strict: true, schema: { ...request.answer.schema } },
                },
              }),
        },
        { signal: stop.signal },
      );
      const reply = await readStream(stream, timeoutMs);
      if (reply.finish === null) throw new LlmError('cut', failureWords.cut);
      return reply;
    } finally {
      signal.removeEventListener('abort', abort);
      stop.abort();
    }
  }

  /** The same request until it brings an answer, is refused, or nothing more is worth it. */
  async function send(
    request: LlmExchange['request'],
    signal: AbortSignal,
    count: (attempt: number) => void,
  ): Promise<StreamedReply> {
    for (let attempt = 1; ; attempt++) {
      count(attempt);
      try {
        return await calls.run(signal, () => once(request, signal).catch((error: unknown) => fail(error, signal)));
      } catch (error) {
        if (!(error instanceof LlmError) || !error.retryable || error.kind === 'busy' || signal.aborted) throw error;
        const told = error.retryAfterMs ?? null;
        const quotaSpent = error.cause instanceof APIError && error.cause.code === 'insufficient_quota';
        const waitMs = quotaSpent || calls.isOpen() ? null : pauseBefore(attempt, told, Infinity, Math.random());
        if (attempt >= triesAtMost || waitMs === null) throw error;
        await pause(waitMs, undefined, { signal }).catch((cause: unknown) => {
          throw new LlmError('timeout', failureWords.timeout, { cause });
        });
      }
    }
  }

  async function chat(asked: LlmChatRequest): Promise<LlmChatReply> {
    const request: LlmExchange['request'] = {
      messages: asked.messages.map(redacted),
      tools: asked.tools ?? [],
      answer: asked.answer ?? null,
      maxTokens: asked.maxTokens,
    };
    const begun = performance.now();
    let attempts = 0;
    const record = (end: Pick<LlmExchange, 'response' | 'failure' | 'usage' | 'costUsd' | 'model'>) =>
      asked.record?.({ request, attempts, durationMs: Math.round(performance.now() - begun), ...end });
    try {
      const reply = await send(request, asked.signal, (attempt) => {
        attempts = attempt;
      });
      const named = reply.model || model;
      const costUsd = costOf(prices, named, reply.usage) ?? costOf(prices, model, reply.usage);
      calls.spend(reply.usage.promptTokens + reply.usage.completionTokens);
      const kind = reply.refusal !== '' ? 'refused' : reply.finish === 'content_filter' ? 'filtered' : null;
      const { text, toolCalls } = reply;
      record({
        response: {
          text: redactText(text),
          toolCalls: toolCalls.map((one) => ({ ...one, arguments: redactText(one.arguments) })),
          finish: reply.finish ?? 'stop',
        },
        failure: kind,
        usage: reply.usage,
        costUsd,
        model: named,
      });
      if (kind !== null) throw new LlmError(kind, failureWords[kind]);
      const finish = toolCalls.length > 0 ? 'tool_calls' : reply.finish === 'length' ? 'length' : 'stop';
      return { text, toolCalls, finish, usage: reply.usage, costUsd, model: named };
    } catch (error) {
      if (error instanceof LlmError && (error.kind === 'refused' || (error.kind === 'filtered' && !error.cause)))
        throw error;
      const failure = error instanceof LlmError ? error.kind : 'rejected';
      record({ response: null, failure, usage: { promptTokens: 0, completionTokens: 0 }, costUsd: 0, model });
      throw error;
    }
  }

  return {
    mode: options.mode,
    model,
    chat,
    complete: (request) => completeWith(chat, request),
    transcribe: createTranscription({
      model: options.transcriptionModel ?? null,
      clientFor: (name) => clientOf(options, name, timeoutMs * 4),
      limited: calls.run,
      fail,
    }),
  };
}

/** Makes an LlmError of whatever the package threw. */
function fail(error: unknown, signal: AbortSignal): never {
  if (error instanceof LlmError) throw error;
  if (signal.aborted) throw new LlmError('timeout', failureWords.timeout, { cause: error });
  const status = error instanceof APIError && typeof error.status === 'number' ? error.status : null;
  const broke =
    error instanceof SilentStream || error instanceof APIConnectionTimeoutError
      ? 'silence'
      : error instanceof APIConnectionError
        ? 'connecting'
        : status === null
          ? 'answering'
          : null;
  const code = error instanceof APIError && typeof error.code === 'string' ? error.code : null;
  const { kind, again } = judgeFailure({ status, code, broke });
  const said = error instanceof Error && kind === 'rejected' ? ` ${redactText(error.message).slice(0, 200)}` : '';
  const told = again && error instanceof APIError ? retryAfterMs(error.headers, Date.now()) : null;
  throw new LlmError(kind, `${failureWords[kind]}${said}`, {
    cause: error,
    ...(told === null ? {} : { retryAfterMs: told }),
  });
}

function redacted(message: LlmMessage): LlmMessage {
  if (message.role !== 'assistant') return { ...message, content: redactText(message.content) };
  return {
    ...message,
    content: message.content === null ? null : redactText(message.content),
    ...(message.toolCalls === undefined
      ? {}
      : { toolCalls: message.toolCalls.map((call) => ({ ...call, arguments: redactText(call.arguments) })) }),
  };
}

function toWire(message: LlmMessage): ChatCompletionMessageParam {
  if (message.role === 'tool') return { role: 'tool', tool_call_id: message.toolCallId, content: message.content };
  if (message.role !== 'assistant') return { role: message.role, content: message.content };
  if (message.toolCalls === undefined || message.toolCalls.length === 0)
    return { role: 'assistant', content: message.content ?? '' };
  return {
    role: 'assistant',
    content: message.content,
    tool_calls: message.toolCalls.map((call) => ({
      id: call.id,
      type: 'function' as const,
      function: { name: call.name, arguments: call.arguments },
    })),
  };
}
