import { Field, Float, Int, ObjectType } from 'type-graphql';
import { UserErrorCode } from './enums.ts';

/** LanguageModelUsage of the API. */
@ObjectType('LanguageModelUsage')
export class LanguageModelUsage {
  @Field(() => Int, { description: 'Calls this task may make.' })
  callLimit!: number;

  @Field(() => Int)
  calls!: number;

  @Field(() => Float, { nullable: true, description: 'Dollars this task may spend, where that is limited.' })
  costLimitUsd!: number | null;

  @Field(() => Int)
  completionTokens!: number;

  @Field(() => Float, { nullable: true })
  costUsd!: number | null;

  @Field(() => Int)
  promptTokens!: number;

  @Field(() => Int, { description: 'Tokens this task may use.' })
  tokenLimit!: number;

  @Field(() => Float, { description: 'Time spent waiting for the model.' })
  seconds!: number;
}

/** What failed, what was kept, what to do. */
@ObjectType('TaskError', { description: 'What failed, what was kept, what to do.' })
export class TaskError {
  @Field(() => UserErrorCode)
  code!: UserErrorCode;

  @Field(() => String, { nullable: true })
  kept!: string | null;

  @Field(() => String)
  message!: string;

  @Field(() => String, { nullable: true })
  nextStep!: string | null;

  @Field(() => String)
  requestId!: string;

  @Field(() => Boolean)
  retryable!: boolean;
}
