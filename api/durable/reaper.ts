import type pg from 'pg';
import type { Logger } from 'pino';
import { leaseTimes, serverIsYoung, tryLock, unlock } from './lease.ts';

/** What the reaper does for a dead slot: puts its unfinished work back into the queues. */
export type Recover = (executorId: string) => Promise<void>;

/** Ends all sessions of a process that has not beaten for too long, so that a transaction frozen half-way holds no rows. */
async function endFrozen(session: pg.Client, ownSlot: number): Promise<number> {
  const { rowCount } = await session.query(
    `select pg_terminate_backend(a.pid) from "Executor" e join pg_stat_activity a
       on a.application_name = e.program or (a.pid = e."backendPid" and a.backend_start::text = e."backendStart")
     where e.slot <> $1 and e."seenAt" < clock_timestamp() - $2 * interval '1 ms' and a.pid <> pg_backend_pid()`,
    [ownSlot, leaseTimes.frozenAfterMs],
  );
  return rowCount ?? 0;
}

/**
 * Every process looks after the others: a free lock means dead, an old beat means frozen and is made dead. The work of a dead
 * slot is put back into the queues by recovery, which keeps the count of attempts; a plain resume would set it back to zero and
 * let a poison task go round for ever.
 */
export async function reap(session: pg.Client, ownSlot: number, recover: Recover, log: Logger): Promise<void> {
  const { rows } = await session.query<{ slot: number }>('select slot from "Executor" where slot <> $1', [ownSlot]);
  if (rows.length === 0 || (await serverIsYoung(session))) return;
  const ended = await endFrozen(session, ownSlot);
  if (ended > 0) log.warn({ sessions: ended }, 'sessions of a frozen executor ended');
  for (const { slot } of rows) {
    if (!(await tryLock(session, slot))) continue;
    try {
      const gone = await session.query('select 1 from "Executor" where slot = $1', [slot]);
      if (gone.rowCount === 0) continue;
      await recover(`slot-${slot}`);
      await session.query('delete from "Executor" where slot = $1', [slot]);
      log.warn({ slot }, 'work of a dead executor taken over');
    } finally {
      await unlock(session, slot);
    }
  }
}
