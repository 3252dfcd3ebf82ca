import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { z } from 'zod';
import { toGlobalId } from '../../../lib/ids.ts';
import { createSchedule, deleteSchedule, updateSchedule } from '../../schedules/manage.ts';
import { oneWhere } from '../find-one.ts';
import { listSchedules } from '../lists.ts';
import { addressSchema, keySchema, mutate, parseInput, refuse, rowId, words } from '../mutate.ts';
import { need, type RequestContext } from '../request-context.ts';
import { ScheduleConnection } from '../types/connections.ts';
import { UserErrorCode } from '../types/enums.ts';
import {
  ScheduleCreateInput,
  ScheduleDeleteInput,
  ScheduleDeletePayload,
  SchedulePayload,
  ScheduleUpdateInput,
  ScheduleView,
} from '../types/schedule.ts';
import { viewOrNull } from '../types/view.ts';

const params = z.record(z.string(), z.unknown());
const createSchema = z.object({
  title: words(120),
  cron: words(120),
  timeZone: words(60),
  agentId: words(60).nullish(),
  taskType: words(60).nullish(),
  workflowDefinition: words(60).nullish(),
  params: params.nullish(),
  conversation: addressSchema.nullish(),
  idempotencyKey: keySchema,
});
const updateSchema = z.object({
  title: words(120).nullish(),
  cron: words(120).nullish(),
  timeZone: words(60).nullish(),
  params: params.nullish(),
  enabled: z.boolean().nullish(),
  expectedVersion: z.number().int(),
});

/** What starts when. */
@Resolver()
export class ScheduleResolver {
  @Query(() => ScheduleView, { nullable: true })
  async schedule(
    @Ctx() ctx: RequestContext,
    @Arg('id', () => ID, { nullable: true }) id: string | null,
    @Arg('number', () => String, { nullable: true }) number: string | null,
  ): Promise<ScheduleView | null> {
    need(ctx, 'TASK_READ');
    const where = oneWhere('Schedule', id, number);
    return viewOrNull(where === null ? null : await ctx.deps.db.schedule.findUnique({ where }), ScheduleView);
  }

  @Query(() => ScheduleConnection)
  schedules(
    @Ctx() ctx: RequestContext,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('enabled', () => Boolean, { nullable: true }) enabled: boolean | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
  ): Promise<ScheduleConnection> {
    need(ctx, 'TASK_READ');
    return listSchedules(ctx, { after, first }, enabled === null || enabled === undefined ? {} : { enabled });
  }

  @Mutation(() => SchedulePayload)
  scheduleCreate(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => ScheduleCreateInput) input: ScheduleCreateInput,
  ): Promise<SchedulePayload> {
    const mutation = { operation: 'scheduleCreate', input, empty: { schedule: null } };
    return mutate<SchedulePayload>(ctx, mutation, async () => {
      const wanted = parseInput(createSchema, input);
      const definition = wanted.workflowDefinition ?? null;
      need(ctx, definition === null ? 'TASK_WRITE' : 'WORKFLOW_WRITE');
      const agentId = wanted.agentId ?? null;
      const taskType = wanted.taskType ?? null;
      if ((definition === null) === (agentId === null || taskType === null))
        return refuse(UserErrorCode.INVALID_INPUT, 'Give either agentId and taskType, or workflowDefinition.', [
          'input',
          'taskType',
        ]);
      checkTarget(ctx, { agentId, taskType, definition }, wanted.params ?? {});
      const schedule = await createSchedule(ctx.deps, ctx.viewer, {
        title: wanted.title,
        cron: wanted.cron,
        timeZone: wanted.timeZone,
        agentId: definition === null ? agentId : null,
        taskType: definition === null ? taskType : null,
        workflowDefinition: definition,
        params: wanted.params ?? {},
        conversation: wanted.conversation ?? null,
        idempotencyKey: `${ctx.viewer.key?.id ?? ctx.viewer.actor.name}:${wanted.idempotencyKey}`,
      });
      return { schedule: new ScheduleView(schedule), userErrors: [] };
    });
  }

  @Mutation(() => SchedulePayload, { description: 'Changes, pauses (enabled: false) or resumes a schedule.' })
  scheduleUpdate(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => ScheduleUpdateInput) input: ScheduleUpdateInput,
  ): Promise<SchedulePayload> {
    const mutation = { operation: 'scheduleUpdate', input, empty: { schedule: null } };
    return mutate<SchedulePayload>(ctx, mutation, async () => {
      const { expectedVersion, ...rest } = parseInput(updateSchema, input);
      const id = rowId('Schedule', input.id);
      const known = await ctx.deps.db.schedule.findUnique({ where: { id } });
      need(ctx, known?.workflowDefinition ? 'WORKFLOW_WRITE' : 'TASK_WRITE');
      if (known !== null && rest.params)
        checkTarget(
          ctx,
          { agentId: known.agentId, taskType: known.taskType, definition: known.workflowDefinition },
          rest.params,
        );
      const schedule = await updateSchedule(ctx.deps, ctx.viewer, {
        id,
        expectedVersion,
        change: {
          ...(rest.title ? { title: rest.title } : {}),
          ...(rest.cron ? { cron: rest.cron } : {}),
          ...(rest.timeZone ? { timeZone: rest.timeZone } : {}),
          ...(rest.params ? { params: rest.params } : {}),
          ...(typeof rest.enabled === 'boolean' ? { enabled: rest.enabled } : {}),
        },
      });
      return { schedule: new ScheduleView(schedule), userErrors: [] };
    });
  }

  @Mutation(() => ScheduleDeletePayload)
  scheduleDelete(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => ScheduleDeleteInput) input: ScheduleDeleteInput,
  ): Promise<ScheduleDeletePayload> {
    const mutation = { operation: 'scheduleDelete', input, empty: { deletedId: null } };
    return mutate<ScheduleDeletePayload>(ctx, mutation, async () => {
      need(ctx, 'TASK_WRITE');
      const id = rowId('Schedule', input.id);
      const deleted = await deleteSchedule(ctx.deps, ctx.viewer, { id, expectedVersion: input.expectedVersion });
      return { deletedId: toGlobalId('Schedule', deleted), userErrors: [] };
    });
  }
}

/** What is to be started exists and takes these params, today. */
function checkTarget(
  ctx: RequestContext,
  target: { readonly agentId: string | null; readonly taskType: string | null; readonly definition: string | null },
  given: Readonly<Record<string, unknown>>,
): void {
  const { agentId, taskType, definition } = target;
  const input =
    definition !== null
      ? (ctx.deps.workflows.get(definition)?.input ?? null)
      : (ctx.deps.agents.task(agentId ?? '', taskType ?? '')?.input ?? null);
  const field = definition === null ? 'taskType' : 'workflowDefinition';
  if (input === null) refuse(UserErrorCode.NOT_FOUND, 'There is no such task or workflow.', ['input', field]);
  parseInput(z.object({ params: input }), { params: given });
}
