import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Logger } from '../lib/log.ts';
import { projectPath } from '../lib/project-path.ts';
import type { Shutdown } from '../lib/shutdown.ts';
import { migrateDeploy } from '../prisma/migrate.ts';
import { createAlertmanager } from './adapters/alert-manager/alertmanager.ts';
import { createArtifactStore } from './adapters/artifact-store/record.ts';
import { createKubernetes } from './adapters/cluster/kubernetes.ts';
import { createLocalProcesses } from './adapters/cluster/local-process.ts';
import { createHttpProbe, hostPortOf } from './adapters/http-probe/undici.ts';
import { createEmbedder, createNoEmbedder } from './adapters/llm/embeddings.ts';
import { meterLlm } from './adapters/llm/metered.ts';
import { createNoLlm } from './adapters/llm/none.ts';
import { createOpenAi } from './adapters/llm/openai.ts';
import { createLogsSource } from './adapters/logs-source/logs.ts';
import { createPrometheus } from './adapters/metrics-source/prometheus.ts';
import { createNetProbe } from './adapters/net-probe/guarded.ts';
import { createPostgresPubSub } from './adapters/pubsub/postgres.ts';
import { createRedisPubSub } from './adapters/pubsub/redis.ts';
import { createPostgresHealth } from './adapters/sql-source/health.ts';
import { createPostgresSource } from './adapters/sql-source/postgres.ts';
import { createEmbeddedStore } from './adapters/vector-store/embedded/store.ts';
import { createQdrantStore } from './adapters/vector-store/qdrant/store.ts';
import { endSilences } from './alerts/end-silences.ts';
import { ingestAlerts } from './alerts/ingest.ts';
import { processAlerts } from './alerts/process.ts';
import { pruneAlerts } from './alerts/prune.ts';
import { reconcile } from './alerts/reconcile.ts';
import { readAlertSettings, usualSettings } from './alerts/settings.ts';
import { reopenStillFiring, settleGroups } from './alerts/settle.ts';
import { tickStorms } from './alerts/storm-tick.ts';
import { cancelApprovalsOf } from './approvals/cancel.ts';
import { expireApprovals } from './approvals/expire.ts';
import { createAnchoring, lastAnchor } from './audit/anchor.ts';
import { createAudit } from './audit/append.ts';
import { type ApiConfig, embedderOf } from './config.ts';
import type { Core } from './context.ts';
import { createDb, type Tx } from './db.ts';
import { createDependencies } from './dependencies.ts';
import { createDurable } from './durable/durable.ts';
import { pruneIdempotencyKeys } from './graphql/idempotency.ts';
import { may } from './graphql/request-context.ts';
import { createGraphqlServer } from './graphql/server.ts';
import { createDocsRouter } from './http/docs.ts';
import { createManualDoor } from './http/manuals.ts';
import { createRestRouter } from './http/rest.ts';
import { createHttpDoor } from './http/server.ts';
import { endAcknowledgements } from './incidents/acknowledge.ts';
import { askOwners } from './incidents/ask-owners.ts';
import { settleIncidents } from './incidents/resolve.ts';
import { createCollectionSize } from './knowledge/chunk-reader.ts';
import { embedChunks } from './knowledge/embed-chunks.ts';
import { embedQuestion } from './knowledge/embed-question.ts';
import { createFindPassages } from './knowledge/find-passages.ts';
import { manualIndex } from './knowledge/index-settings.ts';
import { ingestManuals } from './knowledge/ingest.ts';
import { createManualLibrary } from './knowledge/library.ts';
import { createManualPoints } from './knowledge/manual-points.ts';
import { createReader } from './knowledge/parse/reader.ts';
import { refreshTerms } from './knowledge/refresh-terms.ts';
import { type ManualQuery, type ManualSearchResult, searchManuals } from './knowledge/search.ts';
import { pruneUploads } from './knowledge/uploads.ts';
import { workUploads } from './knowledge/work-uploads.ts';
import { type Loop, startLoop } from './loop.ts';
import { addRecordMetrics, createMetrics } from './metrics.ts';
import { readOutbox } from './notifications/outbox.ts';
import { cancelTasksOf } from './orchestrator/cancel-task.ts';
import { loadAgents } from './orchestrator/load-agents.ts';
import { pruneLlmCalls } from './orchestrator/model-calls.ts';
import { pruneScheduledTasks } from './orchestrator/prune-tasks.ts';
import { createTaskFunction, taskFunction } from './orchestrator/run-task.ts';
import { startTaskIn } from './orchestrator/start-task.ts';
import { startSweep } from './orchestrator/sweep.ts';
import type { TaskDeps } from './orchestrator/task-run.ts';
import type { WakeTopic } from './ports/pubsub.ts';
import { createRecordReadings } from './record-readings.ts';
import { healthCheckSchedule, seedSchedule, tickSchedules } from './schedules/tick.ts';
import { pruneHealthReadings, watchHealth } from './systems/health-watch.ts';
import { seedSystems } from './systems/seed.ts';
import { createSourceRegistry } from './systems/sources.ts';
import { resolveViewer } from './users/resolve-viewer.ts';
import { adminPeople, localPeople, seedKeys, seedPeople } from './users/seed.ts';
import { loadWorkflows } from './workflows/load-workflows.ts';
import {
  createWorkflowFunction,
  createWorkflowStepFunction,
  workflowFunction,
  workflowStepFunction,
} from './workflows/run-workflow.ts';
import { startWorkflowIn } from './workflows/start-workflow.ts';
import { sweepWorkflows } from './workflows/sweep.ts';

