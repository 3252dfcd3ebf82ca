import type { Pressing } from './crash-boundaries.ts';
import type { Trial } from './crash-trial.ts';
import { observe, type Seen } from './record.ts';
import type { Stack } from './stack.ts';

const APPROVER = 'U0APPROVER';
const pressAgainMs = 3_000;

/** What people see and do during one round, and when it was seen to move. */
export interface People {
  press(how: Pressing): Promise<ReadonlyMap<string, Seen>>;
  /** Begins to measure standstill, at the kill. */
  startClock(): void;
  /** Longest time from the kill on in which nothing moved, by system. */
  standstill(): ReadonlyMap<string, number>;
  /** Milliseconds from the kill to the message that says that the outcome is unknown, by system. */
  told(): ReadonlyMap<string, number>;
}

/** People who press a button again when nothing happened. While the database is away nothing is seen, and the last look stays. */
export function startPeople(stack: Stack, trials: readonly Trial[], isFinished: (seen: Seen) => boolean): People {
  const systems = trials.map((trial) => trial.system);
  const channels = new Map(trials.map((trial) => [trial.system, trial.channel]));
  const pressedAt = new Map<string, number>();
  const moves = new Map<string, { progress: string; at: number; longest: number; done: boolean }>();
  const toldAt = new Map<string, number>();
  let last: ReadonlyMap<string, Seen> = new Map();
  let killedAt: number | null = null;

  const pressOnce = (key: string, seen: Seen, ts: string, actionId: string) => {
    const now = performance.now();
    if (now - (pressedAt.get(key) ?? Number.NEGATIVE_INFINITY) < pressAgainMs) return;
    pressedAt.set(key, now);
    const channel = channels.get(seen.system) ?? '';
    stack.slack.press({ user: APPROVER, channel, ts, action_id: actionId }).catch(() => undefined);
  };

  const keepTime = (seen: Seen) => {
    const now = performance.now();
    if (killedAt === null) return;
    const known = moves.get(seen.system) ?? { progress: '', at: killedAt, longest: 0, done: false };
    if (known.progress !== seen.progress && !known.done) {
      // The first look after the kill shows what had happened before it.
      known.longest = Math.max(known.longest, now - known.at);
      known.progress = seen.progress;
      known.at = now;
      known.done = isFinished(seen);
    }
    moves.set(seen.system, known);
    const unknown = seen.notifications.some((one) => one.kind === 'OUTCOME_UNKNOWN' && one.delivered > 0);
    if (unknown && !toldAt.has(seen.system)) toldAt.set(seen.system, now - killedAt);
  };

  return {
    async press({ approve, answer }) {
      last = await observe(stack.database.pool, systems).catch(() => last);
      for (const seen of last.values()) {
        keepTime(seen);
        for (const approval of seen.approvals)
          if (approve && approval.status === 'PENDING' && approval.messageTs !== null)
            pressOnce(approval.id, seen, approval.messageTs, 'approval.approve');
        const asked = seen.notifications.find((one) => one.kind === 'OUTCOME_UNKNOWN' && one.messageTs !== null);
        if (answer && asked?.messageTs && seen.tasks.some((task) => task.status === 'OUTCOME_UNKNOWN'))
          pressOnce(asked.id, seen, asked.messageTs, 'task.itRan');
      }
      return last;
    },
    startClock() {
      killedAt = performance.now();
      for (const seen of last.values())
        moves.set(seen.system, { progress: seen.progress, at: killedAt, longest: 0, done: isFinished(seen) });
    },
    standstill: () =>
      new Map(
        [...moves].map(([system, one]) => [
          system,
          one.done ? one.longest : Math.max(one.longest, performance.now() - one.at),
        ]),
      ),
    told: () => toldAt,
  };
}
