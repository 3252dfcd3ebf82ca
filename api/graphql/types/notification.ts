import { Ctx, createUnionType, Field, ID, Int, ObjectType } from 'type-graphql';
import { toGlobalId } from '../../../lib/ids.ts';
import {
  Locale,
  NotificationChannel,
  NotificationKind,
  NotificationPriority,
  type Notification as NotificationRow,
  NotificationStatus,
} from '../../db.ts';
import type { RequestContext } from '../request-context.ts';
import { DateTimeScalar } from '../scalars.ts';
import { ApprovalView } from './approval.ts';
import { addressOf } from './chat-address.ts';
import { ChatAddress } from './common.ts';
import { IncidentView } from './incident.ts';
import { NodeView } from './payload.ts';
import { readSubject } from './read-node.ts';
import { SilenceView } from './silence.ts';
import { TaskView } from './task.ts';
import { UserView } from './user.ts';
import { viewOrNull } from './view.ts';
import { WorkflowView } from './workflow.ts';

/** One thing told to one place, with its delivery state. The bot renders `subject` as it is when it sends. */
@ObjectType('Notification', {
  description:
    'One thing told to one place, with its delivery state. The bot renders `subject` as it is when it sends.',
  implements: NodeView,
})
export class NotificationView {
  constructor(readonly row: NotificationRow) {}

  @Field(() => ChatAddress, {
    nullable: true,
    description: 'Where to; `message` is set when an existing message must be edited.',
  })
  get address(): ChatAddress | null {
    return addressOf(this.row.workspace, this.row.chatChannel, this.row.threadTs, this.row.messageTs);
  }

  @Field(() => Int)
  get attempts(): number {
    return this.row.attempts;
  }

  @Field(() => Boolean)
  get broadcast(): boolean {
    return this.row.broadcast;
  }

  @Field(() => NotificationChannel)
  get channel(): NotificationChannel {
    return this.row.channel;
  }

  @Field(() => DateTimeScalar)
  get createdAt(): Date {
    return this.row.createdAt;
  }

  @Field(() => DateTimeScalar, { nullable: true })
  get deliveredAt(): Date | null {
    return this.row.deliveredAt;
  }

  @Field(() => ID)
  get id(): string {
    return toGlobalId('Notification', this.row.id);
  }

  @Field(() => NotificationKind)
  get kind(): NotificationKind {
    return this.row.kind;
  }

  @Field(() => String, { nullable: true })
  get lastError(): string | null {
    return this.row.lastError;
  }

  @Field(() => String, {
    nullable: true,
    description: 'Changes the bot confirms carry the lease they were claimed under.',
  })
  get leaseToken(): string | null {
    return this.row.claimToken === null ? null : String(this.row.claimToken);
  }

  @Field(() => Locale)
  get locale(): Locale {
    return this.row.locale;
  }

  @Field(() => NotificationPriority)
  get priority(): NotificationPriority {
    return this.row.priority;
  }

  @Field(() => UserView, { nullable: true, description: 'Only this person may see it.' })
  async privateTo(@Ctx() ctx: RequestContext): Promise<UserView | null> {
    const { privateToId } = this.row;
    return viewOrNull(privateToId === null ? null : await ctx.load.user.load(privateToId), UserView);
  }

  @Field(() => Int, { description: 'Rises with each change of the same message; only the highest is sent.' })
  get revision(): number {
    return this.row.revision;
  }

  @Field(() => NotificationStatus)
  get status(): NotificationStatus {
    return this.row.status;
  }

  @Field(() => NotificationSubjectUnion)
  subject(@Ctx() ctx: RequestContext): Promise<NotificationSubject> {
    return readSubject(ctx, this.row);
  }

  @Field(() => String, {
    nullable: true,
    description: 'Words fixed when it was written; null when the message is drawn from the subject.',
  })
  get text(): string | null {
    return this.row.text;
  }

  @Field(() => Boolean, {
    description: 'True when an earlier try may have posted it: look it up by its metadata before sending.',
  })
  get uncertain(): boolean {
    return this.row.uncertain;
  }
}

/** A wake-up call. Claim to get the work; missing a signal loses nothing. */
@ObjectType('NotificationSignal', {
  description: 'A wake-up call. Claim to get the work; missing a signal loses nothing.',
})
export class NotificationSignal {
  @Field(() => NotificationPriority)
  highestPriority!: NotificationPriority;

  @Field(() => DateTimeScalar)
  oldestAt!: Date;

  @Field(() => Int)
  pending!: number;
}

/** NotificationSubject */
export const NotificationSubjectUnion = createUnionType({
  name: 'NotificationSubject',
  types: () => [ApprovalView, IncidentView, SilenceView, TaskView, UserView, WorkflowView] as const,
});
export type NotificationSubject = ApprovalView | IncidentView | SilenceView | TaskView | UserView | WorkflowView;
