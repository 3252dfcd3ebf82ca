import { Field, Int, ObjectType } from 'type-graphql';
import { AlertGroupView } from './alert.ts';
import { MutationPayload, UserError } from './payload.ts';

/** AlertsIngestPayload of the API. */
@ObjectType('AlertsIngestPayload', { implements: MutationPayload })
export class AlertsIngestPayload {
  @Field(() => Int)
  accepted!: number;

  @Field(() => [AlertGroupView])
  alertGroups!: readonly AlertGroupView[];

  @Field(() => Int)
  duplicates!: number;

  @Field(() => Int, { description: 'Well-formed but odd; kept aside so that they block nothing.' })
  quarantined!: number;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}
