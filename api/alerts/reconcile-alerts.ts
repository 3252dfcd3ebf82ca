import { databaseNow } from '../db.ts';
import { automation } from '../incidents/by.ts';
import type { ReconcileDeps } from './deps.ts';
import { ingestAlerts } from './ingest.ts';
import { planAlerts } from './silence-rules.ts';

const callMs = 10_000;
const mostAlerts = 100_000;
const source = 'alertmanager';

/**
 * Takes in alerts whose webhook never came, or was left out of a cut group, and ends those that stopped while they were muted, since
 * nothing is sent then. Alerts of closed incidents that still fire are marked as seen. Answers how many differences there were.
 */
export async function reconcileAlerts(deps: ReconcileDeps): Promise<number> {
  const since = await deps.manager.runningSince(AbortSignal.timeout(callMs));
  const listed = await deps.manager.alerts(AbortSignal.timeout(callMs));
  const now = await databaseNow(deps.db);
  const theirs = listed.filter((one) => deps.receiver === null || one.receivers.includes(deps.receiver));
  const ours = await deps.db.alert.findMany({
    where: { source, status: 'FIRING' },
    select: { id: true, fingerprint: true, startsAt: true, receivedAt: true, name: true, labels: true },
    take: mostAlerts,
  });
  const plan = planAlerts(
    ours,
    theirs.map((one) => ({ ...one, inhibited: one.inhibitedBy.length > 0 })),
    { now, graceMs: deps.graceMs, complete: now.getTime() - since.getTime() >= deps.restartGraceMs },
  );
  const missed = await unknownOf(deps, plan.missed);
  const ended = plan.ended.flatMap((one) => ours.filter((row) => row.id === one.id));
  if (missed.length > 0 || ended.length > 0)
    await ingestAlerts(deps, automation('alertmanager', 'reconcile'), {
      source,
      externalUrl: deps.manager.url,
      alerts: [
        ...missed.map((one) => ({
          name: one.labels.alertname ?? 'unnamed',
          status: 'FIRING' as const,
          fingerprint: one.fingerprint,
          severity: one.labels.severity ?? null,
          labels: one.labels,
          annotations: one.annotations,
          generatorUrl: one.generatorUrl,
          startsAt: one.startsAt,
        })),
        ...ended.map((one) => ({
          name: one.name,
          status: 'RESOLVED' as const,
          fingerprint: one.fingerprint,
          labels: one.labels,
          startsAt: one.startsAt,
          endsAt: now,
        })),
      ],
    });
  if (missed.length > 0) deps.metrics.onDifference('alert_missed', missed.length);
  if (ended.length > 0) deps.metrics.onDifference('alert_ended', ended.length);
  if (plan.confirmed.length > 0)
    await deps.db.$executeRaw`
      update "Alert" a set "updatedAt" = clock_timestamp()
      from "AlertGroup" g join "Incident" i on i."id" = g."incidentId"
      where a."id" = any(${plan.confirmed.map((one) => one.id)}::uuid[]) and g."id" = a."groupId" and i."status" = 'RESOLVED'`;
  return missed.length + ended.length;
}

/** Episodes the record has in any state are no news: one that has ended here ends there a moment later. */
async function unknownOf<T extends { readonly fingerprint: string; readonly startsAt: Date }>(
  deps: ReconcileDeps,
  missed: readonly T[],
): Promise<readonly T[]> {
  if (missed.length === 0) return [];
  const keys = missed.map(({ fingerprint, startsAt }) => ({ fingerprint, startsAt }));
  const rows = await deps.db.$queryRaw<{ fingerprint: string; startsAt: Date }[]>`
    select a."fingerprint", a."startsAt" from jsonb_to_recordset(${JSON.stringify(keys)}::jsonb)
      as k("fingerprint" text, "startsAt" timestamptz)
    join "Alert" a on a."source" = ${source} and a."fingerprint" = k."fingerprint" and a."startsAt" = k."startsAt"`;
  const known = new Set(rows.map((row) => `${row.fingerprint}@${row.startsAt.getTime()}`));
  return missed.filter((one) => !known.has(`${one.fingerprint}@${one.startsAt.getTime()}`));
}
