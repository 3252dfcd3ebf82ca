import { canonicalJson, sha256Hex } from '../../lib/canonical-json.ts';
import { AppError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import { redactSecrets } from '../../lib/redact.ts';
import type { Secret } from '../../lib/secret.ts';
import type { AuditAppend, AuditRecord } from '../context.ts';
import type { Tx } from '../db.ts';
import { chainStart, entryHash } from './chain.ts';
import { type StoredObject, storedJson, storedObject } from './stored-json.ts';

const largestInputBytes = 16_384;
const longestTextChars = 2_000;

interface Turn {
  readonly seq: number;
  readonly hash: string;
  readonly at: Date;
}

/** Takes the head's row lock and the next number; the time is read after the lock, so times never run backwards. */
async function takeTurn(tx: Tx): Promise<Turn> {
  for (let attempt = 0; attempt < 2; attempt++) {
    const rows = await tx.$queryRaw<Turn[]>`
      update "AuditHead" set "seq" = "seq" + 1 where "id" = 1
      returning "seq", "hash", date_trunc('milliseconds', clock_timestamp()) as at`;
    if (rows[0] !== undefined) return rows[0];
    await tx.$executeRaw`insert into "AuditHead" ("id", "seq", "hash") values (1, 0, ${chainStart}) on conflict do nothing`;
  }
  throw new AppError('INTERNAL', 'The audit chain has no head.');
}

const text = (value: string): string => redactSecrets(String(storedJson(value))).slice(0, longestTextChars);
const textOrNull = (value: string | null | undefined): string | null =>
  value === null || value === undefined ? null : text(value);

function storedInput(record: AuditRecord): { readonly input: StoredObject; readonly digest: string } {
  const whole = storedObject(redactSecrets(storedJson(record.input)));
  const canonical = canonicalJson(whole);
  const digest = sha256Hex(canonical);
  const sizeBytes = Buffer.byteLength(canonical);
  if (sizeBytes <= largestInputBytes) return { input: whole, digest };
  return { digest, input: { cut: true, sizeBytes, start: canonical.slice(0, 4_000).toWellFormed() } };
}

/**
 * Makes the one function that writes the audit log. It is called last inside the caller's transaction, because the head's row lock
 * is held until the commit; when it cannot write it throws, and the caller's work is refused.
 */
export function createAudit(key: Secret, log: Logger): AuditAppend {
  return async (tx, record) => {
    try {
      await append(tx, key, record);
    } catch (error) {
      log.error(
        { operation: record.operation, correlationId: record.correlationId, err: error },
        'audit entry not written',
      );
      throw error;
    }
  };
}

async function append(tx: Tx, key: Secret, record: AuditRecord): Promise<void> {
  const { input, digest } = storedInput(record);
  const { seq, hash: previousHash, at } = await takeTurn(tx);
  const entry = {
    seq,
    at,
    actorType: record.actor.type,
    actorId: record.actor.id,
    actorName: text(record.actor.name),
    onBehalfOf: textOrNull(record.onBehalfOf),
    operation: text(record.operation),
    subjectType: textOrNull(record.subject?.type),
    subjectId: textOrNull(record.subject?.id),
    tool: textOrNull(record.tool),
    inputDigest: digest,
    input,
    outcome: text(record.outcome),
    reason: textOrNull(record.reason),
    correlationId: text(record.correlationId),
    previousHash,
  };
  const hash = entryHash(key, entry);
  await tx.auditEntry.create({ data: { ...entry, hash } });
  await tx.auditHead.update({ where: { id: 1 }, data: { hash } });
}
