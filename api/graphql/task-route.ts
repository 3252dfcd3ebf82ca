import { fillParams } from '../orchestrator/fill-params.ts';
import { type RoutedChoice, routeWords } from '../orchestrator/route.ts';
import { userErrorsOf } from './mutate.ts';
import type { RequestContext } from './request-context.ts';
import { type CreateInput, said } from './task-plan.ts';
import { taskTypeOf } from './types/task-facts.ts';
import type { TaskCreatePayload } from './types/task-payloads.ts';

/** What is to be started. */
export interface Meant {
  readonly agentId: string;
  readonly taskType: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly incidentId: string | null;
  readonly asksForMissing: boolean;
}

const which = { en: 'Which of these do you mean?', ko: '어느 작업을 말씀하시나요?' };
const wouldStart = { en: 'This would be started.', ko: '이 작업이 시작됩니다.' };
const noneOf = {
  en: 'I am not sure what to do with that. Name a system, an incident, or what you need.',
  ko: '무엇을 해야 할지 확실하지 않습니다. 시스템이나 장애 번호, 필요한 것을 알려 주세요.',
};

/**
 * What a request for a task means. A named task is taken as it is, and its inputs may stand in the words; free words are routed, and
 * where that is not sure the caller is offered what may be meant, and nothing starts.
 */
export async function whatIsMeant(
  ctx: RequestContext,
  wanted: CreateInput,
  incidentId: string | null,
): Promise<Meant | { readonly payload: TaskCreatePayload }> {
  const { agentId, taskType, instruction } = wanted;
  const given = wanted.params ?? null;
  if (agentId && taskType) {
    const definition = ctx.deps.agents.task(agentId, taskType);
    if (given !== null || !instruction || definition === null)
      return { agentId, taskType, params: given ?? {}, incidentId, asksForMissing: false };
    const systems = await ctx.deps.db.system.findMany({ where: { archived: false }, select: { name: true } });
    const incident = incidentId === null ? null : await ctx.load.incident.load(incidentId);
    const params = fillParams(definition, {
      text: instruction,
      systems: systems.map((row) => row.name),
      incident: incident?.number ?? null,
    });
    return { agentId, taskType, params, incidentId, asksForMissing: true };
  }
  const routed = await routeWords(ctx.deps, {
    text: instruction ?? '',
    conversation: wanted.conversation ? { ...wanted.conversation, thread: wanted.conversation.thread ?? null } : null,
    incidentId,
  });
  switch (routed.kind) {
    case 'task':
      if (wanted.dryRun === true) return { payload: offer(ctx, [routed], wouldStart, 'dryRun') };
      return {
        agentId: routed.agentId,
        taskType: routed.taskType,
        params: { ...routed.params, ...given },
        incidentId: routed.incidentId,
        asksForMissing: true,
      };
    case 'choose':
      return { payload: offer(ctx, routed.candidates, which, 'taskType') };
    case 'none':
      return { payload: offer(ctx, [], noneOf, 'instruction') };
    default:
      return routed satisfies never;
  }
}

function offer(
  ctx: RequestContext,
  choices: readonly RoutedChoice[],
  text: { readonly en: string; readonly ko: string },
  field: string,
): TaskCreatePayload {
  const errors =
    field === 'dryRun' ? [] : [{ code: 'MISSING_INPUT' as const, message: said(ctx, text), path: ['input', field] }];
  return {
    task: null,
    candidates: choices.map((one) => taskTypeOf(ctx, one.agentId, one.taskType)),
    userErrors: userErrorsOf(errors),
  };
}
