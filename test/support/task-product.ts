import { rm } from 'node:fs/promises';
import { createLocalProcesses, type LocalProcesses } from '../../api/adapters/cluster/local-process.ts';
import { createHttpProbe } from '../../api/adapters/http-probe/undici.ts';
import { createNoLlm } from '../../api/adapters/llm/none.ts';
import { cancelApprovalsOf } from '../../api/approvals/cancel.ts';
import { decideApproval } from '../../api/approvals/decide.ts';
import type { Approval, Incident, Task, User } from '../../api/db.ts';
import { createDurable } from '../../api/durable/durable.ts';
import { ingestManuals } from '../../api/knowledge/ingest.ts';
import { createManualLibrary } from '../../api/knowledge/library.ts';
import { startLoop } from '../../api/loop.ts';
import { type AgentRegistry, loadAgents } from '../../api/orchestrator/load-agents.ts';
import { createTaskFunction, taskFunction } from '../../api/orchestrator/run-task.ts';
import { type StartTask, startTask } from '../../api/orchestrator/start-task.ts';
import { startSweep } from '../../api/orchestrator/sweep.ts';
import type { TaskDeps, TaskEnd } from '../../api/orchestrator/task-run.ts';
import type { Cluster } from '../../api/ports/cluster.ts';
import type { Llm } from '../../api/ports/llm.ts';
import type { MetricsSource } from '../../api/ports/metrics-source.ts';
import {
  createWorkflowFunction,
  createWorkflowStepFunction,
  workflowFunction,
  workflowStepFunction,
} from '../../api/workflows/run-workflow.ts';
import { sweepWorkflows } from '../../api/workflows/sweep.ts';
import { newId } from '../../lib/ids.ts';
import { createLogger } from '../../lib/log.ts';
import { projectPath } from '../../lib/project-path.ts';
import { freePort } from './free-port.ts';
import { manualSearch } from './manual-search.ts';
import { type RecordCore, recordCore, viewerOf } from './record-core.ts';
import { temporaryHome } from './temporary-home.ts';
import { sourcePorts } from './tool-ports.ts';
import { until } from './until.ts';

/** The worker's half of the product in this process: durable tasks, agents, manuals, local processes and the real sample service. */
export interface TaskProduct {
  readonly core: RecordCore;
  readonly deps: TaskDeps;
  readonly processes: LocalProcesses;
  readonly sampleUrl: string;
  readonly home: string;
  readonly ended: TaskEnd[];
  /** Restarts the sample service and waits until it answers. */
  heal(): Promise<void>;
  breakSample(mode: 'crash' | 'hang' | 'error'): Promise<void>;
  /** An open incident on the sample system with one firing alert, as the alert stages make it. */
  incident(alertName?: string): Promise<Incident>;
  respond(incident: Incident, over?: Partial<StartTask>): Promise<Task>;
  approval(taskId: string, status?: Approval['status']): Promise<Approval>;
  decide(approval: Approval, by: User, approve: boolean, reason?: string): Promise<readonly { code: string }[]>;
  finished(taskId: string): Promise<Task>;
  close(): Promise<void>;
}

function withAgents(registry: AgentRegistry, more: AgentRegistry['list']): AgentRegistry {
  const list = [...registry.list, ...more];
  const agent = (id: string) => list.find((one) => one.id === id) ?? null;
  return { list, agent, task: (id, type) => agent(id)?.tasks.find((one) => one.type === type) ?? null };
}

