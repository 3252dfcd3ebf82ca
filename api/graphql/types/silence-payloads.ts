import { Field, Int, ObjectType } from 'type-graphql';
import { MutationPayload, UserError } from './payload.ts';
import { SilenceView } from './silence.ts';

/** SilenceCreatePayload of the API. */
@ObjectType('SilenceCreatePayload', { implements: MutationPayload })
export class SilenceCreatePayload {
  @Field(() => Int, { description: 'How many firing alerts it would mute.' })
  matchedNow!: number;

  @Field(() => SilenceView, { nullable: true })
  silence!: SilenceView | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}

/** SilenceExpirePayload of the API. */
@ObjectType('SilenceExpirePayload', { implements: MutationPayload })
export class SilenceExpirePayload {
  @Field(() => SilenceView, { nullable: true })
  silence!: SilenceView | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}

/** SilenceExtendPayload of the API. */
@ObjectType('SilenceExtendPayload', { implements: MutationPayload })
export class SilenceExtendPayload {
  @Field(() => SilenceView, { nullable: true })
  silence!: SilenceView | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}
