import type { ChatCompletionChunk } from 'openai/resources/chat/completions';
import type { LlmToolCall, LlmUsage } from '../../ports/llm.ts';

/** An answer put together from its parts. */
export interface StreamedReply {
  readonly text: string;
  readonly refusal: string;
  readonly toolCalls: readonly LlmToolCall[];
  /** Null: the stream ended without saying why, so it was cut. */
  readonly finish: string | null;
  readonly usage: LlmUsage;
  readonly model: string;
}

/** Nothing came for longer than the limit. */
export class SilentStream extends Error {}

/** Reads a stream to its end; a pause longer than `idleMs` between two parts ends it. */
export async function readStream(stream: AsyncIterable<ChatCompletionChunk>, idleMs: number): Promise<StreamedReply> {
  let text = '';
  let refusal = '';
  let finish: string | null = null;
  let usage: LlmUsage = { promptTokens: 0, completionTokens: 0 };
  let model = '';
  const calls = new Map<number, { id: string; name: string; arguments: string }>();
  const parts = stream[Symbol.asyncIterator]();
  for (;;) {
    const part = await within(parts.next(), idleMs);
    if (part.done === true) break;
    const chunk = part.value;
    model = chunk.model || model;
    if (chunk.usage)
      usage = { promptTokens: chunk.usage.prompt_tokens, completionTokens: chunk.usage.completion_tokens };
    const choice = chunk.choices?.[0];
    if (choice === undefined) continue;
    text += choice.delta?.content ?? '';
    refusal += choice.delta?.refusal ?? '';
    for (const delta of choice.delta?.tool_calls ?? []) {
      const call = calls.get(delta.index) ?? { id: '', name: '', arguments: '' };
      call.id = delta.id ?? call.id;
      call.name += delta.function?.name ?? '';
      call.arguments += delta.function?.arguments ?? '';
      calls.set(delta.index, call);
    }
    finish = choice.finish_reason ?? finish;
  }
  const toolCalls = [...calls.entries()].sort(([one], [two]) => one - two).map(([, call]) => call);
  return { text, refusal, toolCalls, finish, usage, model };
}

async function within<T>(next: Promise<T>, idleMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SilentStream()), idleMs);
  });
  next.catch(() => undefined);
  try {
    return await Promise.race([next, silence]);
  } finally {
    clearTimeout(timer);
  }
}
