import type { Tx } from '../db.ts';

/**
 * One writer of the manuals' index columns at a time: `indexSeq` of manuals and chunks then rises in the order of commits, so that a
 * follower who reads past the highest one it knows misses nothing. Taken first in a transaction, held until it ends.
 */
export async function lockManualIndex(tx: Tx): Promise<void> {
  await tx.$queryRaw`select pg_advisory_xact_lock(hashtext('manual-index'))::text`;
}

/** Says that an index has to hear of these manuals again. Needs the lock. */
export async function touchManuals(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.$executeRaw`update "Manual" set "indexSeq" = nextval(pg_get_serial_sequence('"Manual"', 'indexSeq'))
    where "id" = any(${[...ids]}::uuid[])`;
}
