import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { z } from 'zod';
import { parseAlert } from '../../alerts/alert.ts';
import { ingestAlerts } from '../../alerts/ingest.ts';
import { alertGroupsWhere } from '../filters.ts';
import { oneWhere } from '../find-one.ts';
import { listAlertGroups, listQuarantined } from '../lists.ts';
import { keySchema, mutate, parseInput, userErrorsOf } from '../mutate.ts';
import { need, needKey, type RequestContext } from '../request-context.ts';
import { AlertGroupView } from '../types/alert.ts';
import { AlertGroupFilter, AlertsIngestInput } from '../types/alert-inputs.ts';
import { AlertsIngestPayload } from '../types/alert-payloads.ts';
import { AlertGroupConnection, QuarantinedAlertConnection } from '../types/connections.ts';
import { viewOrNull } from '../types/view.ts';

const ingestSchema = z.object({
  source: z.string(),
  groupKey: z.string().max(4_000).nullish(),
  externalUrl: z.string().nullish(),
  truncatedAlerts: z.number().int().min(0).nullish(),
  idempotencyKey: keySchema,
});
const shownGroups = 100;

/** Alerts and the groups they travel in. */
@Resolver()
export class AlertResolver {
  @Query(() => AlertGroupView, { nullable: true })
  async alertGroup(
    @Ctx() ctx: RequestContext,
    @Arg('id', () => ID, { nullable: true }) id: string | null,
    @Arg('number', () => String, { nullable: true }) number: string | null,
  ): Promise<AlertGroupView | null> {
    need(ctx, 'INCIDENT_READ');
    const where = oneWhere('AlertGroup', id, number);
    return viewOrNull(where === null ? null : await ctx.deps.db.alertGroup.findUnique({ where }), AlertGroupView);
  }

  @Query(() => AlertGroupConnection)
  async alertGroups(
    @Ctx() ctx: RequestContext,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('before', () => String, { nullable: true }) before: string | null,
    @Arg('filter', () => AlertGroupFilter, { nullable: true }) filter: AlertGroupFilter | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('last', () => Int, { nullable: true }) last: number | null,
  ): Promise<AlertGroupConnection> {
    need(ctx, 'INCIDENT_READ');
    return listAlertGroups(ctx, { after, before, first, last }, alertGroupsWhere(filter));
  }

  @Query(() => QuarantinedAlertConnection, { description: 'Alerts that were kept aside, with the reason.' })
  async alertsQuarantined(
    @Ctx() ctx: RequestContext,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
  ): Promise<QuarantinedAlertConnection> {
    need(ctx, 'INCIDENT_READ');
    return listQuarantined(ctx, { after, first });
  }

  /**
   * Each alert is single by its own identity (source, fingerprint, start, status), which is stronger than the delivery's key: a key
   * that comes with other alerts than before must not make them disappear.
   */
  @Mutation(() => AlertsIngestPayload)
  alertsIngest(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => AlertsIngestInput) input: AlertsIngestInput,
  ): Promise<AlertsIngestPayload> {
    const empty = Object.assign(new AlertsIngestPayload(), { accepted: 0, duplicates: 0, quarantined: 0 });
    const { alerts, malformed, ...envelope } = input;
    const told = { ...envelope, alerts: alerts.length, malformed: malformed?.length ?? 0 };
    return mutate<AlertsIngestPayload>(ctx, { operation: 'alertsIngest', input: told, empty }, async () => {
      needKey(ctx, 'ALERT_INGEST');
      const { source, groupKey, externalUrl, truncatedAlerts } = parseInput(ingestSchema, envelope);
      const plain = alerts.map((alert) => ({
        ...alert,
        startsAt: alert.startsAt.toISOString(),
        endsAt: alert.endsAt?.toISOString() ?? null,
      }));
      const by = { ...ctx.viewer, permissions: ctx.viewer.keyPermissions };
      const counts = await ingestAlerts(ctx.deps, by, {
        source,
        alerts: plain,
        groupKey: groupKey ?? null,
        externalUrl: externalUrl ?? null,
        truncatedAlerts: truncatedAlerts ?? 0,
        malformed: malformed ?? [],
      });
      return Object.assign(new AlertsIngestPayload(), counts, {
        userErrors: userErrorsOf([]),
        groups: () => groupsOf(ctx, source, plain),
      });
    });
  }
}

/** Groups the delivered alerts are in already; alerts that were just accepted get theirs a moment later. */
async function groupsOf(ctx: RequestContext, source: string, alerts: readonly unknown[]): Promise<AlertGroupView[]> {
  const now = new Date();
  const fingerprints = alerts.slice(0, 1_000).flatMap((raw) => {
    const parsed = parseAlert(raw, now);
    return parsed.ok ? [parsed.alert.fingerprint] : [];
  });
  if (fingerprints.length === 0) return [];
  const rows = await ctx.deps.db.alertGroup.findMany({
    where: { source, alerts: { some: { source, fingerprint: { in: [...new Set(fingerprints)] } } } },
    orderBy: { number: 'desc' },
    take: shownGroups,
  });
  return rows.map((row) => new AlertGroupView(row));
}
