import os from 'node:os';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { createRegistry, zeroedCounter } from '../lib/metrics.ts';

/** Metric label of every agent operators were promised; their series exist from the start. */
const agentTypes = ['report', 'monitoring', 'its', 'db_extract', 'change_mgmt', 'biz_support', 'sop', 'infra'] as const;

export interface Metrics {
  readonly registry: Registry;
  onRequest(seen: {
    readonly method: string;
    readonly path: string;
    readonly status: number;
    readonly seconds: number;
  }): void;
  onOperation(seen: { readonly operation: string; readonly outcome: 'ok' | 'error'; readonly seconds: number }): void;
  onRejected(limit: string): void;
  /** An answer from the manuals was made. */
  onManualAnswer(made: { readonly mode: string; readonly dropped: number }): void;
  /** Somebody gave a verdict on one, or another than before. */
  onManualFeedback(verdict: string): void;
  /** A search that was answered by the embedded index although Qdrant is configured. */
  onSearchFallback(reason: 'away' | 'behind' | 'refused'): void;
  onDifference(kind: ReconcileDifference, count: number): void;
  onReconciled(outcome: 'ok' | 'failed'): void;
  onTaskEnd(end: { readonly agentId: string; readonly status: string; readonly durationMs: number }): void;
  onModelCall(call: {
    readonly outcome: 'ok' | 'error';
    readonly seconds: number;
    readonly promptTokens: number;
    readonly completionTokens: number;
  }): void;
}

/** In what the record and Alertmanager can differ. */
export const reconcileDifferences = [
  'silence_set',
  'silence_changed',
  'silence_ended',
  'silence_changed_elsewhere',
  'silence_ended_elsewhere',
  'silence_made_elsewhere',
  'alert_missed',
  'alert_ended',
] as const;
export type ReconcileDifference = (typeof reconcileDifferences)[number];

/** Readings that are taken when somebody scrapes. */
export interface MetricReadings {
  databaseConnections(): Promise<number>;
  outbox(): Promise<{ readonly pending: number; readonly oldestSeconds: number }>;
  approvalsPending(): Promise<number>;
  queueDepth(): Promise<number>;
}

/** What the record says about the whole product, in whichever process is asked. */
export interface RecordReadings {
  /** Workers whose last beat is young, and those that fell silent. */
  readonly executorsAlive: number;
  readonly executorsSilent: number;
  readonly inboxPending: number;
  readonly inboxOldestSeconds: number;
  readonly effectsUnknown: number;
  readonly usersActive: number;
}

/** Share of all processors in use since the last reading, in percent. */
function cpuReader(): () => number {
  const sum = () =>
    os.cpus().reduce(
      (total, { times }) => ({
        idle: total.idle + times.idle,
        all: total.all + times.idle + times.user + times.nice + times.sys + times.irq,
      }),
      { idle: 0, all: 0 },
    );
  let before = sum();
  return () => {
    const now = sum();
    const all = now.all - before.all;
    const used = all === 0 ? 0 : 1 - (now.idle - before.idle) / all;
    before = now;
    return Math.max(0, Math.min(100, used * 100));
  };
}

/** Makes gauges that are read at each scrape. */
function gaugeOn(registry: Registry) {
  return (name: string, help: string, read: () => number | Promise<number>) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        try {
          this.set(await read());
        } catch {
          // The source is away: the last value would be a lie, and so would 0; the series is left out.
          this.remove();
        }
      },
    });
}

/** Adds what only the record knows. Every process shows the same values, so queries take the highest and not the sum. */
export function addRecordMetrics(registry: Registry, read: () => Promise<RecordReadings>): void {
  const gauge = gaugeOn(registry);
  const of = (key: keyof RecordReadings) => async () => (await read())[key];
  gauge('agentic_executors_alive', 'Workers whose last beat is young', of('executorsAlive'));
  gauge('agentic_executors_silent', 'Workers that fell silent and are not replaced yet', of('executorsSilent'));
  gauge('agentic_inbox_pending', 'Accepted deliveries that wait to be handled', of('inboxPending'));
  gauge('agentic_inbox_oldest_seconds', 'Age of the oldest accepted delivery that waits', of('inboxOldestSeconds'));
  gauge('agentic_effects_unknown', 'Changes whose outcome a person has to find out', of('effectsUnknown'));
  gauge('agentic_users_active', 'People who did something in the last 15 minutes', of('usersActive'));
}

