import { z } from 'zod';
import type { DatabaseReading } from '../ports/database-health.ts';
import { databaseNamed } from './sql.ts';
import { defineReadTool } from './tool.ts';

const args = z.strictObject({
  database: z.string().min(1).max(63),
  longSeconds: z.number().int().min(1).max(86_400),
  idleSeconds: z.number().int().min(1).max(86_400),
});

type Deep<T> = T extends readonly (infer E)[]
  ? Deep<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Deep<T[K]> }
    : T;
/** A server as its own catalogues show it. */
export type DbHealthReading = Deep<DatabaseReading>;

/** Connections, locks, long and slow queries, replication and dead rows of a registered database. */
export const dbHealth = defineReadTool<z.infer<typeof args>, DbHealthReading>({
  name: 'db.health',
  args,
  timeoutMs: 20_000,
  run: async ({ database: name, longSeconds, idleSeconds }, ports, signal) => {
    const database = await databaseNamed(ports, name);
    const reading: DbHealthReading = JSON.parse(
      JSON.stringify(await ports.dbHealth.read(database, { longSeconds, idleSeconds }, signal)),
    );
    const { connections, chains, long, idleInTransaction } = reading;
    const parts = [
      `${connections.used} of ${connections.max} connections`,
      chains.length === 0
        ? 'no blocking'
        : `${chains.length} blocking (${chains.map((one) => `pid ${one.root.pid} holds up ${one.blocked.length}`).join(', ')})`,
      `${long.length} queries over ${longSeconds} s`,
      `${idleInTransaction.length} idle in transaction over ${idleSeconds} s`,
    ];
    return {
      outcome: 'success',
      kind: 'other',
      title: `State of ${name}`,
      asked: `pg_stat_activity, pg_locks, pg_stat_user_tables, pg_stat_replication of ${name}`,
      summary: `${name} (PostgreSQL ${reading.version}): ${parts.join(', ')}`,
      data: reading,
    };
  },
});
