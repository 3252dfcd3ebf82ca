import { Field, ID, InputType, Int } from 'type-graphql';
import { AlertGroupStatus, AlertStatus, Severity } from '../../db.ts';
import { AlertSourceScalar, DateTimeScalar, JsonScalar, UrlScalar } from '../scalars.ts';
import { ChatAddressInput, TimeRangeInput } from './common-inputs.ts';

/** AlertGroupFilter of the API. */
@InputType('AlertGroupFilter')
export class AlertGroupFilter {
  @Field(() => ID, { nullable: true })
  incidentId?: string | null | undefined;

  @Field(() => String, { nullable: true })
  search?: string | null | undefined;

  @Field(() => [Severity], { nullable: true })
  severity?: readonly Severity[] | null | undefined;

  @Field(() => TimeRangeInput, { nullable: true })
  started?: TimeRangeInput | null | undefined;

  @Field(() => [AlertGroupStatus], { nullable: true })
  status?: readonly AlertGroupStatus[] | null | undefined;

  @Field(() => ID, { nullable: true })
  systemId?: string | null | undefined;
}

/** AlertInput of the API. */
@InputType('AlertInput')
export class AlertInput {
  @Field(() => JsonScalar, { nullable: true })
  annotations?: unknown | null | undefined;

  @Field(() => DateTimeScalar, { nullable: true })
  endsAt?: Date | null | undefined;

  @Field(() => String, { nullable: true })
  fingerprint?: string | null | undefined;

  @Field(() => UrlScalar, { nullable: true })
  generatorUrl?: string | null | undefined;

  @Field(() => JsonScalar)
  labels!: unknown;

  @Field(() => String)
  name!: string;

  @Field(() => String, { nullable: true })
  severity?: string | null | undefined;

  @Field(() => DateTimeScalar)
  startsAt!: Date;

  @Field(() => AlertStatus)
  status!: AlertStatus;
}

/** One delivery of an alert source. The same delivery twice changes nothing. */
@InputType('AlertsIngestInput', {
  description: 'One delivery of an alert source. The same delivery twice changes nothing.',
})
export class AlertsIngestInput {
  @Field(() => [AlertInput])
  alerts!: readonly AlertInput[];

  @Field(() => UrlScalar, { nullable: true })
  externalUrl?: string | null | undefined;

  @Field(() => String, { nullable: true })
  groupKey?: string | null | undefined;

  @Field(() => String)
  idempotencyKey!: string;

  @Field(() => [MalformedAlertInput], {
    nullable: true,
    description: 'Alerts of the same delivery that could not be read: kept aside with their reason.',
  })
  malformed?: readonly MalformedAlertInput[] | null | undefined;

  @Field(() => ChatAddressInput, { nullable: true })
  message?: ChatAddressInput | null | undefined;

  @Field(() => String, { nullable: true })
  receiver?: string | null | undefined;

  @Field(() => AlertSourceScalar)
  source!: string;

  @Field(() => Int, { nullable: true, defaultValue: 0 })
  truncatedAlerts?: number | null | undefined;
}

/** MalformedAlertInput of the API. */
@InputType('MalformedAlertInput')
export class MalformedAlertInput {
  @Field(() => String, { description: 'The alert as it came, cut.' })
  content!: string;

  @Field(() => String)
  reason!: string;
}
