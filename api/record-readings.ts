import type { Db } from './db.ts';
import type { RecordReadings } from './metrics.ts';

const keptMs = 1_000;

/** Reads what operators watch from the record. One scrape asks for six values; they come from one statement. */
export function createRecordReadings(db: Db): () => Promise<RecordReadings> {
  let last: { readonly at: number; readonly readings: Promise<RecordReadings> } | undefined;
  return () => {
    if (last === undefined || performance.now() - last.at > keptMs)
      last = { at: performance.now(), readings: readRecord(db) };
    return last.readings;
  };
}

async function readRecord(db: Db): Promise<RecordReadings> {
  // A worker beats every second; after eight seconds without a beat the others take its work over.
  const rows = await db.$queryRaw<RecordReadings[]>`
    select
      (select count(*)::int from "Executor" where "seenAt" > clock_timestamp() - interval '8 seconds') as "executorsAlive",
      (select count(*)::int from "Executor" where "seenAt" <= clock_timestamp() - interval '8 seconds') as "executorsSilent",
      i.pending as "inboxPending",
      i.oldest as "inboxOldestSeconds",
      (select count(*)::int from "Effect" where "status" = 'UNKNOWN') as "effectsUnknown",
      (select count(*)::int from "User" where "lastSeenAt" > clock_timestamp() - interval '15 minutes') as "usersActive"
    from (
      select count(*)::int as pending,
        coalesce(extract(epoch from clock_timestamp() - min("receivedAt")), 0)::float8 as oldest
      from "InboxEvent" where "status" in ('RECEIVED', 'CLAIMED')
    ) i`;
  const [readings] = rows;
  if (readings === undefined) throw new Error('the record gave no readings');
  return readings;
}
