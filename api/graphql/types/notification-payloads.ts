import { Field, ObjectType } from 'type-graphql';
import { Lease } from './common.ts';
import { NotificationView } from './notification.ts';
import { MutationPayload, UserError } from './payload.ts';

/** NotificationClaimPayload of the API. */
@ObjectType('NotificationClaimPayload', { implements: MutationPayload })
export class NotificationClaimPayload {
  @Field(() => Lease, { nullable: true })
  lease!: Lease | null;

  @Field(() => [NotificationView])
  notifications!: readonly NotificationView[];

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}

/** NotificationConfirmPayload of the API. */
@ObjectType('NotificationConfirmPayload', { implements: MutationPayload })
export class NotificationConfirmPayload {
  @Field(() => NotificationView, { nullable: true })
  notification!: NotificationView | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}
