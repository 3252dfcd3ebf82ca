import { z } from 'zod';
import type { Database } from './sql-source.ts';

const name = z.string().regex(/^[a-z0-9]([-a-z0-9_]{0,61}[a-z0-9])?$/, 'must be a short lower-case name');
const text = (max: number) => z.string().trim().min(1).max(max);

/** Where the logs of a system are read: a selector in Loki, or files below an allowed folder. */
export const logSourceSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('loki'),
    name,
    selector: text(1_000).regex(/^\{[^{}]+\}$/, 'must be a stream selector: {app="x"}'),
  }),
  z.strictObject({
    kind: z.literal('files'),
    name,
    /** Zone of times that name none. */
    timeZone: text(60).default('UTC'),
    pattern: text(300).regex(/^[^/\\][^\\]*$/, 'must be a path below the log folder'),
  }),
]);
export type LogSource = z.infer<typeof logSourceSchema>;

/** A scheduled job, and where it can be seen that it ran. */
export const jobSchema = z.strictObject({
  name,
  cron: text(120),
  timeZone: text(60).default('Asia/Seoul'),
  /** How long after its time a run may begin. */
  graceMinutes: z.number().min(0).max(1_440).default(10),
  evidence: z.discriminatedUnion('kind', [
    /** Lines of a log source: each match of `started` is a run; `failed` within the run marks it as failed. */
    z.strictObject({ kind: z.literal('log'), source: name, contains: text(300), failed: text(300).optional() }),
    /** A table with one row per run. */
    z.strictObject({
      kind: z.literal('table'),
      database: name,
      table: text(200),
      startedColumn: text(120),
      statusColumn: text(120).optional(),
      okValues: z.array(text(60)).max(20).default(['ok', 'success', 'succeeded', 'done']),
      jobColumn: text(120).optional(),
    }),
  ]),
});
export type Job = z.infer<typeof jobSchema>;

/** A thing of a system, with the system's name. */
export type Owned<T> = T & { readonly system: string };

/** What is registered with the systems of the record, read afresh at every call. An entry that does not fit its schema is left out. */
export interface SourceRegistry {
  database(name: string): Promise<Owned<Database> | null>;
  databases(): Promise<readonly Owned<Database>[]>;
  logSources(): Promise<readonly Owned<LogSource>[]>;
  jobs(): Promise<readonly Owned<Job>[]>;
}
