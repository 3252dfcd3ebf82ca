import { randomUUID } from 'node:crypto';
import type { Db } from '../db.ts';
import { manualIndex } from './index-settings.ts';

/** The right to write to the index outside the record: one process has it at a time, for as long as it renews it. */
export interface IndexClaim {
  /** False when the claim was lost: another process writes now. */
  renew(): Promise<boolean>;
  release(): Promise<void>;
}

const claimSeconds = 60;

/** Takes the claim if nobody holds it; null otherwise. Times are the database's. */
export async function claimIndex(db: Db): Promise<IndexClaim | null> {
  const owner = randomUUID();
  const take = async (): Promise<boolean> =>
    (await db.$executeRaw`
      update "SearchIndex" set "claimedBy" = ${owner}, "claimedUntil" = now() + make_interval(secs => ${claimSeconds})
      where name = ${manualIndex} and ("claimedBy" = ${owner} or "claimedUntil" is null or "claimedUntil" < now())`) ===
    1;
  if (!(await take())) return null;
  return {
    renew: take,
    async release() {
      await db.searchIndex.updateMany({
        where: { name: manualIndex, claimedBy: owner },
        data: { claimedBy: null, claimedUntil: null },
      });
    },
  };
}
