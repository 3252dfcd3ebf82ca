import { Field, ID, InputType, Int } from 'type-graphql';
import { InboxSource } from '../../db.ts';
import { DurationScalar, JsonScalar } from '../scalars.ts';

/** The bot's first step for every delivery; `duplicate` when the key is known. */
@InputType('InboxAcceptInput', {
  description: "The bot's first step for every delivery; `duplicate` when the key is known.",
})
export class InboxAcceptInput {
  @Field(() => String)
  key!: string;

  @Field(() => JsonScalar)
  payload!: unknown;

  @Field(() => InboxSource)
  source!: InboxSource;
}

/** InboxClaimInput of the API. */
@InputType('InboxClaimInput')
export class InboxClaimInput {
  @Field(() => DurationScalar)
  leaseFor!: number;

  @Field(() => Int, { nullable: true, defaultValue: 20 })
  limit?: number | null | undefined;

  @Field(() => [InboxSource], { nullable: true })
  sources?: readonly InboxSource[] | null | undefined;

  @Field(() => String)
  worker!: string;
}

/** InboxCompleteInput of the API. */
@InputType('InboxCompleteInput')
export class InboxCompleteInput {
  @Field(() => String, { nullable: true })
  error?: string | null | undefined;

  @Field(() => ID)
  id!: string;

  @Field(() => String, { nullable: true })
  leaseToken?: string | null | undefined;

  @Field(() => Boolean, { nullable: true, defaultValue: false })
  quarantine?: boolean | null | undefined;
}
