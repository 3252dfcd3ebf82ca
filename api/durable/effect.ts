import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { AppError } from '../../lib/errors.ts';
import { newId } from '../../lib/ids.ts';
import type { Db, Tx } from '../db.ts';
import type { Durable } from './durable.ts';
import {
  type EffectSubject,
  type JournalRow,
  noteLateAnswer,
  readJournal,
  recordEnd,
  releaseTarget,
  renewIntent,
  takeTarget,
  writeIntent,
} from './effect-rows.ts';
import { afterAnswer, mayCall, nextMove, type TargetAnswer } from './effect-state.ts';
import { retryingWrites } from './retry.ts';

export type { EffectSubject } from './effect-rows.ts';

/** What is asked of the target. */
export interface EffectCall {
  /** Looks at the target afresh once it is locked, outside any transaction; a reason ends the effect before it begins. */
  readonly precondition?: () => Promise<string | null>;
  /** In the transaction of the intent: claims the approval and writes the audit entry. A reason, or an error, and nothing is called. */
  readonly guard: (tx: Tx) => Promise<string | null>;
  /** The call itself, with its own time limit. A refusal is an answer (`accepted: false`); throwing means that the outcome is open. */
  readonly perform: (key: string) => Promise<{ readonly accepted: boolean; readonly answer: string }>;
  /** Asks the target whether a call with this key arrived. Absent where it cannot be asked. */
  readonly check?: (key: string) => Promise<TargetAnswer>;
  /** The target counts calls with one key once. */
  readonly honoursKeys?: boolean;
}

/** How an effect ended. `mine` is false when an earlier attempt did it. */
export type EffectResult =
  | {
      readonly status: 'done';
      readonly effectId: string;
      readonly accepted: boolean;
      readonly answer: string;
      readonly mine: boolean;
    }
  | { readonly status: 'drifted'; readonly reason: string }
  | { readonly status: 'unknown'; readonly effectId: string };

/** What the journal needs: the record, and whether this process may act. */
export interface EffectDeps {
  readonly db: Db;
  readonly durable: Pick<Durable, 'isHeld' | 'whenHeld' | 'session'>;
  readonly log: Logger;
  /** How long another change of the same target is waited for. */
  readonly targetWaitMs?: number;
  /** How long a living owner may take for its call before the outcome is called unknown. */
  readonly ownerWaitMs?: number;
  /** Pause between two questions to a target that did not answer. */
  readonly askAgainMs?: number;
}

const foundDone = 'The target says that the call had arrived.';

/**
 * Runs a change of another system at most once. Called inside a durable step, again after a crash: then the journal says how far
 * the earlier attempt came, and what cannot be known is said to be unknown, never tried again to find out.
 */
