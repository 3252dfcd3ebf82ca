import { DBOS } from '@dbos-inc/dbos-sdk';
import { z } from 'zod';
import { createLocalProcesses } from '../../api/adapters/cluster/local-process.ts';
import { createHttpProbe } from '../../api/adapters/http-probe/undici.ts';
import { createNoLlm } from '../../api/adapters/llm/none.ts';
import { defineTask } from '../../api/agents/task.ts';
import { createAudit } from '../../api/audit/append.ts';
import { createDb } from '../../api/db.ts';
import { createDurable } from '../../api/durable/durable.ts';
import { createManualLibrary } from '../../api/knowledge/library.ts';
import type { AgentRegistry } from '../../api/orchestrator/load-agents.ts';
import { createTaskFunction, taskFunction } from '../../api/orchestrator/run-task.ts';
import { startTask } from '../../api/orchestrator/start-task.ts';
import { startSweep } from '../../api/orchestrator/sweep.ts';
import type { TaskDeps } from '../../api/orchestrator/task-run.ts';
import { newId } from '../../lib/ids.ts';
import { startEmbeddedPostgres } from '../../lib/launch/embedded-postgres.ts';
import { createLogger } from '../../lib/log.ts';
import { Secret } from '../../lib/secret.ts';
import { migrateDeploy } from '../../prisma/migrate.ts';
import { manualSearch } from '../support/manual-search.ts';
import { temporaryHome } from '../support/temporary-home.ts';
import { sourcePorts } from '../support/tool-ports.ts';
import { until } from '../support/until.ts';
import { type Asked, type Measurement, type Outcome, percentile } from '../trials/measurement.ts';

const steps = 2;
const text = (en: string) => ({ en, ko: en });
/** A task that does nothing but two stored steps. */
const task = defineTask<Record<string, never>>({
  type: 'two_steps',
  title: text('Two steps'),
  description: text('Two steps'),
  input: z.strictObject({}),
  exampleInput: {},
  output: z.object({}),
  maxRisk: 'read_only',
  usesLanguageModel: false,
  describe: () => text('Two steps'),
  run: async (_, context) => {
    for (let i = 1; i <= steps; i++) await context.step(`step:${i}`, text(`Step ${i}`), async () => i);
    return {};
  },
});
const agents: AgentRegistry = (() => {
  const agent = {
    id: 'bench',
    title: text('b'),
    description: text('b'),
    whenToUse: 'b',
    prompt: '',
    routing: {},
    concurrency: 500,
    tasks: [task],
  };
  return {
    list: [agent],
    agent: (id) => (id === 'bench' ? agent : null),
    task: (id, type) => (id === 'bench' && type === task.type ? task : null),
  };
})();

