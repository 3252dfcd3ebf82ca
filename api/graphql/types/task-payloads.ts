import { Field, ObjectType } from 'type-graphql';
import { MutationPayload, UserError } from './payload.ts';
import { TaskType, TaskView } from './task.ts';

/** TaskAnswerPayload of the API. */
@ObjectType('TaskAnswerPayload', { implements: MutationPayload })
export class TaskAnswerPayload {
  @Field(() => TaskView, { nullable: true })
  task!: TaskView | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}

/** TaskCancelPayload of the API. */
@ObjectType('TaskCancelPayload', { implements: MutationPayload })
export class TaskCancelPayload {
  @Field(() => TaskView, { nullable: true })
  task!: TaskView | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}

/** TaskCreatePayload of the API. */
@ObjectType('TaskCreatePayload', { implements: MutationPayload })
export class TaskCreatePayload {
  @Field(() => [TaskType], { description: 'Set when the router could not choose; offer these.' })
  candidates!: readonly TaskType[];

  @Field(() => TaskView, { nullable: true })
  task!: TaskView | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}

/** TaskOutcomeResolvePayload of the API. */
@ObjectType('TaskOutcomeResolvePayload', { implements: MutationPayload })
export class TaskOutcomeResolvePayload {
  @Field(() => TaskView, { nullable: true })
  task!: TaskView | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}

/** TaskRetryPayload of the API. */
@ObjectType('TaskRetryPayload', { implements: MutationPayload })
export class TaskRetryPayload {
  @Field(() => TaskView, { nullable: true })
  task!: TaskView | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}
