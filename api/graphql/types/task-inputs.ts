import { Field, ID, InputType } from 'type-graphql';
import { TaskStatus } from '../../db.ts';
import { AgentIdScalar, JsonScalar } from '../scalars.ts';
import { ChatAddressInput, TimeRangeInput } from './common-inputs.ts';
import { ObservedOutcome, OrderDirection, TaskOrderField } from './enums.ts';

/** Answers to what a task waits for, by name or in words. */
@InputType('TaskAnswerInput', { description: 'Answers to what a task waits for, by name or in words.' })
export class TaskAnswerInput {
  @Field(() => JsonScalar, { nullable: true })
  answers?: unknown | null | undefined;

  @Field(() => ID)
  id!: string;

  @Field(() => String)
  idempotencyKey!: string;

  @Field(() => String, { nullable: true })
  text?: string | null | undefined;
}

/** TaskCancelInput of the API. */
@InputType('TaskCancelInput')
export class TaskCancelInput {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { nullable: true })
  reason?: string | null | undefined;
}

/** With agentId and taskType, params must match the type's schema. With instruction alone, the router picks agent, type and params. */
@InputType('TaskCreateInput', {
  description:
    "With agentId and taskType, params must match the type's schema. With instruction alone, the router picks agent, type and params.",
})
export class TaskCreateInput {
  @Field(() => AgentIdScalar, { nullable: true })
  agentId?: string | null | undefined;

  @Field(() => ChatAddressInput, { nullable: true })
  conversation?: ChatAddressInput | null | undefined;

  @Field(() => Boolean, { nullable: true, defaultValue: false })
  dryRun?: boolean | null | undefined;

  @Field(() => String)
  idempotencyKey!: string;

  @Field(() => ID, { nullable: true })
  incidentId?: string | null | undefined;

  @Field(() => String, { nullable: true })
  instruction?: string | null | undefined;

  @Field(() => JsonScalar, { nullable: true })
  params?: unknown | null | undefined;

  @Field(() => ID, { nullable: true })
  parentId?: string | null | undefined;

  @Field(() => String, { nullable: true })
  taskType?: string | null | undefined;
}

/** TaskFilter of the API. */
@InputType('TaskFilter')
export class TaskFilter {
  @Field(() => [AgentIdScalar], { nullable: true })
  agentId?: readonly string[] | null | undefined;

  @Field(() => TimeRangeInput, { nullable: true })
  created?: TimeRangeInput | null | undefined;

  @Field(() => ID, { nullable: true })
  incidentId?: string | null | undefined;

  @Field(() => Boolean, { nullable: true })
  mine?: boolean | null | undefined;

  @Field(() => String, { nullable: true })
  search?: string | null | undefined;

  @Field(() => [TaskStatus], { nullable: true })
  status?: readonly TaskStatus[] | null | undefined;

  @Field(() => [String], { nullable: true })
  taskType?: readonly string[] | null | undefined;
}

/** TaskOrder of the API. */
@InputType('TaskOrder')
export class TaskOrder {
  @Field(() => OrderDirection)
  direction!: OrderDirection;

  @Field(() => TaskOrderField)
  field!: TaskOrderField;
}

/** A person says what happened to a step whose outcome is unknown. */
@InputType('TaskOutcomeResolveInput', {
  description: 'A person says what happened to a step whose outcome is unknown.',
})
export class TaskOutcomeResolveInput {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  note!: string;

  @Field(() => ObservedOutcome)
  observed!: ObservedOutcome;

  @Field(() => ID)
  stepId!: string;
}

/** TaskRetryInput of the API. */
@InputType('TaskRetryInput')
export class TaskRetryInput {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  idempotencyKey!: string;
}