export async function runEffect(deps: EffectDeps, subject: EffectSubject, call: EffectCall): Promise<EffectResult> {
  const { db, durable } = deps;
  const log = deps.log.child({ effectKey: subject.key, correlationId: subject.correlationId });
  const owner = `${durable.session()}#${newId()}`;
  const ownerPatience = performance.now() + (deps.ownerWaitMs ?? 60_000);
  let intentAt = 0;
  let called = false;

  const read = (): Promise<JournalRow | null> => retryingWrites(() => readJournal(db, subject.key, owner));
  const done = (row: JournalRow): EffectResult => ({
    status: 'done',
    effectId: row.id,
    accepted: row.accepted,
    answer: row.answer,
    mine: called,
  });

  /** Asks until the target answers, three times at most. */
  const ask = async (ownerGone: boolean): Promise<ReturnType<typeof afterAnswer>> => {
    if (call.check === undefined) return { move: 'answer_unknown', reason: 'cannot-ask' };
    for (let triesLeft = 2; ; triesLeft--) {
      const answer = await call.check(subject.key).catch((error: unknown): TargetAnswer => {
        log.warn({ err: error }, 'target could not be asked about an effect');
        return 'unknown';
      });
      const next = afterAnswer(answer, { ownerGone, honoursKeys: call.honoursKeys ?? false, triesLeft });
      if (next.move !== 'ask_again') return next;
      await pause(deps.askAgainMs ?? 1_000);
    }
  };

  /** Settles an intent this attempt owns without calling again; the loop then answers what the row says. */
  const settle = async (by: ReturnType<typeof afterAnswer>): Promise<void> => {
    const found = by.move === 'record_done';
    await recordEnd(
      db,
      subject,
      owner,
      found ? { status: 'DONE', accepted: true, answer: foundDone } : { status: 'UNKNOWN' },
    );
    log.warn(
      { move: by.move, reason: 'reason' in by ? by.reason : 'arrived' },
      'effect settled without a record of its call',
    );
  };

  const perform = async (): Promise<void> => {
    const last = mayCall({ held: durable.isHeld(), sinceIntentMs: performance.now() - intentAt });
    if (last.move === 'wait') await durable.whenHeld();
    if (last.move !== 'call') {
      // Nothing was called yet. The row tells whether it still may be.
      intentAt = performance.now();
      if (await renewIntent(db, subject.key, owner, owner)) return perform();
      return;
    }
    let result: { readonly accepted: boolean; readonly answer: string };
    try {
      result = await call.perform(subject.key);
    } catch (error) {
      log.warn({ err: error }, 'effect ended without an answer');
      return settle(await ask(false));
    }
    called = await recordEnd(db, subject, owner, { status: 'DONE', ...result });
    if (called) return;
    await noteLateAnswer(db, subject.key, result.answer);
    log.warn('late completion of an effect that was settled meanwhile');
  };

  for (let known = await read(); ; known = await read()) {
    const move = nextMove(known?.journal ?? { state: 'absent' }, call.check !== undefined);
    switch (move.move) {
      case 'write_intent': {
        await durable.whenHeld();
        const refused = await lockAndLook(deps, subject, owner, call.precondition);
        if (refused !== null) return { status: 'drifted', reason: refused };
        intentAt = performance.now();
        const written = await writeIntent(db, subject, owner, newId(), call.guard);
        if (written !== null && 'refused' in written) return { status: 'drifted', reason: written.refused };
        if (written === null) await perform();
        break;
      }
      case 'wait':
        if (move.reason === 'owner-alive' && performance.now() > ownerPatience && known !== null) {
          if (await renewIntent(db, subject.key, known.owner, owner)) await settle(await ask(false));
          break;
        }
        await pause(250);
        break;
      case 'ask_target': {
        if (known === null) break;
        const next = await ask(true);
        // Owning the row first: of two processes that asked, one acts on the answer.
        intentAt = performance.now();
        if (!(await renewIntent(db, subject.key, known.owner, owner))) break;
        if (next.move === 'call') await perform();
        else await settle(next);
        break;
      }
      case 'answer_unknown':
        if (known === null) break;
        if (move.reason === 'recorded') return { status: 'unknown', effectId: known.id };
        if (await renewIntent(db, subject.key, known.owner, owner)) await settle(move);
        break;
      case 'answer_done':
        if (known !== null) return done(known);
        break;
      case 'call':
      case 'renew_intent':
        throw new AppError('INTERNAL', 'An effect of this very attempt was found unfinished.');
      default:
        return move satisfies never;
    }
  }
}

/** Waits for the target's lock, then looks at the target; a reason means that nothing may run, and the lock is free again. */
async function lockAndLook(
  deps: EffectDeps,
  subject: EffectSubject,
  owner: string,
  precondition: EffectCall['precondition'],
): Promise<string | null> {
  const until = performance.now() + (deps.targetWaitMs ?? 120_000);
  while (!(await takeTarget(deps.db, subject, owner))) {
    if (performance.now() > until) return 'Another change of the same target is still running.';
    await pause(200);
  }
  if (precondition === undefined) return null;
  const release = (): Promise<void> => retryingWrites(() => releaseTarget(deps.db, subject));
  try {
    const reason = await precondition();
    if (reason !== null) await release();
    return reason;
  } catch (error) {
    await release();
    throw error;
  }
}
