import type { Database } from './sql-source.ts';

/** A session that works or waits. Query texts are redacted and cut. */
export interface BackendFacts {
  readonly pid: number;
  readonly user: string;
  readonly application: string;
  readonly state: string;
  /** As the server writes them, in UTC; together with the pid they name one query of one session. */
  readonly backendStart: string;
  readonly queryStart: string | null;
  readonly query: string;
  readonly queryAgeSeconds: number;
  readonly transactionAgeSeconds: number | null;
  readonly waitsFor: string | null;
}

/** What holds others up: the session at the root of a chain of locks, and everybody behind it. */
export interface BlockingChain {
  readonly root: BackendFacts;
  readonly blocked: readonly (BackendFacts & {
    readonly blockedBy: readonly number[];
    readonly blockedSeconds: number;
  })[];
}

export interface DatabaseReading {
  readonly version: string;
  readonly inRecovery: boolean;
  readonly connections: {
    readonly used: number;
    readonly max: number;
    readonly byState: Readonly<Record<string, number>>;
  };
  readonly long: readonly BackendFacts[];
  readonly idleInTransaction: readonly BackendFacts[];
  readonly chains: readonly BlockingChain[];
  /** Null when pg_stat_statements is not there or not readable. */
  readonly slowStatements:
    | readonly { readonly query: string; readonly calls: number; readonly meanMs: number; readonly totalMs: number }[]
    | null;
  readonly bloat: readonly {
    readonly table: string;
    readonly liveRows: number;
    readonly deadRows: number;
    readonly deadShare: number;
    readonly lastVacuum: string | null;
  }[];
  readonly replicas: readonly {
    readonly name: string;
    readonly state: string;
    readonly lagBytes: number | null;
    readonly lagSeconds: number | null;
  }[];
  readonly slots: readonly { readonly name: string; readonly active: boolean; readonly retainedBytes: number | null }[];
  readonly oldestTransactionSeconds: number | null;
}

/** One query of one session. */
export interface BackendRef {
  readonly pid: number;
  readonly backendStart: string;
  readonly queryStart: string | null;
}

/**
 * Looks into a PostgreSQL server through its catalogues, and ends sessions. Reading uses `monitorConnection` (or `connection`) of a database, ending its
 * `adminConnection`. Errors are AppError as with sql-source. Both may be called twice: ending names one query of one session, and what has ended cannot be ended again.
 */
export interface DatabaseHealth {
  read(
    database: Database,
    limits: { readonly longSeconds: number; readonly idleSeconds: number },
    signal: AbortSignal,
  ): Promise<DatabaseReading>;
  /** Null when no such session is there. */
  backend(database: Database, pid: number, signal: AbortSignal): Promise<BackendFacts | null>;
  /** Cancels the query or ends the session, when it still is that query; otherwise it is not accepted and nothing was done. */
  end(
    database: Database,
    kind: 'cancel' | 'terminate',
    ref: BackendRef,
    signal: AbortSignal,
  ): Promise<{ readonly accepted: boolean; readonly answer: string }>;
}
