import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { z } from 'zod';
import { cancelApproval } from '../../approvals/cancel.ts';
import { decideApproval } from '../../approvals/decide.ts';
import { approvalsWhere } from '../filters.ts';
import { oneWhere } from '../find-one.ts';
import { listApprovals } from '../lists.ts';
import { mutate, parseInput, rowId, userErrorsOf, words } from '../mutate.ts';
import { need, type RequestContext } from '../request-context.ts';
import { ApprovalView } from '../types/approval.ts';
import { ApprovalCancelInput, ApprovalDecideInput, ApprovalFilter } from '../types/approval-inputs.ts';
import { ApprovalCancelPayload, ApprovalDecidePayload } from '../types/approval-payloads.ts';
import { ApprovalConnection } from '../types/connections.ts';
import { viewOrNull } from '../types/view.ts';

const decideSchema = z.object({
  approve: z.boolean(),
  digest: z.string().min(1).max(200),
  reason: z.string().max(1_000).nullish(),
  typedConfirmation: z.string().max(500).nullish(),
});

/** Decisions on exact calls. */
@Resolver()
export class ApprovalResolver {
  @Query(() => ApprovalView, { nullable: true })
  async approval(
    @Ctx() ctx: RequestContext,
    @Arg('id', () => ID, { nullable: true }) id: string | null,
    @Arg('number', () => String, { nullable: true }) number: string | null,
  ): Promise<ApprovalView | null> {
    need(ctx, 'TASK_READ', 'APPROVAL_DECIDE');
    const where = oneWhere('Approval', id, number);
    return viewOrNull(where === null ? null : await ctx.deps.db.approval.findUnique({ where }), ApprovalView);
  }

  @Query(() => ApprovalConnection)
  async approvals(
    @Ctx() ctx: RequestContext,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('before', () => String, { nullable: true }) before: string | null,
    @Arg('filter', () => ApprovalFilter, { nullable: true }) filter: ApprovalFilter | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('last', () => Int, { nullable: true }) last: number | null,
  ): Promise<ApprovalConnection> {
    need(ctx, 'TASK_READ', 'APPROVAL_DECIDE');
    return listApprovals(ctx, { after, before, first, last }, approvalsWhere(ctx, filter));
  }

  @Mutation(() => ApprovalDecidePayload)
  approvalDecide(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => ApprovalDecideInput) input: ApprovalDecideInput,
  ): Promise<ApprovalDecidePayload> {
    const mutation = { operation: 'approvalDecide', input, empty: { approval: null }, auditsItself: true };
    return mutate<ApprovalDecidePayload>(ctx, mutation, async () => {
      const decision = parseInput(decideSchema, input);
      const answer = await decideApproval(ctx.deps, ctx.viewer, {
        id: rowId('Approval', input.id),
        ...given(decision),
      });
      return { approval: viewOrNull(answer.approval, ApprovalView), userErrors: userErrorsOf(answer.userErrors) };
    });
  }

  @Mutation(() => ApprovalCancelPayload)
  approvalCancel(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => ApprovalCancelInput) input: ApprovalCancelInput,
  ): Promise<ApprovalCancelPayload> {
    const mutation = { operation: 'approvalCancel', input, empty: { approval: null }, auditsItself: true };
    return mutate<ApprovalCancelPayload>(ctx, mutation, async () => {
      const reason = parseInput(words(1_000), input.reason);
      const answer = await cancelApproval(ctx.deps, ctx.viewer, { id: rowId('Approval', input.id), reason });
      return { approval: viewOrNull(answer.approval, ApprovalView), userErrors: userErrorsOf(answer.userErrors) };
    });
  }
}

function given({ approve, digest, reason, typedConfirmation }: z.infer<typeof decideSchema>) {
  return { approve, digest, reason: reason ?? null, typedConfirmation: typedConfirmation ?? null };
}
