import { z } from 'zod';
import { type Llm, LlmError, type LlmMessage, type LlmUsage } from '../../ports/llm.ts';
import { failureWords } from './failure-rules.ts';
import { strictSchema, withoutNulls } from './schema-rules.ts';

const askedAgain = 2;

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

/** What was optional may have come as null. */
function read<T>(schema: z.ZodType<T>, value: unknown): z.ZodSafeParseResult<T> {
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed : schema.safeParse(withoutNulls(value));
}

/** One answer that fits a schema, over chat turns: what does not fit is said, and asked for again at most twice. */
export async function completeWith<T>(
  chat: Llm['chat'],
  request: Parameters<Llm['complete']>[0] & { readonly schema: z.ZodType<T> },
): Promise<{ value: T; usage: LlmUsage; costUsd: number | null; model: string }> {
  const messages: LlmMessage[] = [
    { role: 'system', content: request.system },
    { role: 'user', content: request.user },
  ];
  const schema = strictSchema(z.record(z.string(), z.unknown()).parse(z.toJSONSchema(request.schema)));
  let usage: LlmUsage = { promptTokens: 0, completionTokens: 0 };
  let costUsd: number | null = 0;
  for (let asked = 0; ; asked++) {
    const reply = await chat({
      messages,
      answer: { name: request.schemaName, schema },
      maxTokens: request.maxTokens,
      signal: request.signal,
      ...(request.record === undefined ? {} : { record: request.record }),
    });
    usage = {
      promptTokens: usage.promptTokens + reply.usage.promptTokens,
      completionTokens: usage.completionTokens + reply.usage.completionTokens,
    };
    costUsd = costUsd === null || reply.costUsd === null ? null : costUsd + reply.costUsd;
    const value = parseJson(reply.text);
    const parsed = value === undefined ? null : read(request.schema, value);
    if (parsed?.success) return { value: parsed.data, usage, costUsd, model: reply.model };
    if (asked >= askedAgain) throw new LlmError('unusable', failureWords.unusable);
    messages.push(
      { role: 'assistant', content: reply.text.slice(0, 4_000) },
      { role: 'user', content: complaint(parsed?.error ?? null) },
    );
  }
}
