import { AppError } from '../../lib/errors.ts';
import { newId } from '../../lib/ids.ts';
import { redactSecrets } from '../../lib/redact.ts';
import type { Core } from '../context.ts';
import { type InboxEvent, type InboxSource, inTransaction, type Prisma } from '../db.ts';

const longestKey = 300;
const largestPayload = 256 * 1024;

/** One delivery as the bot received it. */
export interface Delivery {
  readonly source: InboxSource;
  readonly key: string;
  readonly payload: unknown;
}

/** Stores a delivery before anyone hears ok. The same key again answers the first row and starts nothing. */
export async function acceptDelivery(
  core: Core,
  delivery: Delivery,
): Promise<{ readonly id: string; readonly duplicate: boolean; readonly event: InboxEvent }> {
  const key = delivery.key.trim();
  if (key === '' || key.length > longestKey)
    throw new AppError('INVALID_INPUT', `The key must have 1 to ${longestKey} characters.`, { path: ['input', 'key'] });
  const payload = jsonOf(delivery.payload);
  const { source } = delivery;
  return inTransaction(core.db, async (tx) => {
    const { count } = await tx.inboxEvent.createMany({
      data: [{ id: newId(), source, key, payload }],
      skipDuplicates: true,
    });
    const event = await tx.inboxEvent.findUniqueOrThrow({ where: { source_key: { source, key } } });
    return { id: event.id, duplicate: count === 0, event };
  });
}

/** Redacted JSON that PostgreSQL can keep: no NUL, no half characters, no more than the limit. */
function jsonOf(payload: unknown): Prisma.InputJsonValue {
  const text = JSON.stringify(redactSecrets(payload ?? {}), (_, value: unknown) =>
    typeof value === 'string' ? value.replaceAll('\u0000', '\ufffd').toWellFormed() : value,
  );
  if (text.length > largestPayload)
    throw new AppError('INVALID_INPUT', `The payload is over ${largestPayload} characters.`, {
      path: ['input', 'payload'],
    });
  return JSON.parse(text);
}
