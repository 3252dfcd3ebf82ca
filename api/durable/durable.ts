import { DBOS, type DBOSClient } from '@dbos-inc/dbos-sdk';
import type { Logger } from 'pino';
import { AppError, type AppErrorCode } from '../../lib/errors.ts';
import { createPool, DatabaseAway, sessionName } from '../db.ts';
import {
  bounded,
  engineClient,
  engineVersion,
  forgetDeaths,
  isCancellation,
  isFenced,
  isMissing,
  launchEngine,
  recoverWork,
  taskQueue,
} from './engine.ts';
import { type Executor, startExecutor } from './executor.ts';
import { reap } from './reaper.ts';
import { retryingWrites } from './retry.ts';
import { createStepSlots } from './step-slots.ts';

export { isCancellation } from './engine.ts';

/** What became of a durable function; `dead` is one that killed its process three times at the same place. */
export type DurableStatus = 'pending' | 'success' | 'error' | 'cancelled' | 'dead' | 'missing';

/** Durable functions: each finished step is remembered, each wait survives every process. */
export interface Durable {
  /** Names a function. All names are given before `launch`, and stay: what waits in the database is found by them. */
  readonly register: (name: string, fn: (id: string) => Promise<void>) => void;
  /** Takes a slot and begins to work. After the migrations, before anything is started or signalled. */
  readonly launch: () => Promise<void>;
  /** Begins no new step, waits for running ones at most `graceMs`, and leaves the rest to the next process. */
  readonly stop: (graceMs: number) => Promise<void>;
  /** Starts the function of that name with that id; a second start is the same one. */
  readonly start: (name: string, id: string, options?: { readonly queue?: string }) => Promise<void>;
  /** Inside a durable function: starts another one at once, without waiting for it. */
  readonly startChild: (name: string, id: string) => Promise<void>;
  /** Inside a durable function: waits for a child and says how it ended; a failed child does not throw. */
  readonly awaitChild: (id: string) => Promise<DurableStatus>;
  /** Does `fn` once and remembers its JSON result, or its AppError. It may run again after a crash, and when the database went away meanwhile. */
  readonly step: <T>(name: string, fn: () => Promise<T>) => Promise<T>;
  /** Waits for a message; null when none came in time. */
  readonly receive: <T>(topic: string, timeoutMs: number) => Promise<T | null>;
  /** Sends a message, once per key; it is kept until somebody waits for it. NOT_FOUND when the function was never started. */
  readonly signal: (id: string, topic: string, message: unknown, key: string) => Promise<void>;
  readonly sleep: (ms: number) => Promise<void>;
  /** Ends a function and its children at their next step. */
  readonly cancel: (id: string) => Promise<void>;
  readonly status: (id: string) => Promise<DurableStatus>;
  /** True while this process may begin work. */
  readonly isHeld: () => boolean;
  /** Resolves when this process may begin work. */
  readonly whenHeld: () => Promise<void>;
  /** `slot-N`, or `none` in a process that runs nothing. */
  readonly slot: () => string;
  /** Name of this process in the Executor table, different for every process that ever ran. */
  readonly session: () => string;
}

/** What durable functions need. */
export interface DurableOptions {
  readonly databaseUrl: string;
  /** The same as given to createDb. */
  readonly program: string;
  readonly log: Logger;
  /** The slot belongs to another process now: end at once, with exit code 75. */
  readonly onLost: (reason: string) => void;
  /** False in a process that starts and signals, but runs nothing. */
  readonly executes?: boolean;
  /** Steps that may run at the same moment in this process. Waiting functions are not counted. */
  readonly workerConcurrency?: number;
}

type Recorded<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: AppErrorCode; readonly message: string; readonly retryable: boolean };

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);
const aliveAfterMs = 1_000;

