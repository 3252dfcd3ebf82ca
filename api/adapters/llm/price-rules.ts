import type { LlmUsage } from '../../ports/llm.ts';

/** Dollars for a million tokens, by model. */
export type LlmPrices = Readonly<Record<string, { readonly prompt: number; readonly completion: number }>>;

/** What the tokens cost; null when the model has no price. A dated name (`gpt-x-2026-01-01`) has the price of its longest known start. */
export function costOf(prices: LlmPrices, model: string, usage: LlmUsage): number | null {
  const name = Object.keys(prices)
    .filter((known) => model === known || model.startsWith(`${known}-`))
    .sort((one, two) => two.length - one.length)[0];
  const price = name === undefined ? undefined : prices[name];
  if (price === undefined) return null;
  return (usage.promptTokens * price.prompt + usage.completionTokens * price.completion) / 1_000_000;
}
