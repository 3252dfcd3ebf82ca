import { parse } from 'yaml';
import { z } from 'zod';
import { parseDuration } from '../../lib/duration.ts';
import type { FlapRules } from './flap-rules.ts';
import type { InhibitionRule } from './stages/inhibit.ts';
import type { StormRules } from './storm-state.ts';

/** How alerts are grouped, held, muted and folded. Everything has a default; a file changes what it names. */
export interface AlertSettings {
  readonly grouping: {
    /** Labels that name the affected thing, in order of preference. */
    readonly systemLabels: readonly string[];
    /** Labels besides the alert's name that separate groups of one system. */
    readonly labels: readonly string[];
    /** Joins the open incident of a system that the affected one depends on, when it began within that time. */
    readonly joinUpstreamMs: number;
  };
  /** A group that resolves within this time is never told. */
  readonly pendingMs: number;
  readonly flapping: FlapRules;
  readonly inhibition: readonly InhibitionRule[];
  readonly storm: StormRules;
  /** An alert that still fires that long after its incident was closed by a verified fix opens it again. */
  readonly stillFiringMs: number;
}

const duration = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .refine((text) => parseDuration(text) !== null, 'must be an ISO 8601 duration, for example PT15M')
    .transform((text) => parseDuration(text) ?? 0);
const labelName = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'is not the name of a label');
const matcher = z.union([
  z.string().transform((value) => ({ value, isRegex: false })),
  z.strictObject({ regex: z.string().max(1_000) }).transform(({ regex }) => ({ value: regex, isRegex: true })),
]);
const matcherMap = z
  .record(labelName, matcher)
  .refine((map) => Object.keys(map).length > 0, 'needs at least one label')
  .transform((map) => Object.entries(map).map(([name, one]) => ({ name, ...one, isEqual: true })));

const schema = z.strictObject({
  grouping: z
    .strictObject({
      systemLabels: z
        .array(labelName)
        .min(1)
        .max(20)
        .default(['system', 'service', 'app', 'job', 'deployment', 'instance']),
      labels: z.array(labelName).max(10).default([]),
      joinUpstream: duration('PT30M'),
    })
    .prefault({}),
  pending: duration('PT0S'),
  flapping: z
    .strictObject({
      restarts: z.number().int().min(1).max(50).default(2),
      within: duration('PT15M'),
      hold: duration('PT5M'),
      longestHold: duration('PT1H'),
    })
    .prefault({}),
  inhibition: z
    .array(z.strictObject({ source: matcherMap, target: matcherMap, equal: z.array(labelName).max(20).default([]) }))
    .max(200)
    .default([]),
  storm: z
    .strictObject({
      groups: z.number().int().min(2).max(1_000).default(10),
      within: duration('PT1M'),
      ownThreads: z.number().int().min(0).max(10).default(3),
      quiet: duration('PT10M'),
    })
    .prefault({}),
  stillFiring: duration('PT10M'),
});

/** What the product does when no file is given. */
export const usualSettings: AlertSettings = toSettings(schema.parse({}));

/** Reads settings from YAML; throws a sentence that names every wrong part. */
export function readAlertSettings(yaml: string): AlertSettings {
  const parsed = schema.safeParse(parse(yaml) ?? {});
  if (parsed.success) return toSettings(parsed.data);
  const problems = parsed.error.issues.map((issue) => `  ${issue.path.join('.') || 'the file'}: ${issue.message}`);
  throw new Error(`The alert settings cannot be used:\n${problems.join('\n')}`);
}

function toSettings(read: z.output<typeof schema>): AlertSettings {
  const { grouping, flapping, storm } = read;
  return {
    grouping: {
      systemLabels: grouping.systemLabels,
      labels: grouping.labels,
      joinUpstreamMs: grouping.joinUpstream,
    },
    pendingMs: read.pending,
    flapping: {
      restarts: flapping.restarts,
      withinMs: flapping.within,
      holdMs: flapping.hold,
      longestHoldMs: flapping.longestHold,
    },
    inhibition: read.inhibition,
    storm: {
      groups: storm.groups,
      withinMs: storm.within,
      ownThreads: storm.ownThreads,
      quietMs: storm.quiet,
    },
    stillFiringMs: read.stillFiring,
  };
}
