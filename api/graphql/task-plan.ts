import { z } from 'zod';
import { AppError } from '../../lib/errors.ts';
import { inTransaction } from '../db.ts';
import { addressSchema, keySchema, refuse, userErrorsOf, words } from './mutate.ts';
import type { RequestContext } from './request-context.ts';
import { UserErrorCode } from './types/enums.ts';
import { agentOf, taskTypeOf } from './types/task-facts.ts';
import type { TaskCreatePayload } from './types/task-payloads.ts';

/** A request for a task as it is read at the edge. */
export const createSchema = z.object({
  agentId: z.string().max(64).nullish(),
  taskType: words(64).nullish(),
  params: z.record(z.string(), z.unknown()).nullish(),
  instruction: words(4_000).nullish(),
  conversation: addressSchema.nullish(),
  incidentId: z.string().max(200).nullish(),
  parentId: z.string().max(200).nullish(),
  dryRun: z.boolean().nullish(),
  idempotencyKey: keySchema,
});
/** The same, read. */
export type CreateInput = z.infer<typeof createSchema>;

/** Words of refusals. */
export const noTask = { en: 'There is no such task.', ko: '그런 작업이 없습니다.' };
export const notFailed = {
  en: 'Only a task that ended without success can be tried again.',
  ko: '실패로 끝난 작업만 다시 시도할 수 있습니다.',
};
const whichTask = { en: 'Say which agent and which task.', ko: '어느 에이전트의 어떤 작업인지 알려 주세요.' };
const whichType = { en: 'Say which task of this agent.', ko: '이 에이전트의 어떤 작업인지 알려 주세요.' };
const noAgent = { en: 'There is no such agent.', ko: '그런 에이전트가 없습니다.' };

/** One of two texts, in the viewer's language. */
export const said = (ctx: RequestContext, text: { readonly en: string; readonly ko: string }): string =>
  ctx.viewer.locale === 'KO' ? text.ko : text.en;

/** Which task was meant is not guessed: what could be meant is offered. */
export function chooseOne(ctx: RequestContext, wanted: CreateInput): TaskCreatePayload {
  const { agentId } = wanted;
  const chosen = agentId ? agentOf(ctx, agentId) : null;
  if (agentId && chosen === null) return refuse(UserErrorCode.NOT_FOUND, said(ctx, noAgent), ['input', 'agentId']);
  const agents = chosen === null ? ctx.deps.agents.list.flatMap((agent) => agentOf(ctx, agent.id) ?? []) : [chosen];
  const missing = chosen === null ? { text: whichTask, field: 'agentId' } : { text: whichType, field: 'taskType' };
  return {
    task: null,
    candidates: agents.flatMap((agent) => agent.taskTypes),
    userErrors: userErrorsOf([
      { code: 'MISSING_INPUT', message: said(ctx, missing.text), path: ['input', missing.field] },
    ]),
  };
}

/** Checks a request and writes nothing but the audit row. */
export async function planOnly(
  ctx: RequestContext,
  wanted: CreateInput & { readonly agentId: string; readonly taskType: string },
): Promise<TaskCreatePayload> {
  const { agentId, taskType, params } = wanted;
  const definition = ctx.deps.agents.task(agentId, taskType);
  if (definition === null) throw new AppError('NOT_FOUND', said(ctx, noAgent), { path: ['input', 'taskType'] });
  const checked = definition.input.safeParse(params ?? {});
  if (!checked.success) {
    const userErrors = userErrorsOf(
      checked.error.issues.map((issue) => ({
        code: 'INVALID_INPUT' as const,
        message: issue.message,
        path: ['input', 'params', ...issue.path.map(String)],
      })),
    );
    return { task: null, candidates: [], userErrors };
  }
  await inTransaction(ctx.deps.db, (tx) =>
    ctx.deps.audit(tx, {
      actor: ctx.viewer.actor,
      operation: 'taskCreate',
      input: { agentId, taskType, params, dryRun: true },
      outcome: 'planned',
      correlationId: ctx.viewer.correlationId,
    }),
  );
  return { task: null, candidates: [taskTypeOf(ctx, agentId, taskType)], userErrors: [] };
}
