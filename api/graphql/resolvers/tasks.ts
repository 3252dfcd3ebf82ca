import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { z } from 'zod';
import type { Task as TaskRow, TaskTrigger } from '../../db.ts';
import { cancelTask } from '../../orchestrator/cancel-task.ts';
import { resolveOutcome } from '../../orchestrator/outcome.ts';
import { startTask } from '../../orchestrator/start-task.ts';
import { isFinished } from '../../orchestrator/task-state.ts';
import { tasksWhere } from '../filters.ts';
import { oneWhere } from '../find-one.ts';
import { once } from '../idempotency.ts';
import { listByChange } from '../list-by-change.ts';
import { listTasks } from '../lists.ts';
import { keySchema, mutate, parseInput, refuse, rowId, userErrorsOf, words } from '../mutate.ts';
import { need, type RequestContext } from '../request-context.ts';
import { AgentIdScalar } from '../scalars.ts';
import { type CreateInput, chooseOne, createSchema, noTask, notFailed, planOnly, said } from '../task-plan.ts';
import { whatIsMeant } from '../task-route.ts';
import { Agent } from '../types/agent.ts';
import { TaskConnection } from '../types/connections.ts';
import { OrderDirection, TaskOrderField, UserErrorCode } from '../types/enums.ts';
import { TaskType, TaskView } from '../types/task.ts';
import { agentOf, taskTypeOf } from '../types/task-facts.ts';
import {
  TaskCancelInput,
  TaskCreateInput,
  TaskFilter,
  TaskOrder,
  TaskOutcomeResolveInput,
  TaskRetryInput,
} from '../types/task-inputs.ts';
import {
  TaskCancelPayload,
  TaskCreatePayload,
  TaskOutcomeResolvePayload,
  TaskRetryPayload,
} from '../types/task-payloads.ts';
import { viewOrNull } from '../types/view.ts';

const triggers: Readonly<Record<RequestContext['viewer']['via'], TaskTrigger>> = {
  CHAT: 'CHAT',
  WEB: 'WEB',
  API: 'API',
};

/** Tasks and what can be asked of agents. */
@Resolver()
export class TaskResolver {
  @Query(() => [Agent])
  agents(@Ctx() ctx: RequestContext): readonly Agent[] {
    return ctx.deps.agents.list.flatMap((agent) => agentOf(ctx, agent.id) ?? []);
  }

  @Query(() => Agent, { nullable: true })
  agent(@Ctx() ctx: RequestContext, @Arg('agentId', () => AgentIdScalar) agentId: string): Agent | null {
    return agentOf(ctx, agentId);
  }

  @Query(() => TaskType, { nullable: true })
  taskType(
    @Ctx() ctx: RequestContext,
    @Arg('agentId', () => AgentIdScalar) agentId: string,
    @Arg('name', () => String) name: string,
  ): TaskType | null {
    return ctx.deps.agents.task(agentId, name) === null ? null : taskTypeOf(ctx, agentId, name);
  }

  @Query(() => TaskView, { nullable: true })
  async task(
    @Ctx() ctx: RequestContext,
    @Arg('id', () => ID, { nullable: true }) id: string | null,
    @Arg('number', () => String, { nullable: true }) number: string | null,
  ): Promise<TaskView | null> {
    need(ctx, 'TASK_READ');
    const where = oneWhere('Task', id, number);
    return viewOrNull(where === null ? null : await ctx.deps.db.task.findUnique({ where }), TaskView);
  }

  @Query(() => TaskConnection)
  async tasks(
    @Ctx() ctx: RequestContext,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('before', () => String, { nullable: true }) before: string | null,
    @Arg('filter', () => TaskFilter, { nullable: true }) filter: TaskFilter | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('last', () => Int, { nullable: true }) last: number | null,
    @Arg('orderBy', () => TaskOrder, {
      nullable: true,
      defaultValue: { direction: OrderDirection.DESC, field: TaskOrderField.CREATED_AT },
    })
    orderBy: TaskOrder | null,
  ): Promise<TaskConnection> {
    need(ctx, 'TASK_READ');
    const where = tasksWhere(ctx, filter);
    const order = orderBy?.direction === OrderDirection.ASC ? 'asc' : 'desc';
    const args = { after, before, first, last };
    // Numbers count up with creation, so both orders are one.
    if (orderBy?.field !== TaskOrderField.UPDATED_AT) return listTasks(ctx, args, where, order);
    return listByChange(ctx, args, where, order);
  }

