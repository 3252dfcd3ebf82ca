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

/** One alert of a post that cannot be read: kept aside with its reason, while the others go on. */
export interface MalformedAlert {
  readonly reason: string;
  /** The alert as it came, as JSON, cut. */
  readonly content: string;
}

export type ParsedDelivery =
  | { readonly ok: true; readonly delivery: SourceDelivery; readonly malformed: readonly MalformedAlert[] }
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
      if (parsed.success) return { ok: true, delivery: source.toAlerts(parsed.data), malformed: [] };
      const issue = parsed.error.issues[0];
      const refused = {
        ok: false,
        part: issue?.path.join('.') || 'body',
        problem: issue?.message ?? 'has the wrong shape',
      } as const;
      const aside = setAside(body, parsed.error.issues);
      if (aside === null) return refused;
      const rest = source.payload.safeParse(aside.body);
      if (rest.success) return { ok: true, delivery: source.toAlerts(rest.data), malformed: aside.malformed };
      // A source that needs at least one alert gets none: everything of the post is kept aside.
      return aside.left === 0
        ? { ok: true, delivery: { alerts: [], truncatedAlerts: 0 }, malformed: aside.malformed }
        : refused;
    },
  };
}

const longestContent = 4_000;

/** Takes the alerts a post was refused for out of its list `alerts`; null when something else is wrong with it too. */
function setAside(
  body: unknown,
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): { readonly body: unknown; readonly left: number; readonly malformed: readonly MalformedAlert[] } | null {
  if (typeof body !== 'object' || body === null || !('alerts' in body) || !Array.isArray(body.alerts)) return null;
  const reasons = new Map<number, string>();
  for (const { path, message } of issues) {
    const [list, index, ...inside] = path;
    if (list !== 'alerts' || typeof index !== 'number') return null;
    if (!reasons.has(index)) reasons.set(index, `${inside.map(String).join('.') || 'the alert'}: ${message}`);
  }
  const alerts: readonly unknown[] = body.alerts;
  const kept = alerts.filter((_, index) => !reasons.has(index));
  return {
    body: { ...body, alerts: kept },
    left: kept.length,
    malformed: [...reasons].map(([index, reason]) => ({
      reason: reason.slice(0, 300),
      content: (JSON.stringify(alerts[index]) ?? 'null').slice(0, longestContent).toWellFormed(),
    })),
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
