import type { Db } from '../../api/db.ts';
import type { EffectCall, EffectDeps } from '../../api/durable/effect.ts';
import type { EffectSubject } from '../../api/durable/effect-rows.ts';
import { newId } from '../../lib/ids.ts';
import { createLogger } from '../../lib/log.ts';
import { makeApprovedAction } from './approved-action.ts';
import { until } from './until.ts';

const log = createLogger({ name: 'test', level: 'silent' });
let slots = 0;

/** A process as the journal knows it: a row in the table of executors, and a lease that a test takes away. */
export interface Process {
  readonly deps: EffectDeps;
  held: boolean;
  /** The process is surely gone, and time passes. */
  die(): Promise<void>;
}

/** Enters a process into the table of executors. */
export async function startProcess(db: Db): Promise<Process> {
  const session = `worker/${newId()}`;
  const slot = slots++;
  await db.executor.create({ data: { slot, backendPid: slot, backendStart: 'now', program: session } });
  const started: Process = {
    held: true,
    deps: {
      db,
      log,
      askAgainMs: 1,
      durable: {
        isHeld: () => started.held,
        whenHeld: () => until(() => started.held, { what: 'the lease' }).then(() => undefined),
        session: () => session,
      },
    },
    die: async () => {
      await db.executor.delete({ where: { slot } });
      await db.$executeRaw`update "Effect" set "intentAt" = "intentAt" - interval '10 s' where owner like ${`${session}#%`}`;
      await db.$executeRaw`update "TargetLock" set "acquiredAt" = "acquiredAt" - interval '10 s' where owner like ${`${session}#%`}`;
    },
  };
  return started;
}

/** An effect whose approval stands, on a target of its own unless one is named. */
export async function approvedEffect(db: Db, target?: string): Promise<EffectSubject> {
  const ids = await makeApprovedAction(db);
  const step = 'effect';
  return { key: `${ids.approvalId}:${step}`, step, target: target ?? newId(), correlationId: ids.taskId, ...ids };
}

/** A call that never comes back. */
export const never = <T>(): Promise<T> => new Promise<T>(() => undefined);
/** The guard of every test: the approval is used once. */
export const claim =
  (subject: EffectSubject): EffectCall['guard'] =>
  async (tx) => {
    const { count } = await tx.approval.updateMany({
      where: { id: subject.approvalId, usedAt: null },
      data: { usedAt: new Date() },
    });
    return count === 1 ? null : 'used before';
  };
