import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { createSilence, expireSilence, extendSilence } from '../../alerts/silence.ts';
import { SilenceStatus } from '../../db.ts';
import { oneWhere } from '../find-one.ts';
import { listSilences } from '../lists.ts';
import { keySchema, mutate, parseInput, rowId, userErrorsOf, words } from '../mutate.ts';
import { need, type RequestContext } from '../request-context.ts';
import { SilenceConnection } from '../types/connections.ts';
import { SilenceView } from '../types/silence.ts';
import { SilenceCreateInput, SilenceExpireInput, SilenceExtendInput } from '../types/silence-inputs.ts';
import { SilenceCreatePayload, SilenceExpirePayload, SilenceExtendPayload } from '../types/silence-payloads.ts';
import { viewOrNull } from '../types/view.ts';

/** Silences: wanted here, brought about by the reconciler. */
@Resolver()
export class SilenceResolver {
  @Query(() => SilenceView, { nullable: true })
  async silence(
    @Ctx() ctx: RequestContext,
    @Arg('id', () => ID, { nullable: true }) id: string | null,
    @Arg('number', () => String, { nullable: true }) number: string | null,
  ): Promise<SilenceView | null> {
    need(ctx, 'INCIDENT_READ');
    const where = oneWhere('Silence', id, number);
    return viewOrNull(where === null ? null : await ctx.deps.db.silence.findUnique({ where }), SilenceView);
  }

  @Query(() => SilenceConnection)
  async silences(
    @Ctx() ctx: RequestContext,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('status', () => [SilenceStatus], { nullable: true }) status: readonly SilenceStatus[] | null,
  ): Promise<SilenceConnection> {
    need(ctx, 'INCIDENT_READ');
    return listSilences(
      ctx,
      { after, first },
      { status: { in: [...(status ?? ['PENDING', 'ACTIVE'])] as SilenceStatus[] } },
    );
  }

  @Mutation(() => SilenceCreatePayload)
  silenceCreate(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => SilenceCreateInput) input: SilenceCreateInput,
  ): Promise<SilenceCreatePayload> {
    const empty = { silence: null, matchedNow: 0 };
    return mutate<SilenceCreatePayload>(ctx, { operation: 'silenceCreate', input, empty }, async () => {
      const answer = await createSilence(ctx.deps, ctx.viewer, {
        alertGroupId: input.alertGroupId ? rowId('AlertGroup', input.alertGroupId, ['input', 'alertGroupId']) : null,
        matchers:
          input.matchers?.map(({ name, value, isRegex, isEqual }) => ({
            name,
            value,
            isRegex: isRegex ?? false,
            isEqual: isEqual ?? true,
          })) ?? null,
        durationMs: input.duration,
        comment: parseInput(words(500), input.comment),
        startsAt: input.startsAt ?? null,
        dryRun: input.dryRun ?? false,
        onceKey: `${ctx.viewer.actor.id ?? ctx.viewer.actor.name}:${parseInput(keySchema, input.idempotencyKey)}`,
      });
      return {
        silence: viewOrNull(answer.silence, SilenceView),
        matchedNow: answer.matchedNow,
        userErrors: userErrorsOf(answer.userErrors),
      };
    });
  }

  @Mutation(() => SilenceExtendPayload)
  silenceExtend(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => SilenceExtendInput) input: SilenceExtendInput,
  ): Promise<SilenceExtendPayload> {
    return mutate<SilenceExtendPayload>(
      ctx,
      { operation: 'silenceExtend', input, empty: { silence: null } },
      async () => {
        const answer = await extendSilence(ctx.deps, ctx.viewer, rowId('Silence', input.id), input.duration);
        return { silence: viewOrNull(answer.silence, SilenceView), userErrors: userErrorsOf(answer.userErrors) };
      },
    );
  }

  @Mutation(() => SilenceExpirePayload)
  silenceExpire(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => SilenceExpireInput) input: SilenceExpireInput,
  ): Promise<SilenceExpirePayload> {
    return mutate<SilenceExpirePayload>(
      ctx,
      { operation: 'silenceExpire', input, empty: { silence: null } },
      async () => {
        const answer = await expireSilence(ctx.deps, ctx.viewer, rowId('Silence', input.id));
        return { silence: viewOrNull(answer.silence, SilenceView), userErrors: userErrorsOf(answer.userErrors) };
      },
    );
  }
}
