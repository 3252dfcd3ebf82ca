import { z } from 'zod';
import { alertHistory } from '../../tools/alert-history.ts';
import { metricsQuery, upQuery } from '../../tools/metrics.ts';
import { runbookFind } from '../../tools/runbook.ts';
import type { IncidentFacts, SystemFacts, TaskContext } from '../task.ts';
import type { TriageFacts } from './triage-rules.ts';

const healthResult = z.object({
  readings: z.array(
    z.object({
      system: z.string(),
      state: z.enum(['HEALTHY', 'SLOW', 'UNHEALTHY', 'UNKNOWN']),
      message: z.string(),
      evidenceRef: z.number().nullable(),
    }),
  ),
});
const workloadResult = z.object({
  status: z.enum(['running', 'degraded', 'stopped', 'missing', 'unknown']),
  exit: z.string().nullable(),
  evidenceRef: z.number().nullable(),
});

type Unread = TriageFacts['unread'][number];

/** Reads everything the rules judge: alerts, health and workload by the other agents, Prometheus, the runbook. `round` tells repeated readings apart. */
export async function collectFacts(task: TaskContext, incident: IncidentFacts, round: number): Promise<TriageFacts> {
  const { system } = incident;
  const unread: Unread[] = [];
  const tag = round === 1 ? '' : `:${round}`;
  const first = incident.alerts[0] ?? null;
  const alerts = await task.tool(
    `alerts${tag}`,
    { en: 'Alert labels and history', ko: '알림 레이블과 이력' },
    alertHistory,
    {
      incident: incident.number,
      alerts: incident.alerts.map(({ name, severity, summary, labels, startedAt, firing, occurrences30d }) => ({
        name,
        severity,
        summary,
        labels: { ...labels },
        startedAt,
        firing: firing > 0,
        occurrences30d,
      })),
    },
  );
  if (system === null) {
    unread.push({ what: { en: 'Health and workload', ko: '상태와 워크로드' }, reason: 'no registered system' });
  }
  const [health, workload] = system === null ? [null, null] : await readSystem(task, system, tag, unread);
  const metric = system === null ? null : await readMetric(task, system, tag, unread);
  const runbook = first === null ? null : await readRunbook(task, first, tag);
  if (first !== null && runbook === null) {
    unread.push({ what: { en: 'Runbook', ko: '절차서' }, reason: `none for ${first.name}` });
  }
  return {
    system: system?.name ?? null,
    alert:
      first === null || alerts.outcome !== 'success'
        ? null
        : {
            name: first.name,
            firing: first.firing > 0,
            startedAt: first.startedAt,
            occurrences30d: first.occurrences30d,
            ref: alerts.evidence.ref,
          },
    health,
    workload,
    metric,
    runbook,
    unread,
  };
}

async function readSystem(
  task: TaskContext,
  system: SystemFacts,
  tag: string,
  unread: Unread[],
): Promise<[TriageFacts['health'], TriageFacts['workload']]> {
  const { workload: target } = system;
  // Both are started before either is waited for.
  const [checked, read] = await Promise.all([
    task.delegate(
      `health${tag}`,
      { en: 'sop → monitoring: live health check', ko: 'sop → monitoring: 실시간 상태 점검' },
      'monitoring',
      'health_check',
      { systems: [system.name] },
    ),
    target === null
      ? null
      : task.delegate(
          `workload${tag}`,
          { en: `sop → infra: state of ${target.name}`, ko: `sop → infra: ${target.name} 상태` },
          'infra',
          'workload_status',
          { system: system.name },
        ),
  ]);
  const reading = healthResult.safeParse(checked.result).data?.readings.find((one) => one.system === system.name);
  const state = workloadResult.safeParse(read?.result).data;
  const health =
    reading === undefined || reading.evidenceRef === null
      ? null
      : { state: reading.state, message: reading.message, ref: reading.evidenceRef };
  if (health === null) {
    unread.push({ what: { en: 'Health', ko: '상태' }, reason: checked.error ?? reading?.message ?? 'no reading' });
  }
  const workload =
    target === null || state === undefined || state.evidenceRef === null
      ? null
      : { name: target.name, status: state.status, exit: state.exit, ref: state.evidenceRef };
  if (workload === null) {
    unread.push({
      what: { en: 'Workload', ko: '워크로드' },
      reason: target === null ? 'none is registered' : (read?.error ?? 'no reading'),
    });
  }
  return [health, workload];
}

/** The query that holds while a system works: its own, or that Prometheus reaches it. */
export function verifyQueryOf(system: SystemFacts): string | null {
  if (system.verifyQuery !== null) return system.verifyQuery;
  return system.metricLabels === null ? null : `${upQuery(system.metricLabels)} == 1`;
}

async function readMetric(
  task: TaskContext,
  system: SystemFacts,
  tag: string,
  unread: Unread[],
): Promise<TriageFacts['metric']> {
  const query = verifyQueryOf(system);
  const what = { en: 'Prometheus', ko: 'Prometheus' };
  if (!task.has.metrics || query === null) {
    unread.push({ what, reason: task.has.metrics ? 'no query is registered' : 'not configured' });
    return null;
  }
  const reply = await task.tool(
    `metrics${tag}`,
    { en: `Prometheus: ${system.name} works`, ko: `Prometheus: ${system.name} 동작` },
    metricsQuery,
    {
      title: `${system.name} works`,
      query,
      waitMs: 0,
    },
  );
  if (reply.outcome === 'error') {
    unread.push({ what, reason: reply.reason });
    return null;
  }
  return {
    result: reply.outcome === 'success' ? 'value' : 'empty',
    summary: reply.evidence.summary,
    ref: reply.evidence.ref,
  };
}

async function readRunbook(
  task: TaskContext,
  alert: IncidentFacts['alerts'][number],
  tag: string,
): Promise<TriageFacts['runbook']> {
  const reply = await task.tool(
    `runbook${tag}`,
    { en: `Runbook of ${alert.name}`, ko: `${alert.name} 절차서` },
    runbookFind,
    {
      alertName: alert.name,
      runbookUrl: alert.runbookUrl,
      words: `${alert.name} ${alert.summary ?? ''}`.slice(0, 500),
    },
  );
  if (reply.outcome !== 'success' || reply.data === null) return null;
  const { code, title, revision, section, found, automation } = reply.data;
  return { code, title, revision, section, found, automation, ref: reply.evidence.ref };
}
