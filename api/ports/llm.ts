import type { z } from 'zod';

export interface LlmUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/**
 * A language model behind Azure OpenAI or any compatible address. Text is redacted before it leaves.
 * Errors are AppError UPSTREAM_UNAVAILABLE or UPSTREAM_REJECTED; the overall time limit is the signal's.
 */
export interface Llm {
  /** `none` when no model is configured; then nothing else may be called. */
  readonly mode: 'none' | 'azure' | 'compatible';
  readonly model: string | null;
  /** One structured answer; asked again at most twice when it does not fit the schema, then refused. */
  complete<T>(request: {
    readonly system: string;
    readonly user: string;
    readonly schemaName: string;
    readonly schema: z.ZodType<T>;
    readonly maxTokens: number;
    readonly signal: AbortSignal;
  }): Promise<{ readonly value: T; readonly usage: LlmUsage; readonly model: string }>;
}
