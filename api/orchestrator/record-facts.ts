import { z } from 'zod';
import type { AlertFacts, IncidentFacts, Json, SourceFacts, SystemFacts } from '../agents/task.ts';
import type { Db, System } from '../db.ts';
import type { SourceRegistry } from '../ports/source-registry.ts';

const labels = z.record(z.string(), z.string());
const workloadSchema = z.object({
  kind: z.enum(['process', 'deployment']),
  namespace: z.string().nullish(),
  name: z.string(),
});
const json = z.json();

/** A system as tasks see it. A part that cannot be read is left out, not guessed. */
export function systemFacts(row: System): SystemFacts {
  const workload = workloadSchema.safeParse(row.workload);
  const metricLabels = labels.safeParse(row.metricLabels);
  const expectation = json.safeParse(row.expectation);
  return {
    id: row.id,
    name: row.name,
    displayName: row.displayName,
    environment: row.environment,
    healthUrl: row.healthUrl,
    expectation: expectation.success ? asJson(expectation.data) : null,
    workload: workload.success
      ? {
          kind: workload.data.kind,
          namespace: workload.data.kind === 'process' ? null : (workload.data.namespace ?? null),
          name: workload.data.name,
        }
      : null,
    metricLabels: metricLabels.success ? metricLabels.data : null,
    verifyQuery: row.verifyQuery,
  };
}

const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value ?? null));
const mostAlerts = 20;

/** An incident with its alerts, firing ones first, and how often each condition fired in the last thirty days. */
export async function incidentFacts(db: Db, incidentId: string): Promise<IncidentFacts | null> {
  const incident = await db.incident.findUnique({
    where: { id: incidentId },
    include: {
      system: true,
      alertGroups: { include: { alerts: { orderBy: [{ status: 'asc' }, { startsAt: 'desc' }], take: mostAlerts } } },
    },
  });
  if (incident === null) return null;
  const since = new Date(Date.now() - 30 * 86_400_000);
  const alerts: AlertFacts[] = [];
  for (const group of incident.alertGroups) {
    for (const alert of group.alerts) {
      if (alerts.length >= mostAlerts) break;
      const found = labels.safeParse(alert.labels);
      const notes = labels.safeParse(alert.annotations);
      const annotations = notes.success ? notes.data : {};
      alerts.push({
        name: alert.name,
        severity: alert.severity,
        summary: annotations.summary ?? annotations.description ?? group.summary,
        labels: found.success ? found.data : {},
        annotations,
        runbookUrl: annotations.runbook_url ?? group.runbookUrl,
        startedAt: alert.startsAt.toISOString(),
        firing: alert.status === 'FIRING' ? 1 : 0,
        occurrences30d: await db.alert.count({
          where: { source: alert.source, fingerprint: alert.fingerprint, startsAt: { gte: since } },
        }),
      });
    }
  }
  return {
    id: incident.id,
    number: `INC-${incident.number}`,
    title: incident.title,
    status: incident.status,
    severity: incident.severity,
    startedAt: incident.startedAt.toISOString(),
    system: incident.system === null ? null : systemFacts(incident.system),
    alerts,
  };
}

/** What is registered for asking, as tasks see it. */
export async function sourceFacts(registry: SourceRegistry): Promise<SourceFacts> {
  const [databases, logs, jobs] = await Promise.all([registry.databases(), registry.logSources(), registry.jobs()]);
  const named = ({ name, system }: { readonly name: string; readonly system: string }) => ({ name, system });
  return {
    databases: databases.map((one) => ({
      ...named(one),
      queries: one.queries.map((query) => ({
        name: query.name,
        words: query.words,
        sql: query.sql,
        chart: query.chart ?? null,
      })),
      checks: one.checks.map((check) => check.name),
    })),
    logs: logs.map(named),
    jobs: jobs.map(named),
  };
}
