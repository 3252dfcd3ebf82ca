import { sha256Hex } from '../../lib/canonical-json.ts';
import type { Tx } from '../db.ts';

const lockSpace = 7_302;
const lockBuckets = 64;

const bucketOf = (scope: string): number => Number.parseInt(sha256Hex(scope).slice(0, 8), 16) % lockBuckets;

/** One worker at a time per scope, until the transaction ends. */
export const placeScopes = {
  /** A fixed number of locks in rising order, so nobody waits in a circle. */
  async lock(tx: Tx, scopes: readonly string[]): Promise<void> {
    const sorted = [...new Set(scopes.map(bucketOf))].sort((one, other) => one - other);
    await tx.$executeRaw`select pg_advisory_xact_lock(${lockSpace}::int, b) from unnest(${sorted}::int[]) as b`;
  },
  /** Without waiting: false when someone else has it. */
  async tryLock(tx: Tx, scope: string): Promise<boolean> {
    const rows = await tx.$queryRaw<
      { held: boolean }[]
    >`select pg_try_advisory_xact_lock(${lockSpace}::int, ${bucketOf(scope)}::int) as held`;
    return rows[0]?.held === true;
  },
};
