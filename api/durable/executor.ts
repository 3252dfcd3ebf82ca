import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import {
  type LeaseOptions,
  type LeaseRow,
  leaseSession,
  leaseTimes,
  takeFreeSlot,
  takeSlotBack,
  writeBeat,
} from './lease.ts';

/** This process as a holder of work. */
export interface Executor {
  /** `slot-N`: stable between processes, so that whoever starts next in a slot goes on with its work. */
  readonly name: () => string;
  readonly slot: () => number;
  /** True only while the lock is held and the last beat is young: nothing new may begin otherwise. */
  readonly isHeld: () => boolean;
  /** Resolves when work may begin. Never resolves in a process that has lost its slot: it is about to end. */
  readonly whenHeld: () => Promise<void>;
  /** Calls `look` after every beat, on the session that holds the lock, except in the quiet after a reconnection. */
  readonly watch: (look: (session: pg.Client) => Promise<void>) => void;
  readonly stop: () => Promise<void>;
}

/** Takes the lowest free slot and keeps it: beats while the event loop turns, and takes the slot back when the session was cut. */
export async function startExecutor(options: LeaseOptions): Promise<Executor> {
  let session = leaseSession(options);
  let row: LeaseRow;
  let connected = true;
  let stopped = false;
  const ending = new AbortController();
  let lastBeat = 0;
  let quietUntil = 0;
  let look: ((session: pg.Client) => Promise<void>) | undefined;

  // A little before the others may call this process frozen, it stops calling itself alive.
  const isHeld = (): boolean =>
    connected && !stopped && performance.now() - lastBeat < leaseTimes.frozenAfterMs - leaseTimes.beatMs;

  const beat = async (): Promise<void> => {
    const begun = performance.now();
    row = await writeBeat(session, slot, options.program);
    lastBeat = begun;
  };

  const lose = (reason: string): void => {
    if (stopped) return;
    stopped = true;
    connected = false;
    options.onLost(reason);
  };

  async function reconnect(): Promise<void> {
    while (!stopped) {
      const next = leaseSession(options);
      try {
        await next.connect();
        if (!(await takeSlotBack(next, slot, row))) return lose('another process has taken over the work of this slot');
        if (stopped) return void next.end().catch(() => undefined);
        session = next;
        await beat();
        quietUntil = performance.now() + leaseTimes.quietMs;
        connected = true;
        session.once('end', cut);
        options.log.info({ slot }, 'executor slot taken back');
        return;
      } catch {
        next.end().catch(() => undefined);
        await pause(leaseTimes.reconnectMs);
      }
    }
  }

  function cut(): void {
    if (stopped) return;
    connected = false;
    options.log.warn({ slot }, 'executor lease cut, taking the slot back');
    void reconnect();
  }

  await session.connect();
  const slot = await takeFreeSlot(session);
  await beat();
  session.once('end', cut);

  const turning = (async () => {
    while (!stopped) {
      await pause(leaseTimes.beatMs, undefined, { signal: ending.signal }).catch(() => undefined);
      if (!connected || stopped) continue;
      const current = session;
      try {
        await beat();
        if (look !== undefined && performance.now() > quietUntil) await look(current);
      } catch (error) {
        // A session that does not answer is given up: its end starts the way back.
        if (connected && current === session) options.log.warn({ err: error, slot }, 'executor beat failed');
        current.end().catch(() => undefined);
      }
    }
  })();

  return {
    name: () => `slot-${slot}`,
    slot: () => slot,
    isHeld,
    whenHeld: async () => {
      while (!isHeld()) await (stopped ? new Promise<never>(() => undefined) : pause(50));
    },
    watch: (next) => {
      look = next;
    },
    stop: async () => {
      stopped = true;
      ending.abort();
      await turning;
      await session.end().catch(() => undefined);
    },
  };
}
