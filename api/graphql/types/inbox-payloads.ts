import { Field, ObjectType } from 'type-graphql';
import { Lease } from './common.ts';
import { InboxEventView } from './inbox.ts';
import { MutationPayload, UserError } from './payload.ts';

/** InboxAcceptPayload of the API. */
@ObjectType('InboxAcceptPayload', { implements: MutationPayload })
export class InboxAcceptPayload {
  @Field(() => Boolean)
  duplicate!: boolean;

  @Field(() => InboxEventView, { nullable: true })
  event!: InboxEventView | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}

/** InboxClaimPayload of the API. */
@ObjectType('InboxClaimPayload', { implements: MutationPayload })
export class InboxClaimPayload {
  @Field(() => [InboxEventView])
  events!: readonly InboxEventView[];

  @Field(() => Lease, { nullable: true })
  lease!: Lease | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}

/** InboxCompletePayload of the API. */
@ObjectType('InboxCompletePayload', { implements: MutationPayload })
export class InboxCompletePayload {
  @Field(() => InboxEventView, { nullable: true })
  event!: InboxEventView | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}