/** Makes the engine's face. One per process: the engine underneath is a global of its package. */
export function createDurable(options: DurableOptions): Durable {
  const { log } = options;
  const executes = options.executes ?? true;
  const pool = createPool(options.databaseUrl, { program: options.program, poolSize: executes ? 10 : 3 });
  const functions = new Map<string, (id: string) => Promise<void>>();
  const steps = createStepSlots(options.workerConcurrency ?? 20);
  const running = new Map<string, number>();
  let executor: Executor | undefined;
  let client: DBOSClient | undefined;
  let stopping = false;

  const engine = (): DBOSClient => {
    if (client === undefined)
      throw new AppError('UNAVAILABLE', 'Durable functions are not launched yet.', { retryable: true });
    return client;
  };
  const currentId = (): string => {
    const id = DBOS.workflowID;
    if (id === undefined) throw new AppError('INTERNAL', 'This call belongs inside a durable function.');
    return id;
  };
  const slot = (): string => executor?.name() ?? 'none';

  /**
   * Everything a durable function waits for passes here. A function whose process ends, or whose execution belongs to another
   * process, must not see it as an error or a timeout: it would write that down. It stops where it stands.
   */
  const settle = async <T>(work: Promise<T>): Promise<T> => {
    try {
      const value = await work;
      return stopping ? never<T>() : value;
    } catch (error) {
      if (stopping || isFenced(error)) return never<T>();
      throw error;
    }
  };

  const noteAlive = (id: string): void => {
    forgetDeaths(pool, slot(), id).catch((error: unknown) => log.debug({ err: error }, 'count of attempts not reset'));
  };

  /** While a function only waits, its earlier deaths are forgotten; replaying a wait that is over takes no time and does not count. */
  const waiting = async <T>(work: Promise<T>): Promise<T> => {
    const id = currentId();
    const timer = setTimeout(() => {
      if (!running.has(id)) noteAlive(id);
    }, aliveAfterMs);
    try {
      return await settle(work);
    } finally {
      clearTimeout(timer);
    }
  };

  const runStep = async <T>(id: string, fn: () => Promise<T>): Promise<Recorded<T>> => {
    await executor?.whenHeld();
    if (stopping) return never();
    running.set(id, (running.get(id) ?? 0) + 1);
    try {
      const value = await repeatingOnOutage(fn);
      return { ok: true, value: value === undefined ? value : JSON.parse(JSON.stringify(value)) };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { ok: false, code: error.code, message: error.message, retryable: error.retryable };
    } finally {
      const left = (running.get(id) ?? 1) - 1;
      if (left > 0) running.set(id, left);
      else running.delete(id);
    }
  };

  /** A step may run again, so one that met a restarting database does. Only our own database counts: a system that is down is an answer. */
  const repeatingOnOutage = async <T>(fn: () => Promise<T>): Promise<T> =>
    retryingWrites(fn, { isOutage: (error) => error instanceof DatabaseAway });

  return {
    register: (name, fn) => {
      if (functions.has(name)) throw new AppError('INTERNAL', `Two durable functions are named ${name}.`);
      functions.set(
        name,
        DBOS.registerWorkflow(
          async (id: string): Promise<void> => {
            await fn(id);
          },
          { name, maxRecoveryAttempts: 2 },
        ),
      );
    },

    launch: async () => {
      if (executes) {
        executor = await startExecutor(options);
        await launchEngine({ databaseUrl: options.databaseUrl, pool, executorId: executor.name(), log });
        const held = executor;
        held.watch((session) => reap(session, held.slot(), recoverWork, log));
      }
      client = await engineClient(options.databaseUrl, pool, log);
    },

    stop: async (graceMs) => {
      if (stopping) return;
      stopping = true;
      const until = performance.now() + graceMs;
      while (running.size > 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
      if (executor !== undefined) {
        await DBOS.shutdown({ deregister: true });
        // Stopping is no death. The slot's row stays: whoever lives, or starts next, goes on with what waits.
        await forgetDeaths(pool, slot()).catch(() => undefined);
        await executor.stop();
      }
      await client?.destroy();
      await pool.end();
    },

    start: async (name, id, { queue = taskQueue } = {}) => {
      if (!functions.has(name)) throw new AppError('INTERNAL', `No durable function is named ${name}.`);
      await bounded(
        engine().enqueue({ workflowName: name, workflowID: id, queueName: queue, appVersion: engineVersion }, id),
      );
    },

    startChild: async (name, id) => {
      const fn = functions.get(name);
      if (fn === undefined) throw new AppError('INTERNAL', `No durable function is named ${name}.`);
      await settle(DBOS.startWorkflow(fn, { workflowID: id })(id));
    },

    awaitChild: async (id) => {
      try {
        await waiting(DBOS.getResult(id, { pollingIntervalMs: 200 }));
        return 'success';
      } catch (error) {
        if (isCancellation(error)) throw error;
        const status = await statusOf(engine(), id);
        if (status === 'pending' || status === 'missing') throw error;
        return status;
      }
    },

    step: async (name, fn) => {
      if (DBOS.isInStep()) return fn();
      const id = currentId();
      let ran = false;
      const recorded = await settle(
        DBOS.runStep(
          () => {
            ran = true;
            return steps.run(() => runStep(id, fn));
          },
          { name },
        ),
      );
      if (ran) noteAlive(id);
      if (recorded.ok) return recorded.value;
      throw new AppError(recorded.code, recorded.message, { retryable: recorded.retryable });
    },

    receive: (topic, timeoutMs) => waiting(DBOS.recv(topic, { timeoutSeconds: timeoutMs / 1_000 })),
    sleep: (ms) => waiting(DBOS.sleep(ms)),

    signal: async (id, topic, message, key) => {
      try {
        await bounded(engine().send(id, message, topic, key));
      } catch (error) {
        if (!isMissing(error)) throw error;
        throw new AppError('NOT_FOUND', `No durable function has the id ${id}.`, { cause: error });
      }
    },

    cancel: (id) => bounded(engine().cancelWorkflow(id, { cancelChildren: true })),
    status: (id) => bounded(statusOf(engine(), id)),
    isHeld: () => executor?.isHeld() ?? false,
    whenHeld: () => executor?.whenHeld() ?? never(),
    slot,
    session: () => sessionName(options.program),
  };
}

async function statusOf(client: DBOSClient, id: string): Promise<DurableStatus> {
  const found = await client.getWorkflow(id);
  switch (found?.status) {
    case undefined:
      return 'missing';
    case 'SUCCESS':
      return 'success';
    case 'ERROR':
      return 'error';
    case 'CANCELLED':
      return 'cancelled';
    case 'MAX_RECOVERY_ATTEMPTS_EXCEEDED':
      return 'dead';
    default:
      return 'pending';
  }
}
