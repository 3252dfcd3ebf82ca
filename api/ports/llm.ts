import type { z } from 'zod';
import { AppError, type AppErrorOptions } from '../../lib/errors.ts';

export interface LlmUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** A call the model wants made. The arguments are the model's text: whoever makes the call parses them. */
export interface LlmToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

export type LlmMessage =
  | { readonly role: 'system' | 'user'; readonly content: string }
  | { readonly role: 'assistant'; readonly content: string | null; readonly toolCalls?: readonly LlmToolCall[] }
  | { readonly role: 'tool'; readonly toolCallId: string; readonly content: string };

/** A function the model may ask for, with the JSON Schema of its arguments. */
export interface LlmTool {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** What went out and what came back, as it left: redacted. */
export interface LlmExchange {
  readonly model: string;
  readonly request: {
    readonly messages: readonly LlmMessage[];
    readonly tools: readonly LlmTool[];
    readonly answer: { readonly name: string; readonly schema: Readonly<Record<string, unknown>> } | null;
    readonly maxTokens: number;
  };
  readonly response: {
    readonly text: string;
    readonly toolCalls: readonly LlmToolCall[];
    readonly finish: string;
  } | null;
  readonly failure: LlmFailure | null;
  /** Requests made, the repeated ones counted. */
  readonly attempts: number;
  readonly usage: LlmUsage;
  /** By the configured prices; null when this model has none. */
  readonly costUsd: number | null;
  readonly durationMs: number;
}

/** What every call gives: its limit, and who keeps the exchange. */
interface LlmCallOptions {
  readonly maxTokens: number;
  readonly signal: AbortSignal;
  /** Called once for each exchange, also for one that failed. */
  readonly record?: (exchange: LlmExchange) => void;
}

export interface LlmChatRequest extends LlmCallOptions {
  readonly messages: readonly LlmMessage[];
  readonly tools?: readonly LlmTool[];
  /** The answer must fit this schema when the model answers in words. */
  readonly answer?: { readonly name: string; readonly schema: Readonly<Record<string, unknown>> };
}

export interface LlmChatReply {
  readonly text: string;
  readonly toolCalls: readonly LlmToolCall[];
  /** `length`: cut at maxTokens. */
  readonly finish: 'stop' | 'length' | 'tool_calls';
  readonly usage: LlmUsage;
  readonly costUsd: number | null;
  readonly model: string;
}

/** Why a call of the model brought nothing. */
export type LlmFailure =
  /** It asked to wait longer than the call may last, or its quota is spent. */
  | 'rate-limited'
  /** 5xx, no connection, or the circuit is open after many of these. */
  | 'unavailable'
  /** No answer, or no next part of it, in time. */
  | 'timeout'
  /** The answer ended in the middle, each time. */
  | 'cut'
  /** The request itself was refused: key, deployment, a shape it does not take. */
  | 'rejected'
  /** The model declined. */
  | 'refused'
  /** A content filter took the question or the answer. */
  | 'filtered'
  /** Nothing in it, or nothing that fits, after asking again. */
  | 'unusable'
  /** Too many calls wait in this process already, or its tokens for this minute are spent. */
  | 'busy';

const transient: readonly LlmFailure[] = ['rate-limited', 'unavailable', 'timeout', 'cut', 'busy'];

/** A call that brought nothing, with its kind; UPSTREAM_UNAVAILABLE when it may be tried later, else UPSTREAM_REJECTED. */
export class LlmError extends AppError {
  readonly kind: LlmFailure;

  constructor(kind: LlmFailure, message: string, options: AppErrorOptions = {}) {
    const retryable = transient.includes(kind);
    super(retryable ? 'UPSTREAM_UNAVAILABLE' : 'UPSTREAM_REJECTED', message, { ...options, retryable });
    this.kind = kind;
  }
}

/**
 * A language model behind Azure OpenAI or any compatible address. Text is redacted before it leaves. Faults of the other side are
 * repeated with growing pauses, or as long as it asks for, within the signal's limit; after many in a row nothing is sent for a while.
 * What does not help is an LlmError.
 */
export interface Llm {
  /** `none` when no model is configured; then nothing else may be called. */
  readonly mode: 'none' | 'azure' | 'compatible';
  readonly model: string | null;
  /** One turn: words, or calls of tools. Names and arguments of the calls are not checked here. */
  chat(request: LlmChatRequest): Promise<LlmChatReply>;
  /** One structured answer; asked again at most twice when it does not fit the schema, then refused. */
  complete<T>(
    request: LlmCallOptions & {
      readonly system: string;
      readonly user: string;
      readonly schemaName: string;
      readonly schema: z.ZodType<T>;
    },
  ): Promise<{ readonly value: T; readonly usage: LlmUsage; readonly costUsd: number | null; readonly model: string }>;
  /** The words of a recording. NOT_CONFIGURED when no model for it is set. */
  transcribe(request: {
    readonly audio: Uint8Array;
    readonly fileName: string;
    readonly language?: 'ko' | 'en';
    readonly signal: AbortSignal;
  }): Promise<{ readonly text: string; readonly segments: readonly LlmSegment[]; readonly model: string }>;
}

/** A stretch of a recording. */
export interface LlmSegment {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly text: string;
}
