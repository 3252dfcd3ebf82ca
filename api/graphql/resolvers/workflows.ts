import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { z } from 'zod';
import type { Prisma } from '../../db.ts';
import { cancelWorkflow } from '../../workflows/cancel-workflow.ts';
import { planOf, startWorkflow } from '../../workflows/start-workflow.ts';
import { oneWhere } from '../find-one.ts';
import { once } from '../idempotency.ts';
import { listWorkflows } from '../lists.ts';
import { addressSchema, keySchema, mutate, parseInput, refuse, rowId, userErrorsOf, words } from '../mutate.ts';
import { need, type RequestContext } from '../request-context.ts';
import { said } from '../task-plan.ts';
import { WorkflowConnection } from '../types/connections.ts';
import { UserErrorCode } from '../types/enums.ts';
import { viewOrNull } from '../types/view.ts';
import { WorkflowDefinitionView, WorkflowView } from '../types/workflow.ts';
import { WorkflowCancelInput, WorkflowFilter, WorkflowPayload, WorkflowStartInput } from '../types/workflow-inputs.ts';

const startSchema = z.object({
  definition: words(60).nullish(),
  plan: z.unknown().optional(),
  params: z.record(z.string(), z.unknown()).nullish(),
  conversation: addressSchema.nullish(),
  incidentId: z.string().max(200).nullish(),
  scheduledFor: z.date().nullish(),
  dryRun: z.boolean().nullish(),
  idempotencyKey: keySchema,
});

/** Several tasks in order. */
@Resolver()
export class WorkflowResolver {
  @Query(() => [WorkflowDefinitionView])
  workflowDefinitions(@Ctx() ctx: RequestContext): WorkflowDefinitionView[] {
    return ctx.deps.workflows.list.map((one) => ({
      name: one.name,
      title: said(ctx, one.title),
      description: said(ctx, one.description),
      inputSchema: z.toJSONSchema(one.input, { io: 'input' }),
      exampleInput: one.exampleInput,
      steps: one.plan.steps,
    }));
  }

  @Query(() => WorkflowView, { nullable: true })
  async workflow(
    @Ctx() ctx: RequestContext,
    @Arg('id', () => ID, { nullable: true }) id: string | null,
    @Arg('number', () => String, { nullable: true }) number: string | null,
  ): Promise<WorkflowView | null> {
    need(ctx, 'TASK_READ');
    const where = oneWhere('Workflow', id, number);
    return viewOrNull(where === null ? null : await ctx.deps.db.workflow.findUnique({ where }), WorkflowView);
  }

  @Query(() => WorkflowConnection)
  workflows(
    @Ctx() ctx: RequestContext,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('filter', () => WorkflowFilter, { nullable: true }) filter: WorkflowFilter | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
  ): Promise<WorkflowConnection> {
    need(ctx, 'TASK_READ');
    const where: Prisma.WorkflowWhereInput = {
      ...(filter?.status ? { status: { in: [...filter.status] } } : {}),
      ...(filter?.definition ? { definition: { in: [...filter.definition] } } : {}),
      ...(filter?.mine === true ? { requestedById: ctx.viewer.actor.id ?? crypto.randomUUID() } : {}),
    };
    return listWorkflows(ctx, { after, first }, where);
  }

  @Mutation(() => WorkflowPayload)
  workflowStart(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => WorkflowStartInput) input: WorkflowStartInput,
  ): Promise<WorkflowPayload> {
    const mutation = { operation: 'workflowStart', input, empty: { workflow: null } };
    return mutate<WorkflowPayload>(ctx, mutation, async () => {
      need(ctx, 'WORKFLOW_WRITE');
      const wanted = parseInput(startSchema, input);
      const { locale } = ctx.viewer;
      const request = { definition: wanted.definition ?? null, plan: wanted.plan, params: wanted.params, locale };
      if (wanted.dryRun === true) {
        planOf(ctx.deps, request);
        return { workflow: null, userErrors: [] };
      }
      return once<WorkflowPayload>(ctx, {
        operation: 'workflowStart',
        key: wanted.idempotencyKey,
        input: wanted,
        repeatable: true,
        first: async () => {
          const incidentId = wanted.incidentId ? rowId('Incident', wanted.incidentId, ['input', 'incidentId']) : null;
          if (incidentId !== null && (await ctx.load.incident.load(incidentId)) === null)
            return refuse(UserErrorCode.NOT_FOUND, 'There is no such Incident.', ['input', 'incidentId']);
          const { conversation } = wanted;
          const { workflow } = await startWorkflow(ctx.deps, {
            ...request,
            requestedBy: ctx.viewer.actor,
            incidentId,
            scheduledFor: wanted.scheduledFor ?? null,
            conversation: conversation ? { ...conversation, thread: conversation.thread ?? null } : null,
            idempotencyKey: `workflowStart:${ctx.viewer.key?.id ?? ctx.viewer.actor.name}:${wanted.idempotencyKey}`,
            correlationId: ctx.viewer.correlationId,
          });
          return { payload: { workflow: new WorkflowView(workflow), userErrors: [] }, kept: { workflow: workflow.id } };
        },
        again: async (kept) => ({
          workflow: viewOrNull(await ctx.load.workflow.load(kept.workflow ?? ''), WorkflowView),
          userErrors: [],
        }),
      });
    });
  }

  @Mutation(() => WorkflowPayload)
  workflowCancel(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => WorkflowCancelInput) input: WorkflowCancelInput,
  ): Promise<WorkflowPayload> {
    const mutation = { operation: 'workflowCancel', input, empty: { workflow: null } };
    return mutate<WorkflowPayload>(ctx, mutation, async () => {
      need(ctx, 'WORKFLOW_WRITE');
      const reason = parseInput(words(500).nullish(), input.reason);
      const answer = await cancelWorkflow(ctx.deps, ctx.viewer, {
        id: rowId('Workflow', input.id),
        reason: reason ?? null,
      });
      return { workflow: viewOrNull(answer.workflow, WorkflowView), userErrors: userErrorsOf(answer.userErrors) };
    });
  }
}
