import { Field, ID, Int, ObjectType } from 'type-graphql';
import { toGlobalId } from '../../../lib/ids.ts';
import { type InboxEvent as InboxEventRow, InboxSource, InboxStatus } from '../../db.ts';
import { DateTimeScalar, JsonScalar } from '../scalars.ts';
import { NodeView } from './payload.ts';

/** One delivery as it came, redacted; unique by source and key. Stored before anyone hears ok. */
@ObjectType('InboxEvent', {
  description: 'One delivery as it came, redacted; unique by source and key. Stored before anyone hears ok.',
  implements: NodeView,
})
export class InboxEventView {
  constructor(readonly row: InboxEventRow) {}

  @Field(() => Int)
  get attempts(): number {
    return this.row.attempts;
  }

  @Field(() => DateTimeScalar, { nullable: true })
  get doneAt(): Date | null {
    return this.row.doneAt;
  }

  @Field(() => String, { nullable: true })
  get error(): string | null {
    return this.row.error;
  }

  @Field(() => ID)
  get id(): string {
    return toGlobalId('InboxEvent', this.row.id);
  }

  @Field(() => String)
  get key(): string {
    return this.row.key;
  }

  @Field(() => JsonScalar)
  get payload(): unknown {
    return this.row.payload;
  }

  @Field(() => DateTimeScalar)
  get receivedAt(): Date {
    return this.row.receivedAt;
  }

  @Field(() => InboxSource)
  get source(): InboxSource {
    return this.row.source;
  }

  @Field(() => InboxStatus)
  get status(): InboxStatus {
    return this.row.status;
  }
}
