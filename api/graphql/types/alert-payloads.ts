import { Field, Int, ObjectType } from 'type-graphql';
import { AlertGroupView } from './alert.ts';
import { MutationPayload, UserError } from './payload.ts';

/** AlertsIngestPayload of the API. */
@ObjectType('AlertsIngestPayload', { implements: MutationPayload })
export class AlertsIngestPayload {
  @Field(() => Int)
  accepted!: number;

  /** Read only when somebody asks: intake stays cheap. */
  groups: () => Promise<readonly AlertGroupView[]> = () => Promise.resolve([]);

  @Field(() => [AlertGroupView])
  alertGroups(): Promise<readonly AlertGroupView[]> {
    return this.groups();
  }

  @Field(() => Int)
  duplicates!: number;

  @Field(() => Int, { description: 'Well-formed but odd; kept aside so that they block nothing.' })
  quarantined!: number;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}
