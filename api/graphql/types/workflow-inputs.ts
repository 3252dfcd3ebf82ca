import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { WorkflowStatus } from '../../db.ts';
import { DateTimeScalar, JsonScalar } from '../scalars.ts';
import { ChatAddressInput } from './common-inputs.ts';
import { MutationPayload, UserError } from './payload.ts';
import { WorkflowView } from './workflow.ts';

/** A definition by name with its params, or a plan as data: title and steps. */
@InputType('WorkflowStartInput', {
  description: 'A definition by name with its params, or a plan as data: title and steps.',
})
export class WorkflowStartInput {
  @Field(() => ChatAddressInput, { nullable: true })
  conversation?: ChatAddressInput | null | undefined;

  @Field(() => String, { nullable: true })
  definition?: string | null | undefined;

  @Field(() => Boolean, { nullable: true, defaultValue: false })
  dryRun?: boolean | null | undefined;

  @Field(() => String)
  idempotencyKey!: string;

  @Field(() => ID, { nullable: true })
  incidentId?: string | null | undefined;

  @Field(() => JsonScalar, { nullable: true })
  params?: unknown | null | undefined;

  @Field(() => JsonScalar, { nullable: true })
  plan?: unknown | null | undefined;

  @Field(() => DateTimeScalar, { nullable: true })
  scheduledFor?: Date | null | undefined;
}

/** WorkflowCancelInput of the API. */
@InputType('WorkflowCancelInput')
export class WorkflowCancelInput {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { nullable: true })
  reason?: string | null | undefined;
}

/** WorkflowFilter of the API. */
@InputType('WorkflowFilter')
export class WorkflowFilter {
  @Field(() => [String], { nullable: true })
  definition?: readonly string[] | null | undefined;

  @Field(() => Boolean, { nullable: true })
  mine?: boolean | null | undefined;

  @Field(() => [WorkflowStatus], { nullable: true })
  status?: readonly WorkflowStatus[] | null | undefined;
}

/** WorkflowPayload of the API. */
@ObjectType('WorkflowPayload', { implements: MutationPayload })
export class WorkflowPayload {
  @Field(() => [UserError])
  userErrors!: readonly UserError[];

  @Field(() => WorkflowView, { nullable: true })
  workflow!: WorkflowView | null;
}
