// A worker process for the crash tests of tasks: `task-worker.ts <database url> <home of the processes> <port of the sample service> [address of a model]`.
import { z } from 'zod';
import { createLocalProcesses } from '../../api/adapters/cluster/local-process.ts';
import { createHttpProbe } from '../../api/adapters/http-probe/undici.ts';
import { createNoLlm } from '../../api/adapters/llm/none.ts';
import { createOpenAi } from '../../api/adapters/llm/openai.ts';
import { cancelApprovalsOf } from '../../api/approvals/cancel.ts';
import { createAudit } from '../../api/audit/append.ts';
import { createDb } from '../../api/db.ts';
import { createDurable } from '../../api/durable/durable.ts';
import { createManualLibrary } from '../../api/knowledge/library.ts';
import { startLoop } from '../../api/loop.ts';
import { loadAgents } from '../../api/orchestrator/load-agents.ts';
import { createTaskFunction, taskFunction } from '../../api/orchestrator/run-task.ts';
import { startSweep } from '../../api/orchestrator/sweep.ts';
import type { TaskDeps } from '../../api/orchestrator/task-run.ts';
import {
  createWorkflowFunction,
  createWorkflowStepFunction,
  workflowFunction,
  workflowStepFunction,
} from '../../api/workflows/run-workflow.ts';
import { sweepWorkflows } from '../../api/workflows/sweep.ts';
import { createLogger } from '../../lib/log.ts';
import { Secret } from '../../lib/secret.ts';
import { manualSearch } from './manual-search.ts';
import { sourcePorts } from './tool-ports.ts';

const [databaseUrl, home, port, modelUrl] = z
  .tuple([z.string(), z.string(), z.string(), z.string().optional()])
  .parse(process.argv.slice(2));
const program = 'task-worker';
const log = createLogger({ name: program, level: process.env.TEST_LOG_LEVEL === 'warn' ? 'warn' : 'silent' });
const { db } = createDb(databaseUrl, { program, poolSize: 6 });
const core = { db, log, wake: () => undefined, audit: createAudit(new Secret('k'.repeat(40)), log) };
const durable = createDurable({ databaseUrl, program, log, onLost: () => process.exit(75) });
const deps: TaskDeps = {
  ...core,
  durable,
  agents: await loadAgents(),
  ports: {
    probe: createHttpProbe({ isRegistered: async (hostPort) => hostPort === `127.0.0.1:${port}` }),
    metrics: null,
    processes: createLocalProcesses({ home }),
    kubernetes: null,
    manuals: createManualLibrary(db, manualSearch(core)),
    ...sourcePorts(db),
  },
  llm:
    modelUrl === undefined
      ? createNoLlm()
      : createOpenAi({ mode: 'compatible', baseUrl: modelUrl, apiKey: new Secret('key-1'), model: 'm-1' }),
  cancelApprovals: (tx, incidentId, reason) => cancelApprovalsOf(core, tx, { incidentId }, reason),
};
durable.register(taskFunction, createTaskFunction(deps));
durable.register(workflowFunction, createWorkflowFunction(deps));
durable.register(workflowStepFunction, createWorkflowStepFunction(deps));
await durable.launch();
startSweep(deps);
startLoop({ name: 'workflows', intervalMs: 200, log, work: () => sweepWorkflows(deps) });
console.log('ready');
