/** What one task may spend on the model. */
export interface LlmBudget {
  readonly calls: number;
  readonly tokens: number;
  /** Null: no limit. Without prices no cost is known and none is limited. */
  readonly costUsd: number | null;
  /** Time spent waiting for answers. */
  readonly ms: number;
}

export const usualLlmBudget: LlmBudget = { calls: 24, tokens: 60_000, costUsd: null, ms: 90_000 };

/** What a task has spent so far. */
export interface LlmSpent {
  readonly llmCalls: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly costUsd: number | null;
  readonly llmMs: number;
}

export type BudgetPart = 'calls' | 'tokens' | 'money' | 'time';

/** Whether another call may be made, how long it may take, and how many tokens its answer may have; else which part is spent. */
export function nextCall(
  budget: LlmBudget,
  spent: LlmSpent,
  wanted: { readonly ms: number; readonly tokens: number },
):
  | { readonly allowed: true; readonly ms: number; readonly tokens: number }
  | { readonly allowed: false; readonly spent: BudgetPart } {
  const tokensLeft = budget.tokens - spent.promptTokens - spent.completionTokens;
  const msLeft = budget.ms - spent.llmMs;
  if (spent.llmCalls >= budget.calls) return { allowed: false, spent: 'calls' };
  if (tokensLeft <= 0) return { allowed: false, spent: 'tokens' };
  if (budget.costUsd !== null && (spent.costUsd ?? 0) >= budget.costUsd) return { allowed: false, spent: 'money' };
  // Less than a second brings no answer.
  if (msLeft < 1_000) return { allowed: false, spent: 'time' };
  return { allowed: true, ms: Math.min(wanted.ms, msLeft), tokens: Math.min(wanted.tokens, tokensLeft) };
}
