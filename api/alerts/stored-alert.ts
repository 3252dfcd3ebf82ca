import { z } from 'zod';
import type { IncomingAlert } from './alert.ts';

const texts = z.record(z.string(), z.string());
const time = z.iso.datetime().transform((value) => new Date(value));

/** The inbox row of an alert, as ingest.ts wrote it. */
const storedSchema = z.object({
  source: z.string().min(1),
  groupKey: z.string().nullable(),
  externalUrl: z.string().nullable(),
  truncated: z.number().int(),
  alert: z.object({
    name: z.string().min(1),
    status: z.enum(['FIRING', 'RESOLVED']),
    fingerprint: z.string().min(1),
    severity: z.enum(['CRITICAL', 'HIGH', 'WARNING', 'INFO', 'UNKNOWN']),
    labels: texts,
    annotations: texts,
    generatorUrl: z.string().nullable(),
    startsAt: time,
    endsAt: time.nullable(),
  }),
});

/** One alert of a batch, with what its delivery said about it. */
export interface StoredAlert {
  readonly inboxId: string;
  readonly source: string;
  readonly groupKey: string | null;
  readonly externalUrl: string | null;
  readonly truncated: number;
  readonly alert: IncomingAlert;
}

/** Reads one row; a reason when it cannot be read. */
export function readStored(row: { readonly id: string; readonly payload: unknown }): StoredAlert | string {
  const parsed = storedSchema.safeParse(row.payload);
  if (!parsed.success) return `unreadable at ${parsed.error.issues[0]?.path.join('.') ?? 'the row'}`;
  return { inboxId: row.id, ...parsed.data };
}
