import { Arg, Ctx, Int, Mutation, Query, Resolver } from 'type-graphql';
import { z } from 'zod';
import { claimNotifications } from '../../notifications/claim.ts';
import { confirmNotification } from '../../notifications/confirm.ts';
import { notificationsWhere } from '../filters.ts';
import { listNotifications } from '../lists.ts';
import { addressSchema, mutate, parseInput, rowId, userErrorsOf, words } from '../mutate.ts';
import { may, need, needKey, type RequestContext } from '../request-context.ts';
import { NotificationConnection } from '../types/connections.ts';
import { NotificationView } from '../types/notification.ts';
import { NotificationClaimInput, NotificationConfirmInput, NotificationFilter } from '../types/notification-inputs.ts';
import { NotificationClaimPayload, NotificationConfirmPayload } from '../types/notification-payloads.ts';
import { subjectOf } from '../types/read-node.ts';
import { viewOrNull } from '../types/view.ts';

const claimSchema = z.object({
  worker: words(120),
  limit: z.number().int().min(1).max(100).nullish(),
  leaseFor: z.number().min(1_000, 'must be at least PT1S').max(600_000, 'must be at most PT10M'),
});
const confirmSchema = z.object({
  leaseToken: z.string().regex(/^\d{1,19}$/, 'is not a lease token'),
  revision: z.number().int().min(1),
  address: addressSchema.nullish(),
  retryAfter: z.number().min(0).max(86_400_000).nullish(),
  error: z.string().max(2_000).nullish(),
});

/** What is told to people, and how deliverers take it. */
@Resolver()
export class NotificationResolver {
  @Query(() => NotificationConnection)
  async notifications(
    @Ctx() ctx: RequestContext,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('filter', () => NotificationFilter, { nullable: true }) filter: NotificationFilter | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
  ): Promise<NotificationConnection> {
    need(ctx, 'INCIDENT_READ', 'NOTIFICATION_DELIVER');
    const { viewer } = ctx;
    const seesPrivate = may(viewer, 'NOTIFICATION_DELIVER', 'USER_ADMIN');
    const mine = viewer.person === null ? [] : [{ privateToId: viewer.person.id }];
    const visible = seesPrivate ? {} : { OR: [{ privateToId: null }, ...mine] };
    return listNotifications(ctx, { after, first }, { AND: [notificationsWhere(filter), visible] });
  }

  @Mutation(() => NotificationClaimPayload)
  notificationClaim(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => NotificationClaimInput) input: NotificationClaimInput,
  ): Promise<NotificationClaimPayload> {
    const mutation = { operation: 'notificationClaim', input, empty: { lease: null, notifications: [] } };
    return mutate<NotificationClaimPayload>(ctx, mutation, async () => {
      needKey(ctx, 'NOTIFICATION_DELIVER');
      const { worker, limit, leaseFor } = parseInput(claimSchema, input);
      const claimed = await claimNotifications(ctx.deps, {
        channels: [...input.channels],
        limit: limit ?? 20,
        leaseMs: leaseFor,
        worker,
      });
      // The subjects are read together here, so that drawing them is one look-up and one lost row does not hold up the others.
      const subjects = await Promise.all(claimed.notifications.map((row) => subjectOf(ctx, row)));
      const notifications = claimed.notifications.filter((row, index) => {
        if (subjects[index] !== null) return true;
        ctx.deps.log.error({ notificationId: row.id, subjectType: row.subjectType }, 'message without a subject');
        return false;
      });
      return {
        lease: claimed.lease,
        notifications: notifications.map((row) => new NotificationView(row)),
        userErrors: [],
      };
    });
  }

  @Mutation(() => NotificationConfirmPayload)
  notificationConfirm(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => NotificationConfirmInput) input: NotificationConfirmInput,
  ): Promise<NotificationConfirmPayload> {
    const mutation = { operation: 'notificationConfirm', input, empty: { notification: null } };
    return mutate<NotificationConfirmPayload>(ctx, mutation, async () => {
      needKey(ctx, 'NOTIFICATION_DELIVER');
      const { leaseToken, revision, address, retryAfter, error } = parseInput(confirmSchema, input);
      const { notification, refused } = await confirmNotification(ctx.deps, {
        id: rowId('Notification', input.id),
        leaseToken,
        revision,
        result: input.result,
        address: address ? { ...address, thread: address.thread ?? null, message: address.message ?? null } : null,
        retryAfterMs: retryAfter ?? null,
        error: error ?? null,
      });
      return {
        notification: viewOrNull(notification, NotificationView),
        userErrors: refused === null ? [] : userErrorsOf([refused]),
      };
    });
  }
}
