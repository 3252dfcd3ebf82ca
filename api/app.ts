import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Logger } from '../lib/log.ts';
import { projectPath } from '../lib/project-path.ts';
import type { Shutdown } from '../lib/shutdown.ts';
import { migrateDeploy } from '../prisma/migrate.ts';
import { createKubernetes } from './adapters/cluster/kubernetes.ts';
import { createLocalProcesses } from './adapters/cluster/local-process.ts';
import { createHttpProbe, hostPortOf } from './adapters/http-probe/undici.ts';
import { meterLlm } from './adapters/llm/metered.ts';
import { createNoLlm } from './adapters/llm/none.ts';
import { createOpenAi } from './adapters/llm/openai.ts';
import { createPrometheus } from './adapters/metrics-source/prometheus.ts';
import { createPostgresPubSub } from './adapters/pubsub/postgres.ts';
import { createRedisPubSub } from './adapters/pubsub/redis.ts';
import { ingestAlerts } from './alerts/ingest.ts';
import { processAlerts } from './alerts/process.ts';
import { unmuteGroups } from './alerts/unmute.ts';
import { cancelApprovalsOf } from './approvals/cancel.ts';
import { expireApprovals } from './approvals/expire.ts';
import { createAnchoring, lastAnchor } from './audit/anchor.ts';
import { createAudit } from './audit/append.ts';
import type { ApiConfig } from './config.ts';
import type { Core } from './context.ts';
import { createDb } from './db.ts';
import { createDependencies } from './dependencies.ts';
import { createDurable } from './durable/durable.ts';
import { pruneIdempotencyKeys } from './graphql/idempotency.ts';
import { createGraphqlServer } from './graphql/server.ts';
import { createDocsRouter } from './http/docs.ts';
import { createRestRouter } from './http/rest.ts';
import { createHttpDoor } from './http/server.ts';
import { endAcknowledgements } from './incidents/acknowledge.ts';
import { settleIncidents } from './incidents/resolve.ts';
import { ingestManuals } from './knowledge/ingest.ts';
import { createManualLibrary } from './knowledge/library.ts';
import { type Loop, startLoop } from './loop.ts';
import { addRecordMetrics, createMetrics } from './metrics.ts';
import { readOutbox } from './notifications/outbox.ts';
import { loadAgents } from './orchestrator/load-agents.ts';
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
import { resolveViewer } from './users/resolve-viewer.ts';
import { adminPeople, localPeople, seedKeys, seedPeople } from './users/seed.ts';

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
  const probe = createHttpProbe({
    isRegistered: async (hostPort) =>
      (await db.system.findMany({ where: { archived: false }, select: { healthUrl: true } })).some(
        (system) => system.healthUrl !== null && hostPortOf(system.healthUrl) === hostPort,
      ),
  });
  const metricsSource =
    config.PROMETHEUS_URL === undefined
      ? null
      : createPrometheus({
          url: config.PROMETHEUS_URL,
          ...(config.PROMETHEUS_BEARER === undefined ? {} : { bearer: config.PROMETHEUS_BEARER }),
        });
  const llm = config.llm.mode === 'none' ? createNoLlm() : createOpenAi(config.llm);
  shutdown.add('outside', async () => {
    await probe.close();
    await metricsSource?.close();
  });

  // What people and agents can do
  const agents = await loadAgents();
  const manuals = createManualLibrary(db);
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
  const dependencies = createDependencies({
    redisConfigured: config.REDIS_URL !== undefined,
    db,
    durable,
    llm,
    metrics: metricsSource,
    kubernetes,
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
  const manualsRead = await ingestManuals(core, projectPath('manuals'));
  const runbooksRead = await ingestManuals(core, projectPath('docs', 'runbooks'));
  for (const refused of [...manualsRead.refused, ...runbooksRead.refused]) log.warn(refused, 'a manual was refused');
  if (config.SAMPLE_SYSTEM) await startSample(config, core, processes);

  // Durable work
  const taskDeps: TaskDeps = {
    ...core,
    durable,
    agents,
    ports: { probe, metrics: metricsSource, processes, kubernetes, manuals },
    llm: meterLlm(llm, metrics.onModelCall),
    cancelApprovals,
    approvalExpiryMs: config.APPROVAL_EXPIRY,
    onTaskEnd: metrics.onTaskEnd,
  };
  durable.register(taskFunction, createTaskFunction(taskDeps));
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
        agents,
        manuals,
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
    const alertDeps = { ...incidentDeps, startTask, defaultConversation: conversation, locale };
    await seedSchedule(core, { ...healthCheckSchedule(10), cron: config.HEALTH_CHECK_CRON });
    const sweep = startSweep(taskDeps);
    const loop = (name: string, intervalMs: number, work: () => Promise<unknown>): Loop =>
      startLoop({ name, intervalMs, log, work: async () => (durable.isHeld() ? work() : undefined) });
    const alerts = loop('alerts', 1_000, () => processAlerts(alertDeps));
    const health = loop('health watch', 1_000, () => watchHealth({ ...core, ingestAlerts }));
    const loops = [
      alerts,
      health,
      loop('schedules', 1_000, () => tickSchedules({ ...core, startTask, locale })),
      loop('approvals', 1_000, () => expireApprovals(core)),
      loop('incidents', 5_000, () => settleIncidents(incidentDeps)),
      loop('acknowledgements', 15_000, () => endAcknowledgements(incidentDeps)),
      loop('silences', 15_000, () => unmuteGroups(alertDeps)),
      loop('old readings', HOUR_MS, () => pruneHealthReadings(core)),
      loop('old keys', HOUR_MS, () => pruneIdempotencyKeys(db)),
      loop('old checks', HOUR_MS / 12, () => pruneScheduledTasks(core)),
    ];
    const woken: readonly (readonly [WakeTopic, () => void])[] = [
      ['tasks', sweep.wake],
      ['decisions', sweep.wake],
      ['alerts', alerts.wake],
    ];
    for (const [topic, wake] of woken) pubsub.subscribe(topic, wake);
    shutdown.add('loops', async () => {
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

/** The commands that may be run after an approval; a file that cannot be read stops the start. */
function readCommands(file: string | undefined): z.infer<typeof commandsSchema> {
  return file === undefined ? [] : commandsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}
