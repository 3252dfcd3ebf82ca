import { Router } from 'express';
import type { ExecutionResult } from 'graphql';
import { z } from 'zod';
import { newId } from '../../lib/ids.ts';
import type { Viewer } from '../context.ts';
import type { Credentials } from '../users/resolve-viewer.ts';
import { credentialsOf } from './credentials.ts';
import { sendProblem } from './problem.ts';

/** What the REST door stands on: its calls run the GraphQL twins with the same rights, keys and audit entries. */
export interface RestDeps {
  readonly resolveViewer: (credentials: Credentials) => Promise<Viewer>;
  readonly execute: (
    document: string,
    variables: Readonly<Record<string, unknown>>,
    viewer: Viewer,
  ) => Promise<ExecutionResult>;
}

/** Body of POST /api/agents/execute. */
export const executeBody = z.strictObject({
  agentId: z.string().max(60).optional(),
  taskType: z.string().max(60).optional(),
  params: z.record(z.string(), z.unknown()).optional(),
  instruction: z.string().max(4_000).optional(),
  dryRun: z.boolean().optional(),
});

/** Body of POST /api/workflows/execute. */
export const executeWorkflowBody = z.strictObject({
  definition: z.string().max(60).optional(),
  plan: z.record(z.string(), z.unknown()).optional(),
  params: z.record(z.string(), z.unknown()).optional(),
  scheduledFor: z.iso.datetime().optional(),
  dryRun: z.boolean().optional(),
});

const taskFields = `id number title status agentId taskType { name title } params result createdAt startedAt finishedAt analysisWritten
  incident { number } error { code message kept nextStep retryable }
  steps(first: 100) { nodes { title status tool summary startedAt finishedAt } }
  finding { headline verdict confidence situation { text evidenceRefs } reasons { text evidenceRefs } against { text evidenceRefs } notChecked needed }
  evidence(first: 100) { nodes { ref title asked summary capturedAt digest } }`;
const createTask = `mutation RestTaskCreate($input: TaskCreateInput!) { taskCreate(input: $input) { task { ${taskFields} } candidates { agentId name } userErrors { code message path } } }`;
const startWorkflow =
  'mutation RestWorkflowStart($input: WorkflowStartInput!) { workflowStart(input: $input) { workflow { id number title status definition params scheduledFor createdAt steps { name title status mode } } userErrors { code message path } } }';
const readTask = `query RestTask($id: ID, $number: String) { task(id: $id, number: $number) { ${taskFields} } }`;
const listAgents =
  'query RestAgents { agents { agentId title description available unavailableReason taskTypes { name title description inputSchema exampleInput maxRisk usesLanguageModel } } }';

const userErrorsSchema = z.array(
  z.object({ code: z.string(), message: z.string(), path: z.array(z.string()).nullable() }),
);
const createdSchema = z.object({
  taskCreate: z.object({
    task: z.looseObject({ number: z.string(), status: z.string() }).nullable(),
    candidates: z.array(z.unknown()),
    userErrors: userErrorsSchema,
  }),
});
const startedSchema = z.object({
  workflowStart: z.object({
    workflow: z.looseObject({ number: z.string() }).nullable(),
    userErrors: userErrorsSchema,
  }),
});
const finished = new Set(['SUCCEEDED', 'FAILED', 'CANCELLED', 'EXPIRED']);
const longestWaitSeconds = 60;

