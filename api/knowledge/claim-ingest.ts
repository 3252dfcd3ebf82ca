import { AppError } from '../../lib/errors.ts';
import { type Db, type ManualIngest, sessionName, type Tx } from '../db.ts';

const leaseSeconds = 60;
const renewMs = 10_000;

/** An ingest that this process works on, until another one takes it. */
export interface ClaimedIngest {
  readonly ingest: ManualIngest;
  readonly token: bigint;
}

/** Somebody else works on it now: stop, and write nothing more. */
export class ClaimLost extends AppError {
  constructor() {
    super('CONFLICT', 'Another process has taken this ingest over.', { retryable: true });
    this.name = 'ClaimLost';
  }
}

/**
 * Takes the oldest ingest of uploads nobody works on: a new one, one whose process has no session left in the database (it died), or
 * one whose claim has run out (it hangs).
 */
export async function claimUploadIngest(db: Db, program: string): Promise<ClaimedIngest | null> {
  return claimWhere(db, program, null);
}

/** Takes this ingest, when nobody else works on it. */
export async function claimIngest(db: Db, program: string, id: string): Promise<ClaimedIngest | null> {
  return claimWhere(db, program, id);
}

async function claimWhere(db: Db, program: string, id: string | null): Promise<ClaimedIngest | null> {
  const rows = await db.$queryRaw<{ id: string; claimToken: bigint }[]>`
    with picked as (
      select i."id" from "ManualIngest" i
      where i."status" in ('QUEUED', 'RUNNING')
        and (case when ${id}::uuid is null then i."kind" = 'upload' else i."id" = ${id}::uuid end)
        and (i."claimedBy" is null or i."claimedUntil" < clock_timestamp()
          or not exists (select 1 from pg_stat_activity a where a."application_name" = i."claimedBy"))
      order by i."createdAt", i."id" limit 1 for update skip locked)
    update "ManualIngest" i set "status" = 'RUNNING', "claimedBy" = ${sessionName(program)},
      "claimToken" = i."claimToken" + 1,
      "claimedUntil" = clock_timestamp() + ${leaseSeconds} * interval '1 second',
      "startedAt" = coalesce(i."startedAt", clock_timestamp())
    from picked where picked."id" = i."id"
    returning i."id", i."claimToken"`;
  const [row] = rows;
  if (row === undefined) return null;
  const ingest = await db.manualIngest.findUniqueOrThrow({ where: { id: row.id } });
  return { ingest, token: row.claimToken };
}

/** Locks the ingest's row for this transaction, or throws ClaimLost. */
export async function holdClaim(tx: Tx, { ingest, token }: ClaimedIngest): Promise<void> {
  const rows = await tx.$queryRaw<{ id: string }[]>`select "id" from "ManualIngest"
    where "id" = ${ingest.id}::uuid and "claimToken" = ${token} and "status" = 'RUNNING' for update`;
  if (rows.length === 0) throw new ClaimLost();
}

/** Keeps a claim while work on it goes on. A renewal that fails is tried again; the claim outlives five of them. */
export function keepClaim(db: Db, { ingest, token }: ClaimedIngest): { stop(): void } {
  const timer = setInterval(() => {
    db.$executeRaw`update "ManualIngest" set "claimedUntil" = clock_timestamp() + ${leaseSeconds} * interval '1 second'
      where "id" = ${ingest.id}::uuid and "claimToken" = ${token}`.catch(() => undefined);
  }, renewMs).unref();
  return { stop: () => clearInterval(timer) };
}

/** Hands an ingest back, so that the next process begins at once. */
export async function releaseClaim(db: Db, { ingest, token }: ClaimedIngest): Promise<void> {
  await db.$executeRaw`update "ManualIngest" set "claimedBy" = null, "claimedUntil" = null
    where "id" = ${ingest.id}::uuid and "claimToken" = ${token} and "status" = 'RUNNING'`;
}