export type Role = 'all' | 'api' | 'worker';

export interface AppOptions {
  readonly config: ApiConfig;
  readonly role: Role;
  readonly log: Logger;
  readonly shutdown: Shutdown;
}

const commandsSchema = z.array(
  z.object({
    name: z.string(),
    argv: z.array(z.string()).min(1),
    effect: z.string(),
    undo: z.string().nullable().default(null),
  }),
);
const HOUR_MS = 3_600_000;

/** The composition root: makes every part, connects them and starts them. It alone names adapters, and reads from top to bottom. */
export async function startApp({ config, role, log, shutdown }: AppOptions): Promise<void> {
  const startedAt = new Date();
  const works = role !== 'api';
  const serves = role !== 'worker';
  const program = `api-${role}`;
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(projectPath('package.json'), 'utf8')));

  // The record
  await migrateDeploy(config.DATABASE_URL);
  const record = createDb(config.DATABASE_URL, { poolSize: 12, program });
  const { db } = record;
  shutdown.add('record', record.close);
  const pubsub =
    config.REDIS_URL === undefined
      ? await createPostgresPubSub({ databaseUrl: config.DATABASE_URL, program, log })
      : await createRedisPubSub({ redisUrl: config.REDIS_URL, log });
  shutdown.add('wake-ups', () => pubsub.close());
  const core: Core = {
    db,
    log,
    audit: createAudit(config.AUDIT_KEY, log),
    wake: (topic, id) => pubsub.publish(topic, id),
  };

  // Manuals are read in a thread of their own while the rest starts.
  const manualReader = createReader({ log });
  shutdown.add('manual reader', manualReader.close);
  const readManuals = async (...folder: string[]) =>
    (await ingestManuals(core, projectPath(...folder), { program, reader: manualReader })).refused;
  const manualsRead = readManuals('manuals').then(async (refused) => [
    ...refused,
    ...(await readManuals('docs', 'runbooks')),
  ]);
  manualsRead.catch(() => undefined);

  // The outside
  const processes = createLocalProcesses({
    home: config.PROCESSES_HOME,
    commands: readCommands(config.ALLOWED_COMMANDS),
  });
  const kubernetes =
    config.KUBECONFIG === undefined
      ? null
      : createKubernetes({
          kubeconfig: config.KUBECONFIG,
          ...(config.KUBE_CONTEXT === undefined ? {} : { context: config.KUBE_CONTEXT }),
        });
  const isRegistered = async (hostPort: string): Promise<boolean> =>
    (await db.system.findMany({ where: { archived: false }, select: { healthUrl: true } })).some(
      (system) => system.healthUrl !== null && hostPortOf(system.healthUrl) === hostPort,
    );
  const probe = createHttpProbe({ isRegistered });
  const net = createNetProbe({ isRegistered });
  const sql = createPostgresSource({ connectionOf: (name) => config.sqlConnections.get(name) });
  const dbHealth = createPostgresHealth({ connectionOf: (name) => config.sqlConnections.get(name) });
  const logs = createLogsSource({
    loki:
      config.LOKI_URL === undefined
        ? null
        : {
            url: config.LOKI_URL,
            ...(config.LOKI_BEARER === undefined ? {} : { bearer: config.LOKI_BEARER }),
            ...(config.LOKI_TENANT === undefined ? {} : { tenant: config.LOKI_TENANT }),
          },
    folder: config.LOGS_FOLDER ?? null,
  });
  const registry = createSourceRegistry(db);
  const artifacts = createArtifactStore(db);
  const metricsSource =
    config.PROMETHEUS_URL === undefined
      ? null
      : createPrometheus({
          url: config.PROMETHEUS_URL,
          ...(config.PROMETHEUS_BEARER === undefined ? {} : { bearer: config.PROMETHEUS_BEARER }),
        });
  const manager =
    config.ALERTMANAGER_URL === undefined
      ? null
      : createAlertmanager({
          url: config.ALERTMANAGER_URL,
          ...(config.ALERTMANAGER_BEARER === undefined ? {} : { bearer: config.ALERTMANAGER_BEARER }),
        });
  const alertSettings =
    config.ALERT_SETTINGS === undefined
      ? usualSettings
      : readAlertSettings(readFileSync(config.ALERT_SETTINGS, 'utf8'));
  const embedding = embedderOf(config);
  const embedder = embedding.mode === 'none' ? createNoEmbedder() : createEmbedder(embedding);
  const model = config.llm.mode === 'none' ? createNoLlm() : createOpenAi({ ...config.llm, ...modelSettings(config) });
  shutdown.add('outside', async () => {
    await probe.close();
    await metricsSource?.close();
    await manager?.close();
    await logs.close();
  });

  // What people and agents can do
  const agents = await loadAgents();
  const workflows = await loadWorkflows(agents);
  const cancelApprovals: TaskDeps['cancelApprovals'] = (tx, incidentId, reason) =>
    cancelApprovalsOf(core, tx, { incidentId }, reason);
  const incidentDeps = { ...core, cancelApprovals };
  const starter = { ...core, agents };

  // Health and metrics answer from here on
  const metrics = createMetrics({
    databaseConnections: async () =>
      Number(
        (
          await db.$queryRaw<
            { n: bigint }[]
          >`select count(*) as n from pg_stat_activity where datname = current_database()`
        )[0]?.n ?? 0,
      ),
    outbox: async () => {
      const { pending, oldestSeconds } = await readOutbox(db);
      return { pending, oldestSeconds: oldestSeconds ?? 0 };
    },
    approvalsPending: () => db.approval.count({ where: { status: 'PENDING' } }),
    queueDepth: () => db.task.count({ where: { status: 'QUEUED' } }),
  });
  const llm = meterLlm(model, metrics.onModelCall);
  addRecordMetrics(metrics.registry, createRecordReadings(db));
  const durable = createDurable({
    databaseUrl: config.DATABASE_URL,
    program,
    log,
    executes: works,
    onLost: (reason) => {
      log.fatal({ reason }, 'another process has taken over this one: ending at once');
      process.exit(75);
    },
  });
  let launched = false;
  const embedded = createEmbeddedStore({ log });
  const qdrant =
    config.QDRANT_URL === undefined
      ? null
      : createQdrantStore({
          url: config.QDRANT_URL,
          collection: manualIndex,
          ...(config.QDRANT_API_KEY === undefined ? {} : { apiKey: config.QDRANT_API_KEY }),
        });
  const points = createManualPoints({
    db,
    log,
    embedded,
    qdrant,
    denseModel: embedder.model,
    onFallback: metrics.onSearchFallback,
  });
  shutdown.add('search index', embedded.close);
  const embed = embedQuestion(embedder);
  const size = createCollectionSize(db);
  const search = (query: ManualQuery): Promise<ManualSearchResult> =>
    searchManuals({ db, store: points, llm, embed, size, help: { rewrite: true, order: false } }, query);
  const manuals = createManualLibrary(db, search);
  const findPassages = createFindPassages(db, search);
  const dependencies = createDependencies({
    redisConfigured: config.REDIS_URL !== undefined,
    db,
    durable,
    llm,
    metrics: metricsSource,
    kubernetes,
    qdrant: points.outside,
    works,
    isLaunched: () => launched,
  });
  const door = createHttpDoor({
    log,
    registry: metrics.registry,
    onRequest: metrics.onRequest,
    readiness: dependencies.readiness,
  });
  await door.listen(config.API_PORT, config.API_HOST);

  // What has to be there before the first request
  await seedKeys(core, { bot: config.BOT_API_KEY, web: config.WEB_API_KEY, admin: config.ADMIN_API_KEY });
  if (config.LOCAL_PEOPLE) await seedPeople(core, localPeople);
  await seedPeople(core, adminPeople(config.ADMIN_SLACK_USERS, config.SLACK_WORKSPACE ?? null));
  for (const refused of await manualsRead) log.warn(refused, 'a manual was refused');
  if (config.SAMPLE_SYSTEM) await startSample(config, core, processes);

  // Durable work
  const llmBudget = {
    calls: config.LLM_TASK_CALLS,
    tokens: config.LLM_TASK_TOKENS,
    costUsd: config.LLM_TASK_COST_USD ?? null,
    ms: config.LLM_TASK_TIME,
  };
  const taskDeps: TaskDeps = {
    ...core,
    durable,
    agents,
    ports: {
      probe,
      metrics: metricsSource,
      processes,
      kubernetes,
      manuals,
      net,
      sql,
      dbHealth,
      logs,
      registry,
      artifacts,
    },
    llm,
    cancelApprovals,
    llmBudget,
    recordsLlm: config.LLM_RECORD_DAYS > 0,
    approvalExpiryMs: config.APPROVAL_EXPIRY,
    onTaskEnd: metrics.onTaskEnd,
  };
  durable.register(taskFunction, createTaskFunction(taskDeps));
  durable.register(workflowFunction, createWorkflowFunction(taskDeps));
  durable.register(workflowStepFunction, createWorkflowStepFunction(taskDeps));
  if (works) {
    await durable.launch();
    shutdown.add('durable work', () => durable.stop(20_000), 25_000);
    await startWorker();
  }
  launched = true;

  // The doors
  if (serves) {
    const graphql = await createGraphqlServer({
      deps: {
        ...incidentDeps,
        settings: alertSettings,
        agents,
        llm,
        llmBudget,
        workflows,
        recordsLlm: config.LLM_RECORD_DAYS > 0,
        manuals,
        findPassages,
        onAnswer: metrics.onManualAnswer,
        pubsub,
        metrics,
        lastAnchor: () => lastAnchor(config.AUDIT_KEY, config.AUDIT_ANCHOR_FILE),
        isReady: async () => (await dependencies.readiness()).ready,
        dependencies: dependencies.read,
        unavailable: () => null,
        version,
        commit: null,
        startedAt,
      },
      httpServer: door.server,
      allowedOrigins: config.CONSOLE_ORIGINS,
      introspection: config.GRAPHQL_INTROSPECTION,
      log,
    });
    shutdown.add('graphql', graphql.stop);
    door.mount({
      graphql: graphql.handler,
      files: createManualDoor({
        core,
        resolveViewer: (credentials) => resolveViewer(core, credentials),
        mayRead: (viewer) => may(viewer, 'MANUAL_READ'),
      }),
      rest: createRestRouter({
        resolveViewer: (credentials) => resolveViewer(core, credentials),
        execute: graphql.execute,
      }),
      docs: createDocsRouter(version),
    });
  }
  shutdown.add('http', door.stop, 10_000);
  const anchor = createAnchoring({ db, key: config.AUDIT_KEY, file: config.AUDIT_ANCHOR_FILE, log });
  const anchoring = startLoop({ name: 'audit anchor', intervalMs: HOUR_MS, log, work: anchor });
  shutdown.add('audit anchor', async () => {
    await anchoring.stop();
    await anchor();
  });
  const follow = startLoop({ name: 'search index', intervalMs: 15_000, log, work: points.refresh });
  const checking = startLoop({ name: 'search index check', intervalMs: 60_000, log, work: points.check });
  pubsub.subscribe('manuals', follow.wake);
  shutdown.add('search index loops', async () => {
    await Promise.all([follow.stop(), checking.stop()]);
  });
  dependencies.open();
  log.info({ role, port: config.API_PORT, slot: works ? durable.slot() : null }, 'ready');

  /** Everything a worker does by itself. Each loop may run in any number of processes; rows and locks decide who does what. */
  async function startWorker(): Promise<void> {
    const locale = config.DEFAULT_LOCALE;
    const conversation =
      config.SLACK_WORKSPACE !== undefined && config.DEFAULT_CHANNEL !== undefined
        ? { workspace: config.SLACK_WORKSPACE, channel: config.DEFAULT_CHANNEL }
        : null;
    const startTask: Parameters<typeof tickSchedules>[0]['startTask'] &
      Parameters<typeof processAlerts>[0]['startTask'] = (tx, request) => startTaskIn(starter, tx, request);
    const alertDeps = {
      ...incidentDeps,
      startTask,
      cancelTasks: (tx: Tx, ids: readonly string[]) => cancelTasksOf(tx, ids),
      defaultConversation: conversation,
      locale,
      settings: alertSettings,
    };
    const comparing =
      manager === null
        ? null
        : {
            ...alertDeps,
            manager,
            metrics,
            worker: `${program}/${process.pid}`,
            receiver: config.ALERTMANAGER_RECEIVER ?? null,
            graceMs: 90_000,
            restartGraceMs: 300_000,
          };
    const startWorkflow: NonNullable<Parameters<typeof tickSchedules>[0]['startWorkflow']> = (tx, request) =>
      startWorkflowIn({ ...core, workflows }, tx, { ...request, plan: null });
    await seedSchedule(core, { ...healthCheckSchedule(10), cron: config.HEALTH_CHECK_CRON });
    const sweep = startSweep(taskDeps);
    const loop = (name: string, intervalMs: number, work: () => Promise<unknown>): Loop =>
      startLoop({ name, intervalMs, log, work: async () => (durable.isHeld() ? work() : undefined) });
    const alerts = loop('alerts', 1_000, () => processAlerts(alertDeps));
    const silences = comparing === null ? null : loop('reconciler', 15_000, () => reconcile(comparing));
    const ending = silences === null ? loop('silences', 15_000, () => endSilences(alertDeps, false)) : null;
    const health = loop('health watch', 1_000, () => watchHealth({ ...core, ingestAlerts }));
    let stopping = false;
    const uploads = loop('uploaded manuals', 5_000, () =>
      workUploads({ ...core, reader: manualReader, program }, () => stopping),
    );
    const vectors = loop('manual vectors', 30_000, () => embedChunks({ ...core, embedder, program }));
    const tending = loop('search index upkeep', qdrant === null ? 30_000 : 2_000, points.tend);
    const workflowSweep = loop('workflows', 1_000, () => sweepWorkflows(taskDeps));
    const loops = [
      alerts,
      health,
      loop('schedules', 1_000, () => tickSchedules({ ...core, startTask, startWorkflow, locale })),
      workflowSweep,
      loop('approvals', 1_000, () => expireApprovals(core)),
      loop('incidents', 5_000, () => settleIncidents(incidentDeps)),
      tending,
      uploads,
      vectors,
      loop('manual terms', HOUR_MS, () => refreshTerms(core)),
      loop('old uploads', HOUR_MS, () => pruneUploads(core)),
      loop('acknowledgements', 15_000, async () => {
        await askOwners(incidentDeps);
        await endAcknowledgements(incidentDeps);
      }),
      ...[silences, ending].filter((one) => one !== null),
      loop('groups', 5_000, () => settleGroups(alertDeps)),
      loop('storms', 15_000, () => tickStorms(alertDeps)),
      loop('still firing', 30_000, () => reopenStillFiring(alertDeps)),
      loop('old readings', HOUR_MS, () => pruneHealthReadings(core)),
      loop('old keys', HOUR_MS, () => pruneIdempotencyKeys(db)),
      loop('old alerts', HOUR_MS / 12, () =>
        pruneAlerts(core, { inboxMs: config.INBOX_RETENTION, alertsMs: config.ALERT_RETENTION }),
      ),
      loop('old model calls', HOUR_MS, () => pruneLlmCalls(db, config.LLM_RECORD_DAYS)),
      loop('old checks', HOUR_MS / 12, () => pruneScheduledTasks(core)),
    ];
    const woken: readonly (readonly [WakeTopic, () => void])[] = [
      ['tasks', sweep.wake],
      ['tasks', workflowSweep.wake],
      ['decisions', sweep.wake],
      ['alerts', alerts.wake],
      ['manuals', tending.wake],
      ['manuals', uploads.wake],
      ['manuals', vectors.wake],
      ['silences', (silences ?? ending)?.wake ?? (() => undefined)],
    ];
    for (const [topic, wake] of woken) pubsub.subscribe(topic, wake);
    shutdown.add('loops', async () => {
      stopping = true;
      await Promise.all([sweep.stop(), ...loops.map((one) => one.stop())]);
    });
  }

  /** The sample service: registered, and started once for this run of the product; one that was broken since is left broken. */
  async function startSample(settings: ApiConfig, seeds: Core, runner: typeof processes): Promise<void> {
    await seedSystems(seeds, projectPath('manuals', 'systems.json'), (text) =>
      text.replaceAll('127.0.0.1:8090', `127.0.0.1:${settings.SAMPLE_PORT}`),
    );
    await runner.ensure(
      {
        name: 'payment-api',
        argv: [process.execPath, projectPath('dist', 'lib', 'sample-service', 'main.js')],
        cwd: projectPath(),
        env: { SAMPLE_PORT: String(settings.SAMPLE_PORT) },
      },
      settings.PROCESSES_RUN,
    );
    if (settings.PROCESSES_STOP) shutdown.add('sample service', () => runner.stopAll());
  }
}

/** Limits and prices of the model, as its adapter takes them. */
function modelSettings(config: ApiConfig) {
  return {
    timeoutMs: config.LLM_TIMEOUT,
    limits: { concurrency: config.LLM_CONCURRENCY, tokensPerMinute: config.LLM_TOKENS_PER_MINUTE ?? null },
    ...(config.LLM_PRICES === undefined ? {} : { prices: config.LLM_PRICES }),
    ...(config.LLM_TRANSCRIPTION_MODEL === undefined ? {} : { transcriptionModel: config.LLM_TRANSCRIPTION_MODEL }),
  };
}

/** The commands that may be run after an approval; a file that cannot be read stops the start. */
function readCommands(file: string | undefined): z.infer<typeof commandsSchema> {
  return file === undefined ? [] : commandsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}
