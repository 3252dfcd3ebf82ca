import pg from 'pg';
import type { Logger } from 'pino';
import { sessionName } from '../db.ts';

/** Beats are one second apart; who has not beaten for eight is frozen; after a restart of the server nobody reaps for four. */
export const leaseTimes = {
  beatMs: 1_000,
  frozenAfterMs: 8_000,
  quietMs: 4_000,
  reconnectMs: 300,
  takeBackMs: 2_500,
} as const;

/** First key of the advisory locks that are the slots; the second is the slot's number. */
const slotLock = 7_715_001;

/** What a lease needs. `onLost` is called once, when the slot belongs to somebody else: the process must end. */
export interface LeaseOptions {
  readonly databaseUrl: string;
  readonly program: string;
  readonly log: Logger;
  readonly onLost: (reason: string) => void;
}

/** The session that holds the slot's lock. It lives exactly as long as the right to work. */
export function leaseSession(options: LeaseOptions): pg.Client {
  const client = new pg.Client({
    connectionString: options.databaseUrl,
    application_name: sessionName(options.program),
    connectionTimeoutMillis: 2_000,
    statement_timeout: 3_000,
    query_timeout: 4_000,
    keepAlive: true,
  });
  client.on('error', () => undefined);
  return client;
}

/** Tries to take the lock of one slot in this session. */
export async function tryLock(session: pg.Client, slot: number): Promise<boolean> {
  const { rows } = await session.query<{ ok: boolean }>('select pg_try_advisory_lock($1, $2) as ok', [slotLock, slot]);
  return rows[0]?.ok === true;
}

/** Gives the lock of one slot back. */
export async function unlock(session: pg.Client, slot: number): Promise<void> {
  await session.query('select pg_advisory_unlock($1, $2)', [slotLock, slot]);
}

/** Which session beats for a slot, as its row says. */
export interface LeaseRow {
  readonly backendPid: number;
  readonly backendStart: string;
}

/** Writes the slot's row: this session holds it, and it is alive now by database time. */
export async function writeBeat(session: pg.Client, slot: number, program: string): Promise<LeaseRow> {
  const { rows } = await session.query<LeaseRow>(
    `insert into "Executor" as e (slot, "backendPid", "backendStart", program, "seenAt")
     select $1, pid, backend_start::text, $2, clock_timestamp() from pg_stat_activity where pid = pg_backend_pid()
     on conflict (slot) do update set "backendPid" = excluded."backendPid", "backendStart" = excluded."backendStart",
       program = excluded.program, "seenAt" = excluded."seenAt"
     returning "backendPid", "backendStart"`,
    [slot, sessionName(program)],
  );
  const row = rows[0];
  if (row === undefined) throw new Error('the session does not see itself in pg_stat_activity');
  return row;
}

/** True while the server is so young that other processes may still be on their way back to their slots. */
export async function serverIsYoung(session: pg.Client): Promise<boolean> {
  const { rows } = await session.query<{ young: boolean }>(
    `select clock_timestamp() - pg_postmaster_start_time() < $1 * interval '1 ms' as young`,
    [leaseTimes.quietMs],
  );
  return rows[0]?.young === true;
}

/** The lowest slot nobody holds. On a young server slots with a row are left to their owners, who may be reconnecting. */
export async function takeFreeSlot(session: pg.Client): Promise<number> {
  const taken = new Set<number>();
  if (await serverIsYoung(session)) {
    const { rows } = await session.query<{ slot: number }>('select slot from "Executor"');
    for (const row of rows) taken.add(row.slot);
  }
  for (let slot = 0; ; slot++) if (!taken.has(slot) && (await tryLock(session, slot))) return slot;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Takes a slot back after its session ended. A free lock is not enough: whoever took the work over has released it again,
 * so the slot's row must still name the old session.
 */
export async function takeSlotBack(session: pg.Client, slot: number, old: LeaseRow): Promise<boolean> {
  const mine = await session.query(
    'select 1 from "Executor" where slot = $1 and "backendPid" = $2 and "backendStart" = $3',
    [slot, old.backendPid, old.backendStart],
  );
  if (mine.rowCount === 0) return false;
  // The server may not have noticed that the old connection is gone.
  await session.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where pid = $1 and backend_start::text = $2',
    [old.backendPid, old.backendStart],
  );
  const until = performance.now() + leaseTimes.takeBackMs;
  for (;;) {
    if (await tryLock(session, slot)) break;
    if (performance.now() > until) return false;
    await pause(100);
  }
  // Looked at again under the lock: only now nobody else can take the work over.
  const still = await session.query('select 1 from "Executor" where slot = $1 and "backendPid" = $2', [
    slot,
    old.backendPid,
  ]);
  return still.rowCount === 1;
}
