import { z } from 'zod';
import { databaseNamed } from './sql.ts';
import type { ActionTool } from './tool.ts';
import { defineActionTool } from './tool.ts';

const args = z.strictObject({
  database: z.string().min(1).max(63),
  pid: z.number().int().min(1),
  /** Which query of which session, as it was seen; what runs there later is somebody else's. */
  backendStart: z.string().min(1).max(60),
  queryStart: z.string().max(60).nullable(),
  /** What it was doing, for the card. */
  query: z.string().max(400),
  user: z.string().max(120),
});
export type BackendEndArgs = z.infer<typeof args>;

function endBackend(kind: 'cancel' | 'terminate'): ActionTool<BackendEndArgs> {
  const call = kind === 'cancel' ? 'pg_cancel_backend' : 'pg_terminate_backend';
  return defineActionTool<BackendEndArgs>({
    name: `db.${kind}`,
    args,
    // A cancelled query may be asked again; a session that is ended loses its transaction and its connection.
    risk: kind === 'cancel' ? 'medium' : 'high',
    timeoutMs: 10_000,
    // It names one query of one session: what has ended cannot be ended again.
    honoursKey: true,
    describe: ({ database, pid, query, user }) => ({
      title:
        kind === 'cancel'
          ? `Cancel the query of pid ${pid} on ${database}`
          : `End the session of pid ${pid} on ${database}`,
      target: `backend/${database}/${pid}`,
      command: `select ${call}(${pid}); -- ${user}: ${query}`,
      effect:
        kind === 'cancel'
          ? `The running query of ${user} ends with an error and its statement is rolled back; the session stays`
          : `The session of ${user} ends, its open transaction is rolled back and its locks are released`,
      undo: null,
      diff: null,
      estimatedMs: 1_000,
    }),
    precondition: async ({ database, pid }, ports, signal) => {
      const found = await ports.dbHealth.backend(await databaseNamed(ports, database), pid, signal);
      return { backendStart: found?.backendStart ?? null, queryStart: found?.queryStart ?? null };
    },
    perform: async ({ database, pid, backendStart, queryStart }, _key, ports, signal) =>
      ports.dbHealth.end(await databaseNamed(ports, database), kind, { pid, backendStart, queryStart }, signal),
    check: async ({ database, pid, backendStart, queryStart }, _key, ports, signal) => {
      const found = await ports.dbHealth.backend(await databaseNamed(ports, database), pid, signal);
      const same =
        found !== null &&
        found.backendStart === backendStart &&
        (kind === 'terminate' || (found.queryStart === queryStart && found.state === 'active'));
      return same ? 'not_arrived' : 'arrived';
    },
  });
}

/** Cancels one query of one session. */
export const backendCancel = endBackend('cancel');
/** Ends one session. */
export const backendTerminate = endBackend('terminate');
