import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { withTimeout } from '../../lib/deadline.ts';
import { projectPath } from '../../lib/project-path.ts';
import { clip } from '../../lib/text.ts';
import type { Llm } from '../ports/llm.ts';

const rewriteMs = 4_000;
const orderMs = 5_000;
const mostPassages = 8;
const phrasesSchema = z.object({ phrases: z.array(z.string().min(1).max(200)).max(6) });
const orderSchema = z.object({ order: z.array(z.number().int().min(1)).max(mostPassages) });
let prompt: string | undefined;

async function ask<T>(llm: Llm, what: string, given: unknown, schema: z.ZodType<T>, limitMs: number): Promise<T> {
  prompt ??= readFileSync(projectPath('api', 'knowledge', 'search-prompt.md'), 'utf8');
  const mark = randomBytes(6).toString('hex');
  const reply = await withTimeout(
    (signal) =>
      llm.complete({
        system: prompt ?? '',
        user: `${what}\n<<<DATA-${mark}\n${JSON.stringify(given)}\nDATA-${mark}>>>`,
        schemaName: `manual_${what}`,
        schema,
        maxTokens: 400,
        signal,
      }),
    limitMs,
    'The language model',
  );
  return reply.value;
}

/** The question in other words for a search that found nothing sure; null when the model did not help in time. */
export async function rewriteQuestion(llm: Llm, words: string): Promise<string | null> {
  try {
    const { phrases } = await ask(llm, 'rewrite', { question: clip(words, 1_000) }, phrasesSchema, rewriteMs);
    return phrases.length === 0 ? null : phrases.join('\n');
  } catch {
    return null;
  }
}

/** Positions of passages (from 0) in the model's order, those it left out behind; null when it did not help in time. */
export async function orderPassages(llm: Llm, words: string, texts: readonly string[]): Promise<number[] | null> {
  const shown = texts.slice(0, mostPassages).map((text, at) => ({ n: at + 1, text: clip(text, 600) }));
  if (shown.length < 2) return null;
  try {
    const { order } = await ask(llm, 'order', { question: clip(words, 1_000), passages: shown }, orderSchema, orderMs);
    const first = [...new Set(order.map((n) => n - 1))].filter((at) => at < shown.length);
    return first.length === 0 ? null : [...first, ...[...texts.keys()].filter((at) => !first.includes(at))];
  } catch {
    return null;
  }
}
