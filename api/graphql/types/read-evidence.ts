import { z } from 'zod';
import type { Evidence, Finding, HealthCheck, Manual } from '../../db.ts';
import { maySee, readerOf } from '../../knowledge/visibility-rules.ts';
import { Page } from '../connection.ts';
import type { RequestContext } from '../request-context.ts';
import {
  type EvidenceView,
  HealthEvidenceView,
  ManualEvidenceView,
  MetricEvidenceView,
  OtherEvidenceView,
} from './evidence.ts';
import type { Claim } from './finding.ts';

/** A manual without its file. */
export type ManualFacts = Omit<Manual, 'bytes'>;

const healthSchema = z.object({
  system: z.string(),
  state: z.enum(['HEALTHY', 'SLOW', 'UNHEALTHY']),
  statusCode: z.number().int().nullable(),
  latencyMs: z.number().nullable(),
  attempts: z.number().int(),
  message: z.string(),
});
const metricSchema = z.object({
  value: z.number().nullable().catch(null),
  series: z.unknown().transform((series) => series ?? null),
});
const passageSchema = z.object({
  code: z.string(),
  section: z.string(),
  page: z.number().int().nullable().catch(null),
  quote: z.string(),
  score: z.number(),
});
const dataSchema = z.object({ kind: z.string(), reply: z.unknown() });
const claimsSchema = z.array(
  z.object({
    text: z.string(),
    evidenceRefs: z.array(z.number().int()),
    checkPassed: z
      .boolean()
      .nullish()
      .transform((passed) => passed ?? null),
  }),
);
export type MetricFacts = z.infer<typeof metricSchema>;
export type PassageFacts = z.infer<typeof passageSchema>;

/** A stored reply drawn by its kind. What does not have the shape of its kind, or whose system or manual is gone, is shown plainly. */
export async function evidenceView(ctx: RequestContext, row: Evidence): Promise<EvidenceView> {
  const data = dataSchema.safeParse(row.data);
  const plain = new OtherEvidenceView(row);
  if (!data.success) return plain;
  const { kind, reply } = data.data;
  if (kind === 'health') {
    const health = healthSchema.safeParse(reply);
    const reading = health.success ? await readingOf(ctx, row, health.data) : null;
    return reading === null ? plain : new HealthEvidenceView(row, reading);
  }
  if (kind === 'metric') {
    const metric = metricSchema.safeParse(reply);
    return metric.success ? new MetricEvidenceView(row, metric.data) : plain;
  }
  if (kind === 'manual') {
    const passage = passageSchema.safeParse(reply);
    const manual = passage.success ? await ctx.load.manualByCode.load(passage.data.code) : null;
    const visible = manual !== null && maySee(readerOf(ctx.viewer), manual);
    return passage.success && visible ? new ManualEvidenceView(row, manual, passage.data) : plain;
  }
  return plain;
}

async function readingOf(
  ctx: RequestContext,
  row: Evidence,
  health: z.infer<typeof healthSchema>,
): Promise<HealthCheck | null> {
  const { system: name, ...facts } = health;
  const system = await ctx.deps.db.system.findUnique({ where: { name }, select: { id: true } });
  return system === null ? null : { ...facts, id: row.id, systemId: system.id, checkedAt: row.capturedAt };
}

/** The evidence of these [n], in that order; a number nobody stored is left out. */
export async function evidenceOf(
  ctx: RequestContext,
  scope: { readonly taskId: string; readonly incidentId: string | null },
  refs: readonly number[],
): Promise<readonly EvidenceView[]> {
  const { taskId, incidentId } = scope;
  const rows = await ctx.load.evidence.loadMany(refs.map((ref) => ({ taskId, incidentId, ref })));
  const found: Evidence[] = [];
  for (const row of rows) {
    if (row instanceof Error) throw row;
    if (row !== null) found.push(row);
  }
  return Promise.all(found.map((row) => evidenceView(ctx, row)));
}

/** The same page with its rows drawn by kind. */
export async function pageOfEvidence(ctx: RequestContext, page: Page<Evidence>): Promise<Page<EvidenceView>> {
  const edges = await Promise.all(
    page.edges.map(async ({ cursor, node }) => ({ cursor, node: await evidenceView(ctx, node) })),
  );
  return new Page(edges, page.pageInfo, () => page.totalCount);
}

/** Stored claims as they are shown. */
export function claimsOf(stored: unknown): readonly Claim[] {
  const parsed = claimsSchema.safeParse(stored);
  return parsed.success ? parsed.data : [];
}

/** Every [n] a finding cites, once, in rising order. */
export function citedRefs(finding: Finding): readonly number[] {
  const claims = [finding.situation, finding.reasons, finding.against].flatMap(claimsOf);
  return [...new Set(claims.flatMap((claim) => claim.evidenceRefs))].sort((one, other) => one - other);
}
