import { Field, ID, ObjectType } from 'type-graphql';
import { toGlobalId } from '../../../lib/ids.ts';
import type { InboxEvent } from '../../db.ts';
import { DateTimeScalar, JsonScalar } from '../scalars.ts';
import { NodeView } from './payload.ts';

/** An alert that was kept aside, and why. It blocks no other. */
@ObjectType('QuarantinedAlert', {
  description: 'An alert that was kept aside, and why. It blocks no other.',
  implements: NodeView,
})
export class QuarantinedAlertView {
  constructor(readonly row: InboxEvent) {}

  @Field(() => JsonScalar, { description: 'What came, with secrets taken out.' })
  get content(): unknown {
    return this.row.payload;
  }

  @Field(() => ID)
  get id(): string {
    return toGlobalId('QuarantinedAlert', this.row.id);
  }

  @Field(() => String)
  get reason(): string {
    return this.row.error ?? '';
  }

  @Field(() => DateTimeScalar)
  get receivedAt(): Date {
    return this.row.receivedAt;
  }

  @Field(() => String)
  get source(): string {
    return this.row.key.split(':')[0] ?? '';
  }
}
