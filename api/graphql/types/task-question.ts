import { Field, ID, ObjectType } from 'type-graphql';
import { DateTimeScalar, JsonScalar } from '../scalars.ts';

/** One fact a task asks a person for. */
@ObjectType('TaskQuestion', { description: 'One fact a task asks a person for.' })
export class TaskQuestionView {
  @Field(() => JsonScalar, { nullable: true, description: 'What was answered; null while it is open.' })
  answer!: unknown;

  @Field(() => String)
  label!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String)
  reason!: string;

  @Field(() => JsonScalar, { description: 'JSON Schema of one answer.' })
  schema!: unknown;
}

/** What a task asks, or last asked, with what is known already. */
@ObjectType('TaskQuestions', { description: 'What a task asks, or last asked, with what is known already.' })
export class TaskQuestionsView {
  @Field(() => DateTimeScalar, { nullable: true })
  answeredAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'Name of whoever gave the last answer.' })
  answeredBy!: string | null;

  @Field(() => DateTimeScalar, { nullable: true })
  expiresAt!: Date | null;

  @Field(() => [TaskQuestionView])
  fields!: readonly TaskQuestionView[];

  @Field(() => String, { nullable: true })
  known!: string | null;
}

/** A thread in which an answer is awaited. */
@ObjectType('AwaitedThread', { description: 'A thread in which an answer is awaited.' })
export class AwaitedThread {
  @Field(() => String)
  channel!: string;

  @Field(() => ID)
  taskId!: string;

  @Field(() => String)
  thread!: string;
}