  @Mutation(() => TaskCreatePayload)
  taskCreate(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => TaskCreateInput) input: TaskCreateInput,
  ): Promise<TaskCreatePayload> {
    return mutate<TaskCreatePayload>(
      ctx,
      { operation: 'taskCreate', input, empty: { task: null, candidates: [] } },
      async () => {
        need(ctx, 'TASK_WRITE');
        const wanted = parseInput(createSchema, input);
        const { agentId, taskType } = wanted;
        if ((!agentId || !taskType) && !wanted.instruction) return chooseOne(ctx, wanted);
        if (agentId && taskType && wanted.dryRun === true) return planOnly(ctx, { ...wanted, agentId, taskType });
        return once<TaskCreatePayload>(ctx, {
          operation: 'taskCreate',
          key: wanted.idempotencyKey,
          input: wanted,
          repeatable: true,
          first: async () => {
            const incidentId = await existing(ctx, 'Incident', wanted.incidentId);
            const meant = await whatIsMeant(ctx, wanted, incidentId);
            if ('payload' in meant) return { payload: meant.payload, kept: null };
            const { task } = await startTask(ctx.deps, {
              ...meant,
              instruction: wanted.instruction ?? null,
              trigger: triggers[ctx.viewer.via],
              requestedBy: ctx.viewer.actor,
              locale: ctx.viewer.locale,
              parentId: await existing(ctx, 'Task', wanted.parentId),
              conversation: conversationOf(wanted),
              idempotencyKey: taskKey(ctx, 'taskCreate', wanted.idempotencyKey),
              correlationId: ctx.viewer.correlationId,
            });
            return { payload: started(task), kept: { task: task.id } };
          },
          again: async (kept) => started(await ctx.load.task.load(kept.task ?? '')),
        });
      },
    );
  }

  @Mutation(() => TaskRetryPayload)
  taskRetry(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => TaskRetryInput) input: TaskRetryInput,
  ): Promise<TaskRetryPayload> {
    return mutate<TaskRetryPayload>(ctx, { operation: 'taskRetry', input, empty: { task: null } }, async () => {
      need(ctx, 'TASK_WRITE');
      const key = parseInput(keySchema, input.idempotencyKey);
      const task = await ctx.load.task.load(rowId('Task', input.id));
      if (task === null) return refuse(UserErrorCode.NOT_FOUND, said(ctx, noTask), ['input', 'id']);
      return once<TaskRetryPayload>(ctx, {
        operation: 'taskRetry',
        key,
        input,
        repeatable: true,
        first: async () => {
          if (!isFinished(task.status) || task.status === 'SUCCEEDED')
            return {
              payload: {
                task: new TaskView(task),
                userErrors: userErrorsOf([{ code: 'INVALID_STATE', message: said(ctx, notFailed) }]),
              },
              kept: null,
            };
          const again = await startTask(ctx.deps, {
            agentId: task.agentId,
            taskType: task.taskType,
            params: task.params,
            instruction: task.instruction,
            trigger: triggers[ctx.viewer.via],
            requestedBy: ctx.viewer.actor,
            locale: ctx.viewer.locale,
            incidentId: task.incidentId,
            conversation:
              task.workspace === null || task.channel === null
                ? null
                : { workspace: task.workspace, channel: task.channel, thread: task.threadTs },
            idempotencyKey: taskKey(ctx, 'taskRetry', key),
            correlationId: ctx.viewer.correlationId,
          });
          return { payload: { task: new TaskView(again.task), userErrors: [] }, kept: { task: again.task.id } };
        },
        again: async (kept) => ({
          task: viewOrNull(await ctx.load.task.load(kept.task ?? ''), TaskView),
          userErrors: [],
        }),
      });
    });
  }

  @Mutation(() => TaskCancelPayload)
  taskCancel(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => TaskCancelInput) input: TaskCancelInput,
  ): Promise<TaskCancelPayload> {
    return mutate<TaskCancelPayload>(ctx, { operation: 'taskCancel', input, empty: { task: null } }, async () => {
      need(ctx, 'TASK_WRITE');
      const reason = parseInput(words(500).nullish(), input.reason);
      const answer = await cancelTask(ctx.deps, ctx.viewer, { id: rowId('Task', input.id), reason: reason ?? null });
      return { task: viewOrNull(answer.task, TaskView), userErrors: userErrorsOf(answer.userErrors) };
    });
  }

  @Mutation(() => TaskOutcomeResolvePayload)
  taskOutcomeResolve(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => TaskOutcomeResolveInput) input: TaskOutcomeResolveInput,
  ): Promise<TaskOutcomeResolvePayload> {
    const mutation = { operation: 'taskOutcomeResolve', input, empty: { task: null } };
    return mutate<TaskOutcomeResolvePayload>(ctx, mutation, async () => {
      need(ctx, 'TASK_WRITE', 'APPROVAL_DECIDE');
      const note = parseInput(z.object({ note: words(1_000) }), { note: input.note }).note;
      const answer = await resolveOutcome(ctx.deps, ctx.viewer, {
        id: rowId('Task', input.id),
        stepId: rowId('TaskStep', input.stepId, ['input', 'stepId']),
        observed: input.observed,
        note,
      });
      return { task: viewOrNull(answer.task, TaskView), userErrors: userErrorsOf(answer.userErrors) };
    });
  }
}

/** One key for one credential: two programs that count alike do not meet. */
const taskKey = (ctx: RequestContext, operation: string, key: string): string =>
  `${operation}:${ctx.viewer.key?.id ?? ctx.viewer.actor.name}:${key}`;

function started(task: TaskRow | null): TaskCreatePayload {
  return { task: viewOrNull(task, TaskView), candidates: [], userErrors: [] };
}

function conversationOf({ conversation }: CreateInput) {
  if (!conversation) return null;
  const { workspace, channel, thread } = conversation;
  return { workspace, channel, thread: thread ?? null };
}

/** The row behind an id that names another thing of the same request; one that does not exist is refused before anything starts. */
async function existing(
  ctx: RequestContext,
  type: 'Incident' | 'Task',
  globalId: string | null | undefined,
): Promise<string | null> {
  if (!globalId) return null;
  const path = ['input', type === 'Incident' ? 'incidentId' : 'parentId'];
  const id = rowId(type, globalId, path);
  const row = type === 'Incident' ? await ctx.load.incident.load(id) : await ctx.load.task.load(id);
  if (row === null) return refuse(UserErrorCode.NOT_FOUND, `There is no such ${type}.`, path);
  return id;
}
