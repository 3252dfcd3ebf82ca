import { z } from 'zod';
import { canonicalJson, sha256Hex } from '../../lib/canonical-json.ts';
import type { Severity } from '../incidents/severity-rules.ts';

/** The one shape every alert source is turned into. An episode is one firing: fingerprint and start. */
export interface IncomingAlert {
  readonly name: string;
  readonly status: 'FIRING' | 'RESOLVED';
  readonly fingerprint: string;
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly generatorUrl: string | null;
  readonly startsAt: Date;
  /** Null while it fires: sources write year 1 for "not ended". */
  readonly endsAt: Date | null;
}

/** A well-formed alert, or why it is kept aside. */
export type AlertParse =
  | { readonly ok: true; readonly alert: IncomingAlert }
  | { readonly ok: false; readonly reason: string };

/** Sizes one alert must keep; longer annotations are cut, anything else over a limit is odd. */
export const alertLimits = {
  labels: 64,
  labelName: 256,
  labelValue: 2_048,
  name: 256,
  annotations: 64,
  annotation: 4_096,
  fingerprint: 128,
  url: 2_048,
} as const;

const earliest = Date.UTC(2000, 0, 1);
const aheadMs = 24 * 3_600_000;

const severities: Readonly<Record<string, Severity>> = {
  critical: 'CRITICAL',
  page: 'CRITICAL',
  fatal: 'CRITICAL',
  high: 'HIGH',
  error: 'HIGH',
  major: 'HIGH',
  warning: 'WARNING',
  warn: 'WARNING',
  minor: 'WARNING',
  info: 'INFO',
  none: 'INFO',
  debug: 'INFO',
};

/** Severity as the source wrote it; a word nobody knows is UNKNOWN and treated like a warning. */
export function severityOf(text: string | null | undefined): Severity {
  const word = (text ?? '').trim().toLowerCase();
  return Object.hasOwn(severities, word) ? (severities[word] ?? 'UNKNOWN') : 'UNKNOWN';
}

/** Identity of a condition when the source gives none: a hash of its labels. */
export function fingerprintOf(labels: Readonly<Record<string, string>>): string {
  return sha256Hex(canonicalJson(labels)).slice(0, 16);
}

/** Text that PostgreSQL can keep: no NUL and no half characters. */
export function storable(text: string): string {
  return text.replaceAll('\u0000', '\ufffd').toWellFormed();
}

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform((value) => storable(String(value)));
const words = z.record(z.string(), scalar);
const moment = z.union([z.date(), z.string()]).transform((value) => new Date(value));

const inputSchema = z.object({
  name: z.string().nullish(),
  status: z.enum(['FIRING', 'RESOLVED']),
  fingerprint: z.string().nullish(),
  severity: z.string().nullish(),
  labels: words,
  annotations: z.union([words, z.null()]).optional(),
  generatorUrl: z.string().nullish(),
  startsAt: moment,
  endsAt: moment.nullish(),
});

/** Reads one alert; `now` is database time. Odd but well-formed ones are answered with a reason and never thrown. */
export function parseAlert(input: unknown, now: Date): AlertParse {
  const parsed = inputSchema.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return odd(`malformed at ${issue?.path.join('.') || 'the alert'}: ${issue?.message ?? 'unknown'}`);
  }
  const raw = parsed.data;
  const labels = Object.fromEntries(Object.entries(raw.labels).map(([key, value]) => [storable(key), value]));
  const name = storable(raw.name?.trim() || labels.alertname?.trim() || '');
  const oddity = firstOddity(labels, name, raw.fingerprint ?? '', raw.startsAt, now);
  if (oddity !== null) return odd(oddity);
  const url = raw.generatorUrl ?? null;
  const ended = raw.endsAt !== undefined && raw.endsAt !== null && raw.endsAt.getTime() >= earliest ? raw.endsAt : null;
  const fingerprint = storable(raw.fingerprint?.trim() ?? '');
  return {
    ok: true,
    alert: {
      name,
      status: raw.status,
      fingerprint: fingerprint === '' ? fingerprintOf(labels) : fingerprint,
      severity: severityOf(raw.severity ?? labels.severity),
      labels,
      annotations: cutAnnotations(raw.annotations ?? {}),
      generatorUrl: url !== null && url.length <= alertLimits.url ? storable(url) : null,
      startsAt: raw.startsAt,
      endsAt: raw.status === 'RESOLVED' ? ended : null,
    },
  };
}

function odd(reason: string): AlertParse {
  return { ok: false, reason: reason.slice(0, 300) };
}

function firstOddity(
  labels: Readonly<Record<string, string>>,
  name: string,
  fingerprint: string,
  startsAt: Date,
  now: Date,
): string | null {
  const entries = Object.entries(labels);
  if (name === '') return 'no alert name';
  if (name.length > alertLimits.name) return `alert name over ${alertLimits.name} characters`;
  if (entries.length > alertLimits.labels) return `more than ${alertLimits.labels} labels`;
  if (entries.some(([key]) => key.length > alertLimits.labelName))
    return `a label name over ${alertLimits.labelName} characters`;
  const long = entries.find(([, value]) => value.length > alertLimits.labelValue);
  if (long !== undefined) return `label ${long[0]} over ${alertLimits.labelValue} characters`;
  if (fingerprint.length > alertLimits.fingerprint) return `fingerprint over ${alertLimits.fingerprint} characters`;
  if (Number.isNaN(startsAt.getTime())) return 'startsAt is no time';
  if (startsAt.getTime() < earliest) return 'startsAt is before the year 2000';
  if (startsAt.getTime() > now.getTime() + aheadMs) return 'startsAt is more than a day ahead';
  return null;
}

function cutAnnotations(annotations: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(annotations).slice(0, alertLimits.annotations);
  return Object.fromEntries(
    kept.map(([key, value]) => [
      storable(key.slice(0, alertLimits.labelName)),
      storable(value.slice(0, alertLimits.annotation)),
    ]),
  );
}
