import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { databaseNamed } from './sql.ts';
import { defineReadTool } from './tool.ts';

const args = z.strictObject({
  database: z.string().min(1).max(63),
  pid: z.number().int().min(1),
  /** Looks again until it is another query or gone, or this much time has passed; for the check after a change. */
  until: z
    .strictObject({
      backendStart: z.string(),
      queryStart: z.string().nullable(),
      kind: z.enum(['cancel', 'terminate']),
      waitMs: z.number().int().min(0).max(10_000),
    })
    .nullable(),
});

/** A session as it is now. */
export type BackendReading = {
  readonly present: boolean;
  readonly same: boolean;
  readonly user: string;
  readonly application: string;
  readonly state: string;
  readonly backendStart: string;
  readonly queryStart: string | null;
  readonly query: string;
  readonly queryAgeSeconds: number;
};

/** One session of a registered database, by its pid. */
export const backendRead = defineReadTool<z.infer<typeof args>, BackendReading>({
  name: 'db.backend',
  args,
  timeoutMs: 20_000,
  run: async ({ database: name, pid, until }, ports, signal) => {
    const database = await databaseNamed(ports, name);
    const end = performance.now() + (until?.waitMs ?? 0);
    for (;;) {
      const found = await ports.dbHealth.backend(database, pid, signal);
      const same =
        found !== null &&
        until !== null &&
        found.backendStart === until.backendStart &&
        (until.kind === 'terminate' ||
          (found.queryStart === until.queryStart &&
            found.state !== 'idle' &&
            found.state !== 'idle in transaction (aborted)'));
      if (same && performance.now() < end) {
        await pause(200, undefined, { signal });
        continue;
      }
      const facts =
        found === null ? null : `${found.user}, ${found.state}, query for ${found.queryAgeSeconds} s: ${found.query}`;
      return {
        outcome: 'success',
        kind: 'other',
        title: `Session ${pid} of ${name}`,
        asked: `pg_stat_activity of pid ${pid} in ${name}`,
        summary: `pid ${pid}: ${facts ?? 'no such session'}`.slice(0, 400),
        data: {
          present: found !== null,
          same,
          user: found?.user ?? '',
          application: found?.application ?? '',
          state: found?.state ?? '',
          backendStart: found?.backendStart ?? '',
          queryStart: found?.queryStart ?? null,
          query: found?.query ?? '',
          queryAgeSeconds: found?.queryAgeSeconds ?? 0,
        },
      };
    }
  },
});
