import { Field, ObjectType } from 'type-graphql';
import { ApprovalView } from './approval.ts';
import { MutationPayload, UserError } from './payload.ts';

/** ApprovalCancelPayload of the API. */
@ObjectType('ApprovalCancelPayload', { implements: MutationPayload })
export class ApprovalCancelPayload {
  @Field(() => ApprovalView, { nullable: true })
  approval!: ApprovalView | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}

/** ApprovalDecidePayload of the API. */
@ObjectType('ApprovalDecidePayload', { implements: MutationPayload })
export class ApprovalDecidePayload {
  @Field(() => ApprovalView, { nullable: true })
  approval!: ApprovalView | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}