/** Whole tasks, with their rows, plan, messages and audit, against bare functions of the same engine with as many steps, in one run. */
async function measure({ trials, say }: Asked): Promise<Outcome> {
  const count = trials ?? 200;
  const home = temporaryHome('agentic-bench-tasks-');
  const server = await startEmbeddedPostgres({ home });
  const log = createLogger({ name: 'bench', level: 'silent' });
  try {
    await migrateDeploy(server.url);
    const { db, close } = createDb(server.url, { program: 'bench', poolSize: 10 });
    const durable = createDurable({ databaseUrl: server.url, program: 'bench', log, onLost: () => undefined });
    let sweep: ReturnType<typeof startSweep> | undefined;
    const core = { db, log, audit: createAudit(new Secret('k'.repeat(40)), log), wake: () => sweep?.wake() };
    const deps: TaskDeps = {
      ...core,
      durable,
      agents,
      ports: {
        probe: createHttpProbe({ isRegistered: async () => false }),
        metrics: null,
        processes: createLocalProcesses({ home }),
        kubernetes: null,
        manuals: createManualLibrary(db, manualSearch(core)),
        ...sourcePorts(db),
      },
      llm: createNoLlm(),
      cancelApprovals: async () => [],
    };
    durable.register(taskFunction, createTaskFunction(deps));
    durable.register('bare', async () => {
      for (let i = 1; i <= steps; i++) await durable.step(`step:${i}`, async () => i);
    });
    const vendor = DBOS.registerWorkflow(
      async () => {
        for (let i = 1; i <= steps; i++) await DBOS.runStep(async () => i, { name: `step:${i}` });
      },
      { name: 'vendor' },
    );
    await durable.launch();
    sweep = startSweep(deps);
    const start = async () =>
      startTask(deps, {
        agentId: 'bench',
        taskType: task.type,
        params: {},
        trigger: 'API',
        requestedBy: { type: 'automation', id: null, name: 'bench' },
        locale: 'EN',
        idempotencyKey: newId(),
        correlationId: 'bench',
      });

    // Warm, then one after the other for the latency, then all at once for the rate.
    for (let i = 0; i < 5; i++) await start();
    await until(async () => (await db.task.count({ where: { finishedAt: null } })) === 0, {
      what: 'warm-up',
      timeoutMs: 60_000,
    });
    const latencies: number[] = [];
    for (let i = 0; i < 20; i++) {
      const { task: row } = await start();
      const ended = await until(() => db.task.findFirst({ where: { id: row.id, finishedAt: { not: null } } }), {
        what: 'one task',
        everyMs: 5,
      });
      latencies.push((ended.startedAt?.getTime() ?? 0) - ended.createdAt.getTime());
    }
    say(`start latency measured; ${count} tasks at once`);
    const begun = performance.now();
    await Promise.all(Array.from({ length: count }, start));
    const accepted = performance.now() - begun;
    await until(async () => (await db.task.count({ where: { finishedAt: null } })) === 0, {
      what: 'all tasks',
      timeoutMs: 300_000,
      everyMs: 10,
    });
    const tasksSeconds = (performance.now() - begun) / 1_000;
    const failed = await db.task.count({ where: { status: { not: 'SUCCEEDED' } } });
    say(`${count} bare functions through the same queue`);
    const bareBegun = performance.now();
    const ids = Array.from({ length: count }, () => newId());
    await Promise.all(ids.map((id) => durable.start('bare', id)));
    await until(
      async () =>
        (await Promise.all(ids.slice(-20).map((id) => durable.status(id)))).every((one) => one === 'success') &&
        (await done(ids)),
      {
        what: 'all bare functions',
        timeoutMs: 300_000,
        everyMs: 10,
      },
    );
    const bareSeconds = (performance.now() - bareBegun) / 1_000;
    async function done(all: readonly string[]): Promise<boolean> {
      const rows = await db.$queryRaw<
        { n: bigint }[]
      >`select count(*) as n from dbos.workflow_status where workflow_uuid = any(${[...all]}) and status = 'SUCCESS'`;
      return Number(rows[0]?.n ?? 0) === all.length;
    }
    say(`${count} functions of the engine itself, started directly`);
    const vendorBegun = performance.now();
    const handles = await Promise.all(Array.from({ length: count }, () => DBOS.startWorkflow(vendor)()));
    await Promise.all(handles.map((handle) => handle.getResult()));
    const vendorSeconds = (performance.now() - vendorBegun) / 1_000;

    await sweep.stop();
    await durable.stop(5_000);
    await close();
    const rate = (seconds: number) => Math.round((10 * count) / seconds) / 10;
    const ratio = Math.round((100 * rate(tasksSeconds)) / rate(bareSeconds)) / 100;
    return {
      figures: {
        tasks: count,
        tasksPerSecond: rate(tasksSeconds),
        acceptedPerSecond: rate(accepted / 1_000),
        startLatencyMs: { p50: percentile(latencies, 0.5), p95: percentile(latencies, 0.95) },
        ratioToQueuedFunction: ratio,
        ratioToDirectFunction: Math.round((100 * rate(tasksSeconds)) / rate(vendorSeconds)) / 100,
        failed,
      },
      baseline: { queuedFunctionsPerSecond: rate(bareSeconds), directFunctionsPerSecond: rate(vendorSeconds) },
      aims: { ratioToQueuedFunction: 0.8 },
      met: { ratioToQueuedFunction: ratio >= 0.8 },
      broken: failed > 0 ? [`${failed} tasks did not succeed`] : [],
    };
  } finally {
    await server.stop();
  }
}

export const tasks: Measurement = {
  name: 'tasks',
  about: 'durable tasks a second and start latency, against bare functions of the same steps',
  run: measure,
};
