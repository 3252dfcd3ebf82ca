import { Field, ID, InputType } from 'type-graphql';
import { DateTimeScalar, DurationScalar } from '../scalars.ts';

/** LabelMatcherInput of the API. */
@InputType('LabelMatcherInput')
export class LabelMatcherInput {
  @Field(() => Boolean, { nullable: true, defaultValue: true })
  isEqual?: boolean | null | undefined;

  @Field(() => Boolean, { nullable: true, defaultValue: false })
  isRegex?: boolean | null | undefined;

  @Field(() => String)
  name!: string;

  @Field(() => String)
  value!: string;
}

/** SilenceCreateInput of the API. */
@InputType('SilenceCreateInput')
export class SilenceCreateInput {
  @Field(() => ID, { nullable: true })
  alertGroupId?: string | null | undefined;

  @Field(() => String)
  comment!: string;

  @Field(() => Boolean, { nullable: true, defaultValue: false })
  dryRun?: boolean | null | undefined;

  @Field(() => DurationScalar)
  duration!: number;

  @Field(() => String)
  idempotencyKey!: string;

  @Field(() => [LabelMatcherInput], { nullable: true })
  matchers?: readonly LabelMatcherInput[] | null | undefined;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Later than now: a maintenance window.' })
  startsAt?: Date | null | undefined;
}

/** SilenceExpireInput of the API. */
@InputType('SilenceExpireInput')
export class SilenceExpireInput {
  @Field(() => ID)
  id!: string;
}

/** SilenceExtendInput of the API. */
@InputType('SilenceExtendInput')
export class SilenceExtendInput {
  @Field(() => DurationScalar)
  duration!: number;

  @Field(() => ID)
  id!: string;
}
