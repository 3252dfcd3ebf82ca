import { canonicalJson, sha256Hex } from '../../lib/canonical-json.ts';
import { AppError } from '../../lib/errors.ts';
import type { Db } from '../db.ts';
import type { RequestContext } from './request-context.ts';

/** What a repeated request is answered from: ids, never secrets. */
export type Kept = Readonly<Record<string, string | null>>;

/** A mutation that may be sent twice. */
export interface OnceOnly<P> {
  readonly operation: string;
  readonly key: string;
  readonly input: unknown;
  /** True when the work itself is single by the same key, so that it may run again after a process died in it. */
  readonly repeatable: boolean;
  /** Does the work. Null for `kept`: nothing was made, and the key is free again. */
  readonly first: () => Promise<{ readonly payload: P; readonly kept: Kept | null }>;
  /** Answers a repeat with the thing as it is now. */
  readonly again: (kept: Kept) => Promise<P>;
}

const workedOnForMs = 15_000;

/**
 * Same key and input within a day: the first answer's thing again. Another input: IDEMPOTENCY_MISMATCH. Keys count per credential and
 * operation; who spoke through the credential is part of the input, so nobody is handed what someone else made.
 */
export async function once<P>(ctx: RequestContext, wanted: OnceOnly<P>): Promise<P> {
  const { viewer, deps } = ctx;
  const { operation, key } = wanted;
  const credential = viewer.key?.id ?? viewer.actor.id ?? viewer.actor.name;
  const inputHash = sha256Hex(canonicalJson({ by: viewer.actor, chat: viewer.chat, input: plain(wanted.input) }));
  const taken = await deps.db.$queryRaw<{ key: string }[]>`
    insert into "IdempotencyKey" as k ("credential", "operation", "key", "inputHash", "createdAt")
    values (${credential}, ${operation}, ${key}, ${inputHash}, clock_timestamp())
    on conflict ("credential", "operation", "key") do update
      set "inputHash" = excluded."inputHash", "result" = null, "createdAt" = excluded."createdAt"
      where k."createdAt" < clock_timestamp() - interval '24 hours'
    returning k."key"`;
  const id = { credential_operation_key: { credential, operation, key } };
  if (taken.length === 0) {
    const row = await deps.db.idempotencyKey.findUnique({ where: id });
    if (row !== null && row.inputHash !== inputHash)
      throw new AppError('IDEMPOTENCY_MISMATCH', 'This key was used before with another input.', {
        path: ['input', 'idempotencyKey'],
      });
    const kept = keptOf(row?.result);
    if (kept !== null) return wanted.again(kept);
    if (!wanted.repeatable && row !== null && Date.now() - row.createdAt.getTime() < workedOnForMs)
      throw new AppError('CONFLICT', 'The first request with this key is still being worked on.', {
        path: ['input', 'idempotencyKey'],
        retryAfterMs: workedOnForMs,
      });
  }
  try {
    const { payload, kept } = await wanted.first();
    if (kept === null) await free(deps.db, { credential, operation, key });
    else
      await deps.db.idempotencyKey.updateMany({ where: { credential, operation, key }, data: { result: { ...kept } } });
    return payload;
  } catch (error) {
    await free(deps.db, { credential, operation, key }).catch((fault: unknown) =>
      deps.log.warn({ err: fault, requestId: ctx.requestId }, 'idempotency key not freed'),
    );
    throw error;
  }
}

/** Gives back a key under which nothing was made. */
async function free(
  db: Db,
  where: { readonly credential: string; readonly operation: string; readonly key: string },
): Promise<void> {
  const { credential, operation, key } = where;
  await db.$executeRaw`delete from "IdempotencyKey"
    where "credential" = ${credential} and "operation" = ${operation} and "key" = ${key} and "result" is null`;
}

function keptOf(stored: unknown): Kept | null {
  if (typeof stored !== 'object' || stored === null) return null;
  return Object.fromEntries(
    Object.entries(stored).map(([name, value]) => [name, typeof value === 'string' ? value : null]),
  );
}

/** Inputs come as class instances with dates; equal requests give equal text. */
const plain = (input: unknown): unknown => JSON.parse(JSON.stringify(input ?? null));

/** Keys older than a day are forgotten. Answers how many. */
export async function pruneIdempotencyKeys(db: Db): Promise<number> {
  return db.$executeRaw`delete from "IdempotencyKey" where "createdAt" < clock_timestamp() - interval '25 hours'`;
}
