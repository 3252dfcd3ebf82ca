import { randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { AppError } from '../lib/errors.ts';
import { type Prisma, PrismaClient } from '../prisma/generated/client.ts';

export * from '../prisma/generated/client.ts';

/** The record, outside a transaction. */
export type Db = PrismaClient;
/** The record inside one transaction. */
export type Tx = Prisma.TransactionClient;

/** How the database is reached. Sizes are set on purpose: four processes must stay below the server's connection limit. */
export interface DbOptions {
  readonly poolSize?: number;
  readonly statementTimeoutMs?: number;
  /** Shown in pg_stat_activity; pass the same one to createDurable, so that a frozen process loses all its sessions. */
  readonly program?: string;
}

/** The open record and how to close it. */
export interface DbHandle {
  readonly db: Db;
  readonly close: () => Promise<void>;
}

const connectTimeoutMs = 2_000;
const processId = randomUUID().slice(0, 8);

/** The name every session of this process carries: no other process has it, so its sessions can be ended from outside. */
export function sessionName(program: string): string {
  return `${program.slice(0, 50)}/${processId}`;
}

/** Settings of a pool of our own: bounded in size, in waiting, in statements and in forgotten transactions. */
function poolSettings(databaseUrl: string, options: DbOptions): pg.PoolConfig {
  const statementTimeoutMs = options.statementTimeoutMs ?? 15_000;
  return {
    connectionString: databaseUrl,
    max: options.poolSize ?? 10,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: 30_000,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + 1_000,
    idle_in_transaction_session_timeout: 10_000,
    keepAlive: true,
    application_name: sessionName(options.program ?? 'api'),
  };
}

/** A plain pool for what Prisma cannot do (LISTEN, advisory locks, another schema); a broken idle session is dropped, not thrown. */
export function createPool(databaseUrl: string, options: DbOptions): pg.Pool {
  const pool = new pg.Pool(poolSettings(databaseUrl, options));
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

const isClient = (value: unknown): value is PrismaClient =>
  typeof value === 'object' && value !== null && '$transaction' in value;

/** Opens the record. Nothing is connected before the first query; while PostgreSQL is away each call fails with UNAVAILABLE in about two seconds. */
export function createDb(databaseUrl: string, options: DbOptions = {}): DbHandle {
  const pool = createPool(databaseUrl, options);
  const base = new PrismaClient({
    adapter: new PrismaPg(pool, { onConnectionError: () => undefined }),
    errorFormat: 'minimal',
    transactionOptions: { maxWait: connectTimeoutMs, timeout: 10_000 },
  });
  const translated = base.$extends({
    query: {
      $allOperations: async ({ args, query }) => {
        try {
          return await query(args);
        } catch (error) {
          throw translateDatabaseError(error);
        }
      },
    },
  });
  // Opening and committing a transaction are no operations of a model, so they are translated here.
  const db: unknown = new Proxy(translated, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name !== '$transaction' || typeof value !== 'function') return value;
      return (...input: unknown[]) =>
        Promise.resolve(Reflect.apply(value, target, input)).catch((error: unknown) => {
          throw translateDatabaseError(error);
        });
    },
  });
  if (!isClient(db)) throw new AppError('INTERNAL', 'The database client has an unknown shape.');
  return {
    db,
    close: async () => {
      await base.$disconnect();
      await pool.end();
    },
  };
}

/**
 * Why a statement failed, as far as the caller can do something about it. `connection` is a server that cannot be reached or is too
 * slow for our limits (a statement or a transaction that ran out of time was rolled back): nothing was kept, and later may be better.
 */
export type DatabaseFault = 'connection' | 'conflict' | 'duplicate' | 'other';