/** Starts all of it over a fresh database. */
export async function taskProduct(
  options: {
    readonly llm?: Llm;
    /** Agents besides the product's own. */
    readonly agents?: readonly AgentRegistry['list'][number][];
    readonly llmBudget?: TaskDeps['llmBudget'];
    readonly metrics?: MetricsSource | null;
    /** False: the tasks are worked by other processes (task-worker.ts). */
    readonly works?: boolean;
    /** Which databases and addresses the tools may reach. */
    readonly sources?: Parameters<typeof sourcePorts>[1];
    /** Stands between the tools and the runner, to lose its answers. */
    readonly between?: (processes: Cluster) => Cluster;
  } = {},
): Promise<TaskProduct> {
  const core = await recordCore();
  const works = options.works ?? true;
  const home = temporaryHome('agentic-tasks-');
  const port = await freePort();
  const sampleUrl = `http://127.0.0.1:${port}`;
  const processes = createLocalProcesses({ home });
  const probe = createHttpProbe({ isRegistered: async (hostPort) => hostPort === `127.0.0.1:${port}` });
  const log = createLogger({ name: 'test', level: process.env.TEST_LOG_LEVEL === 'warn' ? 'warn' : 'silent' });
  const durable = createDurable({
    databaseUrl: core.database.url,
    program: 'test-tasks',
    log,
    onLost: () => undefined,
  });
  const ended: TaskEnd[] = [];
  let sweep: ReturnType<typeof startSweep> | undefined;
  const deps: TaskDeps = {
    db: core.db,
    audit: core.audit,
    log,
    wake: (topic) => {
      if (topic === 'tasks' || topic === 'decisions') sweep?.wake();
    },
    durable,
    agents: withAgents(await loadAgents(), options.agents ?? []),
    ports: {
      probe,
      metrics: options.metrics ?? null,
      processes: options.between?.(processes) ?? processes,
      kubernetes: null,
      manuals: createManualLibrary(core.db, manualSearch(core)),
      ...sourcePorts(core.db, options.sources),
    },
    llm: options.llm ?? createNoLlm(),
    ...(options.llmBudget === undefined ? {} : { llmBudget: options.llmBudget }),
    cancelApprovals: (tx, incidentId, reason) => cancelApprovalsOf(core, tx, { incidentId }, reason),
    onTaskEnd: (end) => void ended.push(end),
  };
  if (works) {
    durable.register(taskFunction, createTaskFunction(deps));
    durable.register(workflowFunction, createWorkflowFunction(deps));
    durable.register(workflowStepFunction, createWorkflowStepFunction(deps));
  }
  if (works) await durable.launch();
  await ingestManuals(core, projectPath('manuals'));
  if (works) sweep = startSweep(deps);
  const workflowSweep = works
    ? startLoop({ name: 'workflows', intervalMs: 200, log, work: () => sweepWorkflows(deps) })
    : null;
  await processes.ensure(
    {
      name: 'payment-api',
      argv: [process.execPath, projectPath('lib/sample-service/main.ts')],
      cwd: projectPath(),
      env: { SAMPLE_PORT: String(port) },
    },
    'test',
  );
  const answers = async () =>
    (await fetch(`${sampleUrl}/healthz`, { signal: AbortSignal.timeout(500) }).catch(() => null))?.status === 200;
  await until(answers, { what: 'the sample service answers' });
  const system = await core.db.system.create({
    data: {
      id: newId(),
      name: 'payment-api',
      displayName: 'Payment API',
      healthUrl: `${sampleUrl}/healthz`,
      expectation: { status: 200, bodyContains: 'ok' },
      workload: { kind: 'process', name: 'payment-api' },
      metricLabels: { job: 'payment-api' },
    },
  });
  return {
    core,
    deps,
    processes,
    sampleUrl,
    home,
    ended,
    async heal() {
      const ref = { kind: 'process' as const, namespace: null, name: 'payment-api' };
      await processes.restart(ref, newId(), AbortSignal.timeout(10_000));
      await until(answers, { what: 'the sample service answers' });
    },
    async breakSample(mode) {
      const response = await fetch(`${sampleUrl}/break`, { method: 'POST', body: JSON.stringify({ mode }) });
      if (response.status !== 202) throw new Error(`not broken: ${response.status}`);
      await until(async () => !(await answers()), { what: 'the sample service is broken' });
    },
    async incident(alertName = 'ServiceDown') {
      const incident = await core.incident({ systemId: system.id });
      const group = await core.db.alertGroup.create({
        data: {
          id: newId(),
          key: `test:${incident.id}`,
          source: 'test',
          title: alertName,
          severity: 'HIGH',
          commonLabels: {},
          systemId: system.id,
          incidentId: incident.id,
          firingCount: 1,
          totalCount: 1,
          startedAt: new Date(),
          lastSeenAt: new Date(),
        },
      });
      await core.db.alert.create({
        data: {
          id: newId(),
          source: 'test',
          fingerprint: 'f1',
          startsAt: new Date(),
          name: alertName,
          status: 'FIRING',
          severity: 'HIGH',
          labels: { alertname: alertName, system: 'payment-api' },
          annotations: { summary: 'payment-api does not answer' },
          groupId: group.id,
        },
      });
      return incident;
    },
    async respond(incident, over = {}) {
      const { task } = await startTask(deps, {
        agentId: 'sop',
        taskType: 'incident_response',
        params: {},
        trigger: 'ALERT',
        requestedBy: { type: 'automation', id: null, name: 'alerts' },
        locale: 'EN',
        incidentId: incident.id,
        idempotencyKey: `incident:${incident.id}`,
        correlationId: `test:${incident.id}`,
        ...over,
      });
      return task;
    },
    approval: (taskId, status = 'PENDING') =>
      until(() => core.db.approval.findFirst({ where: { taskId, status }, orderBy: { number: 'desc' } }), {
        what: `approval ${status}`,
        timeoutMs: 15_000,
      }),
    async decide(approval, by, approve, reason) {
      const { userErrors } = await decideApproval(deps, viewerOf(by), {
        id: approval.id,
        approve,
        digest: approval.digest,
        ...(reason === undefined ? {} : { reason }),
      });
      return userErrors;
    },
    finished: (taskId) =>
      until(
        async () => {
          const task = await core.db.task.findUniqueOrThrow({ where: { id: taskId } });
          return task.finishedAt === null ? null : task;
        },
        { what: `end of task ${taskId}`, timeoutMs: 19_000 },
      ),
    async close() {
      await workflowSweep?.stop();
      await sweep?.stop();
      if (works) await durable.stop(2_000);
      await processes.stopAll();
      await probe.close();
      await core.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}
