import { Field, ID, InputType, Int } from 'type-graphql';
import { NotificationChannel, NotificationKind, NotificationStatus } from '../../db.ts';
import { DurationScalar } from '../scalars.ts';
import { ChatAddressInput, TimeRangeInput } from './common-inputs.ts';
import { DeliveryResult } from './enums.ts';

/** The bot takes work for a while. A lease that ends gives the work back. */
@InputType('NotificationClaimInput', {
  description: 'The bot takes work for a while. A lease that ends gives the work back.',
})
export class NotificationClaimInput {
  @Field(() => [NotificationChannel])
  channels!: readonly NotificationChannel[];

  @Field(() => DurationScalar)
  leaseFor!: number;

  @Field(() => Int, { nullable: true, defaultValue: 20 })
  limit?: number | null | undefined;

  @Field(() => String)
  worker!: string;
}

/** What became of one claimed notification. `address` carries the message's own address once known. */
@InputType('NotificationConfirmInput', {
  description: "What became of one claimed notification. `address` carries the message's own address once known.",
})
export class NotificationConfirmInput {
  @Field(() => ChatAddressInput, { nullable: true })
  address?: ChatAddressInput | null | undefined;

  @Field(() => String, { nullable: true })
  error?: string | null | undefined;

  @Field(() => ID)
  id!: string;

  @Field(() => String)
  leaseToken!: string;

  @Field(() => DeliveryResult)
  result!: DeliveryResult;

  @Field(() => DurationScalar, { nullable: true })
  retryAfter?: number | null | undefined;

  @Field(() => Int)
  revision!: number;
}

/** NotificationFilter of the API. */
@InputType('NotificationFilter')
export class NotificationFilter {
  @Field(() => [NotificationChannel], { nullable: true })
  channel?: readonly NotificationChannel[] | null | undefined;

  @Field(() => TimeRangeInput, { nullable: true })
  created?: TimeRangeInput | null | undefined;

  @Field(() => ID, { nullable: true })
  incidentId?: string | null | undefined;

  @Field(() => [NotificationKind], { nullable: true })
  kind?: readonly NotificationKind[] | null | undefined;

  @Field(() => [NotificationStatus], { nullable: true })
  status?: readonly NotificationStatus[] | null | undefined;
}
