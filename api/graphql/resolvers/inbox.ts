import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { z } from 'zod';
import { InboxSource } from '../../db.ts';
import { acceptDelivery } from '../../inbox/accept.ts';
import { claimDeliveries } from '../../inbox/claim.ts';
import { completeDelivery } from '../../inbox/complete.ts';
import { mutate, parseInput, rowId, userErrorsOf, words } from '../mutate.ts';
import { needKey, type RequestContext } from '../request-context.ts';
import { InboxEventView } from '../types/inbox.ts';
import { InboxAcceptInput, InboxClaimInput, InboxCompleteInput } from '../types/inbox-inputs.ts';
import { InboxAcceptPayload, InboxClaimPayload, InboxCompletePayload } from '../types/inbox-payloads.ts';
import { viewOrNull } from '../types/view.ts';

const claimSchema = z.object({
  worker: words(120),
  limit: z.number().int().min(1).max(100).nullish(),
  leaseFor: z.number().min(1_000, 'must be at least PT1S').max(600_000, 'must be at most PT10M'),
});
const chatSources = Object.values(InboxSource).filter((source) => source !== 'ALERT');
/** A delivery this young is still worked on by whoever accepted it. */
const adoptAfterMs = 5_000;

/** The bot's own record of deliveries. Its key alone may call these, whoever it speaks for. */
@Resolver()
export class InboxResolver {
  @Mutation(() => InboxAcceptPayload)
  inboxAccept(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => InboxAcceptInput) input: InboxAcceptInput,
  ): Promise<InboxAcceptPayload> {
    const mutation = { operation: 'inboxAccept', input, empty: { event: null, duplicate: false } };
    return mutate<InboxAcceptPayload>(ctx, mutation, async () => {
      needKey(ctx, 'INBOX_WRITE');
      const { source, key, payload } = input;
      const { event, duplicate } = await acceptDelivery(ctx.deps, { source, key, payload });
      return { event: new InboxEventView(event), duplicate, userErrors: [] };
    });
  }

  @Mutation(() => InboxClaimPayload)
  inboxClaim(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => InboxClaimInput) input: InboxClaimInput,
  ): Promise<InboxClaimPayload> {
    const mutation = { operation: 'inboxClaim', input, empty: { events: [], lease: null } };
    return mutate<InboxClaimPayload>(ctx, mutation, async () => {
      needKey(ctx, 'INBOX_WRITE');
      const { worker, limit, leaseFor } = parseInput(claimSchema, input);
      const { events, lease } = await claimDeliveries(ctx.deps, {
        sources: input.sources ? [...input.sources] : chatSources,
        limit: limit ?? 20,
        leaseMs: leaseFor,
        worker,
        minAgeMs: adoptAfterMs,
      });
      return { events: events.map((row) => new InboxEventView(row)), lease, userErrors: [] };
    });
  }

  @Mutation(() => InboxCompletePayload)
  inboxComplete(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => InboxCompleteInput) input: InboxCompleteInput,
  ): Promise<InboxCompletePayload> {
    const mutation = { operation: 'inboxComplete', input, empty: { event: null } };
    return mutate<InboxCompletePayload>(ctx, mutation, async () => {
      needKey(ctx, 'INBOX_WRITE');
      const { event, refused } = await completeDelivery(ctx.deps, {
        id: rowId('InboxEvent', input.id),
        leaseToken: input.leaseToken ?? null,
        quarantine: input.quarantine ?? false,
        error: parseInput(z.string().max(4_000).nullish(), input.error) ?? null,
      });
      return {
        event: viewOrNull(event, InboxEventView),
        userErrors: refused === null ? [] : userErrorsOf([refused]),
      };
    });
  }
}