/** The small REST door beside GraphQL: execute an agent's task, list the agents, read a task. */
export function createRestRouter(deps: RestDeps): Router {
  const router = Router();
  router.post('/agents/execute', async (req, res) => {
    const requestId = String(res.getHeader('x-request-id'));
    const viewer = await deps.resolveViewer(credentialsOf(req.headers, requestId));
    const body = executeBody.safeParse(req.body ?? {});
    if (!body.success) {
      const errors = body.error.issues.map((issue) => ({ path: issue.path.map(String), message: issue.message }));
      return sendProblem(res, {
        code: 'INVALID_INPUT',
        message: 'The body does not fit: see errors.',
        errors,
        requestId,
      });
    }
    const key = req.header('idempotency-key') ?? newId();
    const answer = await deps.execute(createTask, { input: { ...body.data, idempotencyKey: key } }, viewer);
    const problem = problemOf(answer);
    if (problem !== null) return sendProblem(res, { ...problem, requestId });
    const { task, candidates, userErrors } = createdSchema.parse(answer.data).taskCreate;
    const [first] = userErrors;
    if (first !== undefined || task === null) {
      return sendProblem(res, {
        code: first?.code ?? 'INVALID_STATE',
        message: first?.message ?? 'Nothing was started.',
        errors: userErrors,
        requestId,
      });
    }
    const waited = await waitFor(deps, viewer, task, waitSeconds(req.header('prefer')));
    res
      .status(finished.has(waited.status) ? 200 : 202)
      .location(`/api/tasks/${task.number}`)
      .json({ task: waited, candidates });
  });
  router.post('/workflows/execute', async (req, res) => {
    const requestId = String(res.getHeader('x-request-id'));
    const viewer = await deps.resolveViewer(credentialsOf(req.headers, requestId));
    const body = executeWorkflowBody.safeParse(req.body ?? {});
    if (!body.success) {
      const errors = body.error.issues.map((issue) => ({ path: issue.path.map(String), message: issue.message }));
      return sendProblem(res, {
        code: 'INVALID_INPUT',
        message: 'The body does not fit: see errors.',
        errors,
        requestId,
      });
    }
    const key = req.header('idempotency-key') ?? newId();
    const answer = await deps.execute(startWorkflow, { input: { ...body.data, idempotencyKey: key } }, viewer);
    const problem = problemOf(answer);
    if (problem !== null) return sendProblem(res, { ...problem, requestId });
    const { workflow, userErrors } = startedSchema.parse(answer.data).workflowStart;
    const [first] = userErrors;
    if (first !== undefined)
      return sendProblem(res, { code: first.code, message: first.message, errors: userErrors, requestId });
    res.status(workflow === null ? 200 : 202).json({ workflow });
  });
  router.get('/agents/list', async (req, res) => {
    const requestId = String(res.getHeader('x-request-id'));
    const answer = await deps.execute(listAgents, {}, await deps.resolveViewer(credentialsOf(req.headers, requestId)));
    const problem = problemOf(answer);
    if (problem !== null) return sendProblem(res, { ...problem, requestId });
    res.json(answer.data);
  });
  router.get('/tasks/:id', async (req, res) => {
    const requestId = String(res.getHeader('x-request-id'));
    const viewer = await deps.resolveViewer(credentialsOf(req.headers, requestId));
    const task = await read(deps, viewer, req.params.id);
    if (task === null) return sendProblem(res, { code: 'NOT_FOUND', message: 'There is no such task.', requestId });
    res.json({ task });
  });
  return router;
}

function problemOf(answer: ExecutionResult): { readonly code: string; readonly message: string } | null {
  const [error] = answer.errors ?? [];
  if (error === undefined) return null;
  const code =
    error.extensions.code === 'BAD_USER_INPUT' ? 'INVALID_INPUT' : String(error.extensions.code ?? 'INTERNAL');
  return { code, message: error.message };
}

async function read(deps: RestDeps, viewer: Viewer, id: string): Promise<Record<string, unknown> | null> {
  const answer = await deps.execute(readTask, /^T-\d+$/.test(id) ? { number: id } : { id }, viewer);
  return z.object({ task: z.record(z.string(), z.unknown()).nullable() }).safeParse(answer.data).data?.task ?? null;
}

/** Seconds of `Prefer: wait=20` (RFC 7240), at most a minute. */
function waitSeconds(prefer: string | undefined): number {
  const seconds = /(?:^|[,;\s])wait=(\d{1,4})/.exec(prefer ?? '')?.[1];
  return Math.min(longestWaitSeconds, Number(seconds ?? 0));
}

async function waitFor(
  deps: RestDeps,
  viewer: Viewer,
  task: { readonly number: string; readonly status: string },
  seconds: number,
) {
  let latest: Record<string, unknown> & { status: string } = { ...task };
  const deadline = performance.now() + seconds * 1_000;
  while (!finished.has(latest.status) && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const now = await read(deps, viewer, task.number);
    if (now !== null) latest = { ...now, status: String(now.status) };
  }
  return latest;
}
