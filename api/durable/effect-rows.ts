import { type Db, inTransaction, type Tx } from '../db.ts';
import type { Journal } from './effect-state.ts';
import { surelyOverMs } from './effect-state.ts';
import { retryingWrites } from './retry.ts';

/** The one effect a row stands for. `key` is the approval's id and the step. */
export interface EffectSubject {
  readonly key: string;
  readonly approvalId: string;
  readonly actionId: string;
  readonly taskId: string;
  readonly step: string;
  /** One change at a time per target. */
  readonly target: string;
  readonly correlationId: string;
}

/** A row of the journal and what it means to `owner`. */
export interface JournalRow {
  readonly id: string;
  readonly owner: string;
  readonly accepted: boolean;
  readonly answer: string;
  readonly journal: Journal;
}

interface RawRow {
  id: string;
  status: 'INTENT' | 'DONE' | 'UNKNOWN';
  owner: string;
  accepted: boolean | null;
  answer: string | null;
  ageMs: number;
  ownerGone: boolean;
}

/** Owners are written `<session name of the process>#<one attempt>`; a process is gone once no executor row carries its name. */
export async function readJournal(db: Tx | Db, key: string, owner: string): Promise<JournalRow | null> {
  const rows = await db.$queryRaw<RawRow[]>`
    select e.id::text as id, e.status::text as status, e.owner, e.accepted, e.answer,
      (extract(epoch from clock_timestamp() - e."intentAt") * 1000)::float8 as "ageMs",
      not exists (select 1 from "Executor" x where x.program = split_part(e.owner, '#', 1)) as "ownerGone"
    from "Effect" e where e.key = ${key}`;
  const row = rows[0];
  if (row === undefined) return null;
  const { id, accepted, answer } = row;
  const told = { id, owner: row.owner, accepted: accepted ?? false, answer: answer ?? '' };
  switch (row.status) {
    case 'DONE':
      return { ...told, journal: { state: 'done' } };
    case 'UNKNOWN':
      return { ...told, journal: { state: 'unknown' } };
    case 'INTENT': {
      const who = row.owner === owner ? 'me' : 'other';
      return { ...told, journal: { state: 'intent', owner: who, ownerGone: row.ownerGone, ageMs: row.ageMs } };
    }
    default:
      return row.status satisfies never;
  }
}

/** Takes the lock of the target: free, our own, left by a finished effect, or left by a process that is surely gone. */
export async function takeTarget(db: Db, subject: EffectSubject, owner: string): Promise<boolean> {
  const taken = await retryingWrites(
    () => db.$executeRaw`
      insert into "TargetLock" as l (target, "effectKey", owner, "acquiredAt")
      values (${subject.target}, ${subject.key}, ${owner}, clock_timestamp())
      on conflict (target) do update
        set "effectKey" = excluded."effectKey", owner = excluded.owner, "acquiredAt" = excluded."acquiredAt"
      where l."effectKey" = excluded."effectKey"
        or exists (select 1 from "Effect" e where e.key = l."effectKey" and e.status <> 'INTENT')
        or (not exists (select 1 from "Executor" x where x.program = split_part(l.owner, '#', 1))
            and l."acquiredAt" < clock_timestamp() - ${surelyOverMs} * interval '1 ms')`,
  );
  return taken === 1;
}

/** Lets go of the target if this attempt, or the effect itself, holds it. */
export async function releaseTarget(db: Tx | Db, subject: EffectSubject): Promise<void> {
  await db.targetLock.deleteMany({ where: { target: subject.target, effectKey: subject.key } });
}

/**
 * Writes the intent, in one transaction with whatever `guard` writes (the approval's one use, the audit entry). Answers null when
 * it was written, the reason when the guard refused, and the row when somebody was first.
 */
export function writeIntent(
  db: Db,
  subject: EffectSubject,
  owner: string,
  id: string,
  guard: (tx: Tx) => Promise<string | null>,
): Promise<null | { readonly refused: string } | JournalRow> {
  return retryingWrites(() =>
    inTransaction(db, async (tx) => {
      // Two attempts at one key pass one after the other, so that the second finds the row and its guard claims nothing.
      await tx.$queryRaw`select 1 as one from (select pg_advisory_xact_lock(hashtextextended(${subject.key}, 7715002))) locked`;
      const row = await readJournal(tx, subject.key, owner);
      if (row !== null) return row.journal.state === 'intent' && row.journal.owner === 'me' ? null : row;
      const refused = await guard(tx);
      if (refused !== null) {
        await releaseTarget(tx, subject);
        return { refused };
      }
      const { key, approvalId, actionId, taskId, step, target } = subject;
      await tx.$executeRaw`
        insert into "Effect" (id, key, "approvalId", "actionId", "taskId", step, target, status, owner, "intentAt")
        values (${id}::uuid, ${key}, ${approvalId}::uuid, ${actionId}::uuid, ${taskId}::uuid, ${step}, ${target}, 'INTENT', ${owner}, clock_timestamp())`;
      return null;
    }),
  );
}

/** Takes over an unfinished intent, or renews one's own: from now on `owner` has the right to the next call. */
export async function renewIntent(db: Db, key: string, from: string, owner: string): Promise<boolean> {
  const renewed = await retryingWrites(
    () => db.$executeRaw`
      update "Effect" set owner = ${owner}, "intentAt" = clock_timestamp()
      where key = ${key} and status = 'INTENT' and owner in (${from}, ${owner})`,
  );
  return renewed === 1;
}

/** Records the end of an unfinished effect and frees the target; false when it had ended already. */
export function recordEnd(
  db: Db,
  subject: EffectSubject,
  owner: string,
  end:
    | { readonly status: 'DONE'; readonly accepted: boolean; readonly answer: string }
    | { readonly status: 'UNKNOWN' },
): Promise<boolean> {
  return retryingWrites(() =>
    inTransaction(db, async (tx) => {
      const done = end.status === 'DONE' ? end : null;
      const ended = await tx.$executeRaw`
        update "Effect" set status = ${end.status}::"EffectStatus", accepted = ${done?.accepted ?? null}, answer = ${done?.answer ?? null},
          "doneAt" = case when ${end.status} = 'DONE' then clock_timestamp() end
        where key = ${subject.key} and status = 'INTENT' and owner = ${owner}`;
      if (ended === 1) await releaseTarget(tx, subject);
      return ended === 1;
    }),
  );
}

/** Notes what the old owner learned after somebody else had settled the effect; nothing is repeated. */
export async function noteLateAnswer(db: Db, key: string, answer: string): Promise<void> {
  await retryingWrites(() => db.effect.updateMany({ where: { key }, data: { lateAnswer: answer } }));
}
