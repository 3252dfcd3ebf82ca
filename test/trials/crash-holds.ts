import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Database } from './database.ts';

/** Locks the effect rows of these systems: a process that wants to record an end waits. */
export async function lockEffects(database: Database, systems: readonly string[]) {
  const client = await database.pool.connect();
  await client.query('begin');
  const { rows } = await client.query('select pg_backend_pid() as pid');
  const pid = z.array(z.object({ pid: z.number() })).parse(rows)[0]?.pid ?? 0;
  await client.query(
    `select e.id from "Effect" e join "Task" t on t.id = e."taskId" join "Incident" i on i.id = t."incidentId"
       join "System" s on s.id = i."systemId" where s.name = any($1) for update of e`,
    [[...systems]],
  );
  return {
    /** Lets go. Statements of dead processes that wait for the rows end with their processes. */
    async release(databaseLives: boolean, deadSessions: readonly string[]): Promise<void> {
      if (databaseLives) {
        await database.pool.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
            where $1 = any(pg_blocking_pids(pid)) and application_name = any($2)`,
          [pid, [...deadSessions]],
        );
        await client.query('rollback');
      }
      client.release(!databaseLives);
    },
  };
}

/** Makes the runner unable to say anything about these processes. Answers how to undo it. */
export async function corruptState(processesHome: string, names: readonly string[]): Promise<() => Promise<void>> {
  const files = names.map((name) => path.join(processesHome, 'processes', `${name}.json`));
  const kept = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  await Promise.all(files.map((file) => writeFile(file, 'unreadable')));
  return async () => {
    await Promise.all(files.map((file, i) => writeFile(file, kept[i] ?? '')));
  };
}
