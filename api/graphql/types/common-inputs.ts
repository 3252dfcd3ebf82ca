import { Field, InputType } from 'type-graphql';
import { DateTimeScalar } from '../scalars.ts';

/** ChatAddressInput of the API. */
@InputType('ChatAddressInput')
export class ChatAddressInput {
  @Field(() => String)
  channel!: string;

  @Field(() => String, { nullable: true })
  message?: string | null | undefined;

  @Field(() => String, { nullable: true })
  thread?: string | null | undefined;

  @Field(() => String)
  workspace!: string;
}

/** Optional bounds of a time range; `to` is exclusive and defaults to now. */
@InputType('TimeRangeInput', { description: 'Optional bounds of a time range; `to` is exclusive and defaults to now.' })
export class TimeRangeInput {
  @Field(() => DateTimeScalar)
  from!: Date;

  @Field(() => DateTimeScalar, { nullable: true })
  to?: Date | null | undefined;
}
