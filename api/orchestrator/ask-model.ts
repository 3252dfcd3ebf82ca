import { withTimeout } from '../../lib/deadline.ts';
import { isAppError } from '../../lib/errors.ts';
import type { Bilingual } from '../agents/agent.ts';
import { inTransaction } from '../db.ts';
import { LlmError, type LlmExchange } from '../ports/llm.ts';
import { nextCall, usualLlmBudget } from './budget-rules.ts';
import { addSpent, keepExchanges } from './model-calls.ts';
import { modelWords } from './model-words.ts';
import type { TaskRun } from './task-run.ts';

/** What a call gets: its limit, the most tokens of its answer, and who keeps the exchange. */
export interface ModelCall {
  readonly signal: AbortSignal;
  readonly maxTokens: number;
  readonly record: (exchange: LlmExchange) => void;
}

export type Asked<T> =
  | { readonly answered: true; readonly value: T }
  /** In plain words, for the card. `spent`: the budget forbids it, and any further call. */
  | { readonly answered: false; readonly spent: boolean; readonly reason: Bilingual };

/**
 * Asks the model within the task's budget of calls, tokens, money and time; what it cost and what was said is kept, also when it
 * failed. Belongs into a durable step. The database being away is no answer: it throws, and the step is done again.
 */
export async function askModel<T>(
  run: TaskRun,
  purpose: string,
  limit: { readonly ms: number; readonly tokens: number },
  call: (options: ModelCall) => Promise<T>,
): Promise<Asked<T>> {
  const { deps, task } = run;
  const spent = await deps.db.task.findUniqueOrThrow({
    where: { id: task.id },
    select: { llmCalls: true, promptTokens: true, completionTokens: true, costUsd: true, llmMs: true },
  });
  const allowed = nextCall(deps.llmBudget ?? usualLlmBudget, spent, limit);
  if (!allowed.allowed) return { answered: false, spent: true, reason: modelWords.budget(allowed.spent) };
  const exchanges: LlmExchange[] = [];
  const record = (exchange: LlmExchange) => void exchanges.push(exchange);
  const keep = () =>
    inTransaction(deps.db, async (tx) => {
      await addSpent(tx, task.id, exchanges);
      if (deps.recordsLlm !== false) await keepExchanges(tx, task.id, purpose, exchanges);
    });
  try {
    const value = await withTimeout(
      (signal) => call({ signal, maxTokens: allowed.tokens, record }),
      allowed.ms,
      'The language model',
    );
    await keep();
    return { answered: true, value };
  } catch (error) {
    if (!isAppError(error) || error.code === 'UNAVAILABLE') throw error;
    // A call that was left at its limit has recorded nothing; its time counts all the same.
    if (exchanges.length === 0) exchanges.push(timedOut(deps.llm.model, allowed.ms));
    await keep();
    deps.log.warn({ err: error, taskId: task.id, purpose }, 'language model did not help');
    const reason = error instanceof LlmError ? modelWords.failure[error.kind] : modelWords.failure.timeout;
    return { answered: false, spent: false, reason };
  }
}

const timedOut = (model: string | null, ms: number): LlmExchange => ({
  model: model ?? '',
  request: { messages: [], tools: [], answer: null, maxTokens: 0 },
  response: null,
  failure: 'timeout',
  attempts: 1,
  usage: { promptTokens: 0, completionTokens: 0 },
  costUsd: null,
  durationMs: ms,
});
