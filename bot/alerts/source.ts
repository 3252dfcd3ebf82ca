import { z } from 'zod';

/** One alert in the shape the api takes. */
export interface SourceAlert {
  readonly name: string;
  readonly status: 'FIRING' | 'RESOLVED';
  readonly severity?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt?: string;
  readonly generatorUrl?: string;
  readonly fingerprint?: string;
}

/** One delivery of a source, in our own words. */
export interface SourceDelivery {
  readonly alerts: readonly SourceAlert[];
  readonly groupKey?: string;
  readonly receiver?: string;
  readonly externalUrl?: string;
  /** How many alerts the sender says it left out. */
  readonly truncatedAlerts: number;
}

export type ParsedDelivery =
  | { readonly ok: true; readonly delivery: SourceDelivery }
  /** The part that is wrong, for the sender's log. */
  | { readonly ok: false; readonly part: string; readonly problem: string };

/** One alert source: it parses, nothing else. The file is named after it. */
export interface AlertSource {
  readonly name: string;
  /** A real delivery below examples/, used by the tests of every source. */
  readonly example: string;
  readonly parse: (body: unknown) => ParsedDelivery;
}

/** Makes a source of a schema of what it sends and a function that turns it into alerts. */
export function defineSource<Payload>(source: {
  readonly name: string;
  readonly example: string;
  readonly payload: z.ZodType<Payload>;
  readonly toAlerts: (payload: Payload) => SourceDelivery;
}): AlertSource {
  return {
    name: source.name,
    example: source.example,
    parse: (body) => {
      const parsed = source.payload.safeParse(body);
      if (parsed.success) return { ok: true, delivery: source.toAlerts(parsed.data) };
      const issue = parsed.error.issues[0];
      return { ok: false, part: issue?.path.join('.') || 'body', problem: issue?.message ?? 'has the wrong shape' };
    },
  };
}

/** A moment as senders write it; the answer is UTC with Z. */
export const moment = z
  .string()
  .max(64)
  .refine((text) => !Number.isNaN(Date.parse(text)), 'is not a date')
  .transform((text) => new Date(text).toISOString());

/** Labels and annotations: texts by name; a number or truth value is taken as text. */
export const textMap = z
  .record(z.string().max(1_000), z.union([z.string(), z.number(), z.boolean()]))
  .transform((map) => Object.fromEntries(Object.entries(map).map(([key, value]) => [key, String(value)])));

/** An absolute web address, or nothing: a strange one must not refuse the alert. */
export const webAddress = z
  .string()
  .nullish()
  .transform((text) => {
    const url = text ? URL.parse(text) : null;
    return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') ? url.href : undefined;
  });
