import { DBOS, DBOSClient } from '@dbos-inc/dbos-sdk';
import { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor';
import { dbRetryConfig } from '@dbos-inc/dbos-sdk/internal/utils';
import type pg from 'pg';
import type { Logger } from 'pino';
import { AppError } from '../../lib/errors.ts';
import { DatabaseAway, translateDatabaseError } from '../db.ts';

/** Constant on purpose: the default is a hash of the code, and every deployment would strand the tasks that wait. */
export const engineVersion = '1';
const engineName = 'agentic-ai';
const schema = 'dbos';
const launchLock = 7_715_020;

/** The queue of tasks. Waiting costs nothing, so many may be begun; how many steps run at once is limited in durable.ts. */
export const taskQueue = 'tasks';
const begunAtOnce = 500;

const text = (entry: unknown): string => (entry instanceof Error ? entry.message : String(entry));

/** The engine's own words go to the log: its errors as warnings, since each one reaches a caller as well. */
function engineLog(log: Logger): {
  info: () => void;
  debug: () => void;
  warn: (entry: unknown) => void;
  error: (entry: unknown) => void;
} {
  return {
    info: () => undefined,
    debug: () => undefined,
    warn: (entry) => log.debug({ detail: text(entry) }, 'durable engine'),
    error: (entry) => log.warn({ detail: text(entry) }, 'durable engine'),
  };
}

/** Starts the engine for one executor: no ports, no console, one queue. The work its slot left behind is taken up here. */
export async function launchEngine(options: {
  readonly databaseUrl: string;
  readonly pool: pg.Pool;
  readonly executorId: string;
  readonly log: Logger;
}): Promise<void> {
  DBOS.setConfig({
    name: engineName,
    systemDatabaseUrl: options.databaseUrl,
    systemDatabasePool: options.pool,
    systemDatabaseSchemaName: schema,
    applicationVersion: engineVersion,
    executorID: options.executorId,
    logLevel: 'error',
    logger: engineLog(options.log),
  });
  // The engine makes its tables itself: two processes that do so at once on an empty database would block each other.
  const first = await options.pool.connect();
  try {
    await first.query('select pg_advisory_lock($1)', [launchLock]);
    await DBOS.launch();
  } finally {
    await first.query('select pg_advisory_unlock($1)', [launchLock]).catch(() => undefined);
    first.release();
  }
  // Wake-ups do not reach queues, so they are polled quickly.
  await DBOS.registerQueue(taskQueue, {
    workerConcurrency: begunAtOnce,
    minPollingIntervalMs: 100,
    onConflict: 'always_update',
  });
}

const askWithinMs = 2_200;

/** The engine repeats its calls for ever while the database is away. A caller from outside is told in time instead; its call may still be carried out later. */
export async function bounded<T>(call: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DatabaseAway(undefined)), askWithinMs);
  });
  try {
    return await Promise.race([call, limit]);
  } catch (error) {
    throw translateDatabaseError(error);
  } finally {
    clearTimeout(timer);
  }
}

/** A client of the engine's tables: starts, signals, cancels and asks from anywhere, also in a process that runs nothing. */
export function engineClient(databaseUrl: string, pool: pg.Pool, log: Logger): Promise<DBOSClient> {
  // After a long outage the engine would otherwise look for the database once a minute only.
  dbRetryConfig.initialBackoffSec = 0.2;
  dbRetryConfig.maxBackoffSec = 2;
  return DBOSClient.create({
    systemDatabaseUrl: databaseUrl,
    systemDatabasePool: pool,
    systemDatabaseSchemaName: schema,
    applicationName: engineName,
    logger: engineLog(log),
  });
}

/**
 * Puts the unfinished work of an executor back into the queues. It is the engine's internal recovery: the public resume would
 * reset the count of attempts and drop the queue.
 */
export async function recoverWork(executorId: string): Promise<void> {
  const engine = DBOSExecutor.globalInstance;
  if (engine === undefined)
    throw new AppError('UNAVAILABLE', 'The durable engine is not running.', { retryable: true });
  await engine.recoverPendingWorkflows([executorId]);
}

/**
 * The count of attempts means deaths in a row at the same place. A function that has finished a step, or lives while it only
 * waits, has not died of it: without this, a task that waits for days would fail at the third deployment.
 */
export async function forgetDeaths(pool: pg.Pool, executorId: string, id?: string): Promise<void> {
  await pool.query(
    `update ${schema}.workflow_status set recovery_attempts = 1
     where status = 'PENDING' and executor_id = $1 and recovery_attempts > 1 and ($2::text is null or workflow_uuid = $2)`,
    [executorId, id ?? null],
  );
}

const errorCode = (error: unknown): number | undefined =>
  typeof error === 'object' && error !== null && 'dbosErrorCode' in error && typeof error.dbosErrorCode === 'number'
    ? error.dbosErrorCode
    : undefined;

/** True when the durable function was cancelled: it must end, not handle this. */
export const isCancellation = (error: unknown): boolean => errorCode(error) === 24;
/** True when another process owns this execution now: this one must stop where it stands. */
export const isFenced = (error: unknown): boolean => errorCode(error) === 5;
/** True when a message was sent to a function that was never started. */
export const isMissing = (error: unknown): boolean => errorCode(error) === 16;