const connectionCodes =
  /^(08...|57P0[1-3]|57014|53300|25P03|P1001|P1002|P1008|P1017|P2024|P2028|P2037|ECONN.*|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/;
const connectionWords =
  /connection terminated|timeout exceeded when trying to connect|connection error and is not queryable|query read timeout|unable to start a transaction in the given time|cannot use a pool after|server closed the connection|DatabaseNotReachable|ConnectionClosed|SocketTimeout|TooManyConnections/i;

function* faultSigns(error: unknown, depth = 0): Generator<string> {
  if (typeof error !== 'object' || error === null || depth > 4) return;
  if ('code' in error && typeof error.code === 'string') yield error.code;
  if ('originalCode' in error && typeof error.originalCode === 'string') yield error.originalCode;
  if ('kind' in error && typeof error.kind === 'string') yield error.kind;
  if ('message' in error && typeof error.message === 'string') yield error.message;
  if ('meta' in error) yield* faultSigns(error.meta, depth + 1);
  if ('driverAdapterError' in error) yield* faultSigns(error.driverAdapterError, depth + 1);
  if ('cause' in error) yield* faultSigns(error.cause, depth + 1);
}

/** Sorts an error of the database, however deep the driver has wrapped it. */
export function databaseFault(error: unknown): DatabaseFault {
  const signs = [...faultSigns(error)];
  if (signs.some((sign) => ['40001', '40P01', 'P2034', 'TransactionWriteConflict'].includes(sign))) return 'conflict';
  if (signs.some((sign) => ['23505', 'P2002', 'UniqueConstraintViolation'].includes(sign))) return 'duplicate';
  if (signs.some((sign) => connectionCodes.test(sign) || connectionWords.test(sign))) return 'connection';
  return 'other';
}

/** Our own database is away, and nothing else: what a step may wait out, unlike a system that does not answer. */
export class DatabaseAway extends AppError {
  constructor(cause: unknown) {
    super('UNAVAILABLE', 'The database cannot be reached now.', { cause, retryable: true });
  }
}

/** A database that cannot be reached becomes UNAVAILABLE; every other error is passed on as it is. */
export function translateDatabaseError(error: unknown): unknown {
  if (error instanceof AppError || databaseFault(error) !== 'connection') return error;
  return new DatabaseAway(error);
}

/** Limits of one transaction. */
export interface TransactionOptions {
  readonly timeoutMs?: number;
  readonly attempts?: number;
  readonly isolationLevel?: Prisma.TransactionIsolationLevel;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Runs `fn` in one transaction. Conflicts between writers are repeated, and so are lost connections as long as the commit was not
 * attempted: after that nobody knows whether it happened, and the caller's key has to tell.
 */
export async function inTransaction<T>(
  db: Db,
  fn: (tx: Tx) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  const attempts = options.attempts ?? 4;
  const begun = performance.now();
  for (let attempt = 1; ; attempt++) {
    let committing = false;
    try {
      return await db.$transaction(
        async (tx) => {
          const result = await fn(tx);
          committing = true;
          return result;
        },
        {
          maxWait: connectTimeoutMs,
          timeout: options.timeoutMs ?? 10_000,
          ...(options.isolationLevel === undefined ? {} : { isolationLevel: options.isolationLevel }),
        },
      );
    } catch (error) {
      const fault = databaseFault(error);
      // A connection that broke is replaced at once; a server that stays away is reported within the caller's patience.
      const again = fault === 'connection' && !committing && attempt === 1 && performance.now() - begun < 400;
      const repeatable = fault === 'conflict' || again;
      if (!repeatable || attempt >= attempts) throw translateDatabaseError(error);
      await pause(10 * 2 ** attempt);
    }
  }
}

/** The time that decides expiry and claims: the database's, at this statement. */
export async function databaseNow(tx: Tx): Promise<Date> {
  const rows = await tx.$queryRaw<{ now: Date }[]>`select clock_timestamp() as now`;
  const now = rows[0]?.now;
  if (now === undefined) throw new AppError('INTERNAL', 'The database did not tell the time.');
  return now;
}
