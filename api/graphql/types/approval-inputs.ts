import { Field, ID, InputType } from 'type-graphql';
import { ApprovalKind, ApprovalStatus, RiskLevel } from '../../db.ts';
import { TimeRangeInput } from './common-inputs.ts';

/** ApprovalCancelInput of the API. */
@InputType('ApprovalCancelInput')
export class ApprovalCancelInput {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  reason!: string;
}

/** reason is required when approve is false; typedConfirmation when the approval asks for it. */
@InputType('ApprovalDecideInput', {
  description: 'reason is required when approve is false; typedConfirmation when the approval asks for it.',
})
export class ApprovalDecideInput {
  @Field(() => Boolean)
  approve!: boolean;

  @Field(() => String)
  digest!: string;

  @Field(() => ID)
  id!: string;

  @Field(() => String, { nullable: true })
  reason?: string | null | undefined;

  @Field(() => String, { nullable: true })
  typedConfirmation?: string | null | undefined;
}

/** ApprovalFilter of the API. */
@InputType('ApprovalFilter')
export class ApprovalFilter {
  @Field(() => TimeRangeInput, { nullable: true })
  created?: TimeRangeInput | null | undefined;

  @Field(() => [ApprovalKind], { nullable: true })
  kind?: readonly ApprovalKind[] | null | undefined;

  @Field(() => [RiskLevel], { nullable: true })
  risk?: readonly RiskLevel[] | null | undefined;

  @Field(() => [ApprovalStatus], { nullable: true })
  status?: readonly ApprovalStatus[] | null | undefined;

  @Field(() => Boolean, { nullable: true })
  waitingForMe?: boolean | null | undefined;
}
