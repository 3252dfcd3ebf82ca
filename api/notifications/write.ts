import { newId } from '../../lib/ids.ts';
import type { Tx } from '../db.ts';
import { Prisma } from '../db.ts';
import { isCard, type NotificationKindName, type Priority, priorityOf } from './notification-state.ts';

/** One message to be told. It is drawn from its subject when it is sent, so writing it again is how it changes. */
export interface NotifyInput {
  readonly kind: NotificationKindName;
  readonly subject: {
    readonly type: 'Incident' | 'Approval' | 'Task' | 'User' | 'Effect' | 'Workflow' | 'TimelineEntry' | 'Silence';
    readonly id: string;
  };
  readonly to: NotifyTarget;
  readonly locale: 'KO' | 'EN';
  /** Words fixed when it is written (a notice); everything else is drawn from the subject. */
  readonly text?: string | null;
  /** Also shown in the channel, for a reply in a thread. */
  readonly broadcast?: boolean;
  /** Posts it as a new message and leaves the earlier one of this subject and kind as it stands. */
  readonly fresh?: boolean;
  /** Instead of the usual one of its kind. */
  readonly priority?: Priority;
  /** Not sent before; a moment that has passed delays nothing. */
  readonly notBefore?: Date | null;
}

/** Where a message goes. */
export type NotifyTarget =
  /** A reply in an incident's thread; it waits until that incident's card is delivered. */
  | { readonly type: 'incident'; readonly incidentId: string; readonly workspace: string; readonly channel: string }
  /** A channel, or a thread in it that is known already. */
  | { readonly type: 'chat'; readonly workspace: string; readonly channel: string; readonly thread?: string | null }
  /** A direct message. */
  | { readonly type: 'user'; readonly userId: string };

const receiverOf = (to: NotifyTarget): string =>
  to.type === 'user' ? `user:${to.userId}` : `chat:${to.workspace}:${to.channel}`;

/**
 * Writes what is to be told, in the caller's transaction: one row per subject, kind and receiver, one revision more each time.
 * A row that is being sent now stays claimed and is sent again as an edit; one that has failed is tried once more.
 * Call `wake('notifications')` after the commit.
 */
export async function notify(tx: Tx, input: NotifyInput): Promise<void> {
  const { kind, subject, to, locale } = input;
  const first = input.priority ?? priorityOf(kind, false);
  const edit = input.priority ?? priorityOf(kind, true);
  const chat = to.type === 'user' ? null : to;
  const thread = to.type === 'chat' ? (to.thread ?? null) : null;
  const threadIncidentId = to.type === 'incident' && !isCard(kind) ? to.incidentId : null;
  const privateToId = to.type === 'user' ? to.userId : null;
  if (input.fresh === true)
    await tx.notification.updateMany({
      where: { subjectType: subject.type, subjectId: subject.id, kind, receiver: receiverOf(to) },
      data: { messageTs: null, deliveredRevision: 0, uncertain: false },
    });
  await tx.$executeRaw(Prisma.sql`
    insert into "Notification" as n (
      "id", "kind", "priority", "subjectType", "subjectId", "receiver", "locale", "threadIncidentId",
      "workspace", "chatChannel", "threadTs", "privateToId", "broadcast", "text", "notBefore", "createdAt", "changedAt")
    values (
      ${newId()}::uuid, ${kind}::"NotificationKind", ${first}::"NotificationPriority", ${subject.type}, ${subject.id}::uuid,
      ${receiverOf(to)}, ${locale}::"Locale", ${threadIncidentId}::uuid, ${chat?.workspace ?? null}, ${chat?.channel ?? null},
      ${thread}, ${privateToId}::uuid, ${input.broadcast ?? false}, ${input.text ?? null},
      greatest(clock_timestamp(), ${input.notBefore ?? null}::timestamptz), clock_timestamp(), clock_timestamp())
    on conflict ("subjectType", "subjectId", "kind", "receiver") do update set
      "revision" = n."revision" + 1,
      "text" = coalesce(excluded."text", n."text"),
      "locale" = excluded."locale",
      "threadTs" = coalesce(n."threadTs", excluded."threadTs"),
      "broadcast" = n."broadcast" or excluded."broadcast",
      "priority" = case when n."deliveredRevision" > 0 then ${edit}::"NotificationPriority" else n."priority" end,
      "changedAt" = case when n."status" in ('PENDING', 'CLAIMED', 'UNCERTAIN') then n."changedAt" else clock_timestamp() end,
      "status" = case when n."status" in ('CLAIMED', 'UNCERTAIN') then n."status" else 'PENDING'::"NotificationStatus" end`);
}