/** All metrics of the API and the worker; names and labels of the operations contract first. */
export function createMetrics(readings: MetricReadings): Metrics {
  const registry = createRegistry();
  const registers = [registry];
  const tasks = new Counter({
    name: 'agent_tasks_total',
    help: 'Tasks that ended',
    labelNames: ['agent_type'],
    registers,
  });
  const successes = new Counter({
    name: 'agent_tasks_successful_total',
    help: 'Tasks that succeeded',
    labelNames: ['agent_type'],
    registers,
  });
  const durations = new Histogram({
    name: 'agent_task_duration_seconds',
    help: 'Time from start to end of a task',
    labelNames: ['agent_type'],
    buckets: [0.5, 1, 2, 5, 10, 30, 60, 300, 1800],
    registers,
  });
  for (const agent_type of agentTypes) {
    tasks.inc({ agent_type }, 0);
    successes.inc({ agent_type }, 0);
    durations.zero({ agent_type });
  }
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'HTTP requests',
    labelNames: ['method', 'path', 'status'],
    registers,
  });
  const seconds = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time of HTTP requests',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const operations = new Counter({
    name: 'agentic_graphql_requests_total',
    help: 'GraphQL operations',
    labelNames: ['operation', 'outcome'],
    registers,
  });
  const operationSeconds = new Histogram({
    name: 'agentic_graphql_duration_seconds',
    help: 'Time of GraphQL operations',
    labelNames: ['operation'],
    buckets: [0.005, 0.025, 0.1, 0.5, 2.5, 10],
    registers,
  });
  const rejected = new Counter({
    name: 'agentic_graphql_rejected_total',
    help: 'GraphQL requests beyond a limit',
    labelNames: ['limit'],
    registers,
  });
  const fallbacks = new Counter({
    name: 'agentic_search_fallback_total',
    help: 'Searches answered by the embedded index in the place of Qdrant',
    labelNames: ['reason'],
    registers,
  });
  for (const reason of ['away', 'behind', 'refused']) fallbacks.inc({ reason }, 0);
  requests.inc({ method: 'POST', path: '/graphql', status: '200' }, 0);
  requests.inc({ method: 'POST', path: '/api/agents/execute', status: '202' }, 0);
  for (const limit of ['depth', 'cost', 'aliases', 'root_fields', 'directives', 'tokens', 'body', 'batch'])
    rejected.inc({ limit }, 0);
  const answers = zeroedCounter(
    { name: 'agentic_manual_answers_total', help: 'Answers from the manuals', labelNames: ['mode'], registers },
    ['PASSAGES', 'WRITTEN', 'NOT_FOUND'].map((mode) => ({ mode })),
  );
  const dropped = new Counter({
    name: 'agentic_manual_claims_dropped_total',
    help: 'Sentences of a model that were dropped because no passage carried them',
    registers,
  });
  const feedback = zeroedCounter(
    {
      name: 'agentic_manual_feedback_total',
      help: 'Verdicts of people on answers from the manuals',
      labelNames: ['verdict'],
      registers,
    },
    ['RIGHT', 'WRONG'].map((verdict) => ({ verdict })),
  );
  const differences = new Counter({
    name: 'agentic_reconcile_differences_total',
    help: 'Differences between the record and Alertmanager that were found and mended',
    labelNames: ['kind'],
    registers,
  });
  for (const kind of reconcileDifferences) differences.inc({ kind }, 0);
  const reconciles = new Counter({
    name: 'agentic_reconcile_runs_total',
    help: 'Comparisons of the record with Alertmanager',
    labelNames: ['outcome'],
    registers,
  });
  for (const outcome of ['ok', 'failed']) reconciles.inc({ outcome }, 0);
  const cpu = cpuReader();
  const gauge = gaugeOn(registry);
  gauge('system_cpu_usage_percent', 'Use of all processors since the last scrape', cpu);
  gauge(
    'system_memory_usage_percent',
    'Use of the memory of the machine',
    () => (1 - os.freemem() / os.totalmem()) * 100,
  );
  gauge('database_connections_active', 'Connections to the database of the product', readings.databaseConnections);
  gauge('agentic_outbox_pending', 'Messages that wait to be sent', async () => (await readings.outbox()).pending);
  gauge(
    'agentic_outbox_oldest_seconds',
    'Age of the oldest message that waits',
    async () => (await readings.outbox()).oldestSeconds,
  );
  gauge('agentic_approvals_pending', 'Approvals that wait for a person', readings.approvalsPending);
  gauge('agentic_queue_depth', 'Tasks that wait to be begun', readings.queueDepth);
  const modelCalls = new Counter({
    name: 'agentic_llm_calls_total',
    help: 'Calls of the language model',
    labelNames: ['outcome'],
    registers,
  });
  for (const outcome of ['ok', 'error']) modelCalls.inc({ outcome }, 0);
  const modelTokens = new Counter({
    name: 'agentic_llm_tokens_total',
    help: 'Tokens of the language model',
    labelNames: ['kind'],
    registers,
  });
  for (const kind of ['prompt', 'completion']) modelTokens.inc({ kind }, 0);
  const modelSeconds = new Histogram({
    name: 'agentic_llm_duration_seconds',
    help: 'Time of calls of the language model',
    buckets: [0.5, 1, 2.5, 5, 10, 30, 60, 90],
    registers,
  });
  return {
    registry,
    onRequest({ method, path, status, seconds: took }) {
      requests.inc({ method, path, status: String(status) });
      seconds.observe(took);
    },
    onOperation({ operation, outcome, seconds: took }) {
      operations.inc({ operation, outcome });
      operationSeconds.observe({ operation }, took);
    },
    onDifference: (kind, count) => differences.inc({ kind }, count),
    onReconciled: (outcome) => reconciles.inc({ outcome }),
    onRejected: (limit) => rejected.inc({ limit }),
    onManualAnswer(made) {
      answers.inc({ mode: made.mode });
      dropped.inc(made.dropped);
    },
    onManualFeedback: (verdict) => feedback.inc({ verdict }),
    onSearchFallback: (reason) => fallbacks.inc({ reason }),
    onTaskEnd({ agentId, status, durationMs }) {
      const labels = { agent_type: agentId };
      tasks.inc(labels);
      if (status === 'SUCCEEDED') successes.inc(labels);
      durations.observe(labels, durationMs / 1_000);
    },
    onModelCall({ outcome, seconds: took, promptTokens, completionTokens }) {
      modelCalls.inc({ outcome });
      modelSeconds.observe(took);
      modelTokens.inc({ kind: 'prompt' }, promptTokens);
      modelTokens.inc({ kind: 'completion' }, completionTokens);
    },
  };
}
