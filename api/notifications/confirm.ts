import type { Core } from '../context.ts';
import type { Notification, Tx } from '../db.ts';
import { inTransaction, Prisma } from '../db.ts';
import { type ConfirmAnswer, isCard, judgeReport } from './notification-state.ts';

/** What a deliverer reports. `address` is the message's own, once it is known. */
export interface ConfirmInput {
  readonly id: string;
  readonly leaseToken: string;
  readonly revision: number;
  readonly result: 'DELIVERED' | 'RETRY_LATER' | 'REFUSED' | 'UNCERTAIN';
  readonly address?: {
    readonly workspace: string;
    readonly channel: string;
    readonly thread?: string | null;
    readonly message?: string | null;
  } | null;
  readonly retryAfterMs?: number | null;
  readonly error?: string | null;
}

/** The row as it stands now, also when the report was refused, and why it was. */
export interface ConfirmResult {
  readonly notification: Notification | null;
  readonly refused: { readonly code: 'NOT_FOUND' | 'INVALID_STATE' | 'INVALID_INPUT'; readonly message: string } | null;
}

const tokenOf = (text: string): bigint | null => (/^\d{1,18}$/.test(text) ? BigInt(text) : null);

/**
 * Keeps what became of one claimed message. A report under a lease that has changed hands is refused, but the address of a message it
 * did post is kept when the row has none. Two refusals in a row end the tries with an audit row; the task goes on.
 */
export async function confirmNotification(core: Core, input: ConfirmInput): Promise<ConfirmResult> {
  const leaseToken = tokenOf(input.leaseToken);
  const result = await inTransaction(core.db, async (tx): Promise<ConfirmResult> => {
    await tx.$queryRaw`select "id" from "Notification" where "id" = ${input.id}::uuid for update`;
    const row = await tx.notification.findUnique({ where: { id: input.id } });
    if (row === null)
      return { notification: null, refused: { code: 'NOT_FOUND', message: 'There is no such notification.' } };
    if (leaseToken === null)
      return {
        notification: row,
        refused: { code: 'INVALID_INPUT', message: 'leaseToken is not a token of a lease.' },
      };
    const answer = judgeReport(row, {
      leaseToken,
      revision: input.revision,
      result: input.result,
      messageTs: input.address?.message ?? null,
      error: input.error?.slice(0, 500) ?? null,
      retryAfterMs: input.retryAfterMs ?? null,
    });
    return store(core, tx, row, input, answer);
  });
  core.wake('notifications');
  return result;
}

async function store(
  core: Core,
  tx: Tx,
  row: Notification,
  input: ConfirmInput,
  answer: ConfirmAnswer,
): Promise<ConfirmResult> {
  switch (answer.kind) {
    case 'impossible':
      return {
        notification: row,
        refused: { code: 'INVALID_INPUT', message: `Revision ${input.revision} was never written.` },
      };
    case 'repeated':
      return { notification: row, refused: null };
    case 'outdated': {
      if (answer.keepMessageTs !== null) {
        await tx.notification.update({ where: { id: row.id }, data: { messageTs: answer.keepMessageTs } });
        await keepAddress(tx, row, input);
      }
      const now = await tx.notification.findUniqueOrThrow({ where: { id: row.id } });
      return {
        notification: now,
        refused: { code: 'INVALID_STATE', message: 'The claim has ended; another sender may have this message now.' },
      };
    }
    case 'changed': {
      await tx.$executeRaw(Prisma.sql`
        update "Notification" set
          "status" = ${answer.next.status}::"NotificationStatus", "deliveredRevision" = ${answer.next.deliveredRevision},
          "messageTs" = ${answer.next.messageTs}, "uncertain" = ${answer.next.uncertain}, "lastError" = ${answer.next.lastError},
          "notBefore" = clock_timestamp() + ${Math.round(answer.waitMs)} * interval '1 ms',
          "claimedUntil" = null, "claimedBy" = null,
          "deliveredAt" = case when ${input.result} = 'DELIVERED' then clock_timestamp() else "deliveredAt" end,
          "attempts" = case when ${input.result} = 'DELIVERED' then 0 else "attempts" end,
          "changedAt" = case when ${input.result} = 'DELIVERED' then clock_timestamp() else "changedAt" end
        where "id" = ${row.id}::uuid`);
      if (input.result === 'DELIVERED') await keepAddress(tx, row, input);
      const now = await tx.notification.findUniqueOrThrow({ where: { id: row.id } });
      if (answer.failed) await tellOperator(core, tx, now);
      return { notification: now, refused: null };
    }
    default:
      return answer satisfies never;
  }
}

/** A delivered card opens the incident's thread; a first progress message becomes the thread of a task that had none. */
async function keepAddress(tx: Tx, row: Notification, input: ConfirmInput): Promise<void> {
  const address = input.address;
  const message = address?.message;
  if (address === undefined || address === null || message === undefined || message === null) return;
  if (row.chatChannel === null)
    await tx.notification.update({
      where: { id: row.id },
      data: { workspace: address.workspace, chatChannel: address.channel },
    });
  if (row.privateToId !== null) return;
  if (isCard(row.kind) && row.subjectType === 'Incident')
    await tx.incident.updateMany({
      where: { id: row.subjectId },
      data: { workspace: address.workspace, channel: address.channel, threadTs: message },
    });
  if (row.kind === 'TASK_PROGRESS' && row.subjectType === 'Task' && row.threadIncidentId === null)
    await tx.task.updateMany({
      where: { id: row.subjectId, threadTs: null, channel: address.channel },
      data: { threadTs: address.thread ?? message },
    });
}

async function tellOperator(core: Core, tx: Tx, row: Notification): Promise<void> {
  core.log.error(
    { notificationId: row.id, kind: row.kind, subject: `${row.subjectType}:${row.subjectId}`, reason: row.lastError },
    'notification refused twice, given up',
  );
  await core.audit(tx, {
    actor: { type: 'automation', id: null, name: 'notifications' },
    operation: 'notificationFailed',
    subject: { type: 'Notification', id: row.id },
    input: { kind: row.kind, subjectType: row.subjectType, subjectId: row.subjectId, receiver: row.receiver },
    outcome: 'failed',
    reason: row.lastError,
    correlationId: row.id,
  });
}
