import { newId } from '../../lib/ids.ts';
import { redactSecrets } from '../../lib/redact.ts';
import { storedJson } from '../audit/stored-json.ts';
import { type Db, inTransaction, Prisma, type Tx } from '../db.ts';
import type { LlmExchange } from '../ports/llm.ts';

/** Keeps exchanges as they left, for replay. */
export async function keepExchanges(
  tx: Tx,
  taskId: string | null,
  purpose: string,
  exchanges: readonly LlmExchange[],
): Promise<void> {
  if (exchanges.length === 0) return;
  await tx.llmCall.createMany({
    data: exchanges.map((one) => ({
      id: newId(),
      taskId,
      purpose,
      model: one.model,
      request: storedJson(redactSecrets(storedJson(one.request))) ?? {},
      response: one.response === null ? Prisma.JsonNull : (storedJson(one.response) ?? Prisma.JsonNull),
      failure: one.failure,
      attempts: one.attempts,
      promptTokens: one.usage.promptTokens,
      completionTokens: one.usage.completionTokens,
      costUsd: one.costUsd,
      durationMs: one.durationMs,
    })),
  });
}

/** Adds what exchanges cost to their task. */
export async function addSpent(tx: Tx, taskId: string, exchanges: readonly LlmExchange[]): Promise<void> {
  const sum = (of: (one: LlmExchange) => number) => exchanges.reduce((total, one) => total + of(one), 0);
  const known = exchanges.some((one) => one.costUsd !== null && one.response !== null);
  await tx.task.update({
    where: { id: taskId },
    data: {
      llmCalls: { increment: exchanges.length },
      promptTokens: { increment: sum((one) => one.usage.promptTokens) },
      completionTokens: { increment: sum((one) => one.usage.completionTokens) },
      llmMs: { increment: sum((one) => one.durationMs) },
    },
  });
  if (known)
    await tx.$executeRaw`update "Task" set "costUsd" = coalesce("costUsd", 0) + ${sum((one) => one.costUsd ?? 0)} where "id" = ${taskId}::uuid`;
}

/** Removes calls older than they are kept. Answers how many went. */
export async function pruneLlmCalls(db: Db, keptDays: number): Promise<number> {
  return inTransaction(
    db,
    (tx) =>
      tx.$executeRaw`delete from "LlmCall" where "id" in (
      select "id" from "LlmCall" where "createdAt" < clock_timestamp() - ${keptDays}::int * interval '1 day' limit 5000)`,
  );
}
