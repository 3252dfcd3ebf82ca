import { z } from 'zod';
import { isAppError } from '../../lib/errors.ts';
import { derivedId } from '../../lib/ids.ts';
import { clip } from '../../lib/text.ts';
import { databaseNow, inTransaction, type StepStatus, type Tx, type WorkflowStep } from '../db.ts';
import { taskFunction } from '../orchestrator/run-task.ts';
import { startTaskIn } from '../orchestrator/start-task.ts';
import type { TaskDeps } from '../orchestrator/task-run.ts';
import { type EndedStatus, endOf, judgeStep, type Plan, type PlannedStep, resolveParams } from './plan-rules.ts';
import { sayWorkflow } from './say.ts';
import { inLanguage, words } from './words.ts';
import { planSchema } from './workflow.ts';

export const workflowFunction = 'workflow';
export const workflowStepFunction = 'workflow-step';

type Deps = Pick<TaskDeps, 'db' | 'durable' | 'agents' | 'audit' | 'wake' | 'log'>;

const ended: readonly StepStatus[] = ['SUCCEEDED', 'FAILED', 'SKIPPED', 'CANCELLED'];
const isEnded = (status: StepStatus): status is EndedStatus => ended.includes(status);
export const stepIdOf = (workflowId: string, name: string): string =>
  derivedId('workflow-step', `${workflowId}:${name}`);

/** The plan as it was validated when the workflow was accepted. */
export function storedPlan(value: unknown): Plan {
  const { title, steps } = planSchema.parse(value);
  return { title, steps: steps.map((step) => ({ ...step, title: step.title ?? step.name, needs: step.needs ?? [] })) };
}

/** The durable function of a workflow: starts every step's own function, those a step needs before it, waits for all, and says how it ended. */
export function createWorkflowFunction(deps: Deps): (id: string) => Promise<void> {
  const { durable } = deps;
  return async (id) => {
    const order = await durable.step('workflow:begin', () => begin(deps, id));
    if (order === null) return;
    for (const name of order) await durable.startChild(workflowStepFunction, stepIdOf(id, name));
    for (const name of order) {
      const status = await durable.awaitChild(stepIdOf(id, name));
      if (status !== 'success') await durable.step(`workflow:lost:${name}`, () => failStep(deps, id, name));
    }
    await durable.step('workflow:end', () => end(deps, id));
  };
}

async function begin(deps: Deps, id: string): Promise<string[] | null> {
  const order = await inTransaction(deps.db, async (tx) => {
    await tx.workflow.updateMany({
      where: { id, status: 'QUEUED' },
      data: { status: 'RUNNING', startedAt: await databaseNow(tx), version: { increment: 1 } },
    });
    const workflow = await tx.workflow.findUniqueOrThrow({ where: { id } });
    if (workflow.status !== 'RUNNING') return null;
    await sayWorkflow(tx, workflow);
    return needsFirst(storedPlan(workflow.plan));
  });
  deps.wake('notifications');
  return order;
}

/** Names of the steps so that each comes after what it needs. */
function needsFirst(plan: Plan): string[] {
  const order: string[] = [];
  const add = (step: PlannedStep): void => {
    if (order.includes(step.name)) return;
    for (const need of plan.steps.filter((one) => step.needs.includes(one.name))) add(need);
    order.push(step.name);
  };
  for (const step of plan.steps) add(step);
  return order;
}

/** The durable function of one step: waits for its needs, judges whether it is worked, starts its task and waits for that. */
export function createWorkflowStepFunction(deps: Deps): (id: string) => Promise<void> {
  const { durable } = deps;
  return async (id) => {
    const needs = await durable.step('step:needs', async () => {
      const row = await deps.db.workflowStep.findUniqueOrThrow({ where: { id }, include: { workflow: true } });
      const step = storedPlan(row.workflow.plan).steps.find((one) => one.name === row.name);
      return (step?.needs ?? []).map((need) => stepIdOf(row.workflowId, need));
    });
    for (const need of needs) await durable.awaitChild(need);
    const taskId = await durable.step('step:start', () => startStep(deps, id));
    if (taskId === null) return;
    await durable.startChild(taskFunction, taskId);
    const engine = await durable.awaitChild(taskId);
    await durable.step('step:end', () => endStep(deps, id, taskId, engine));
  };
}

/** Judges a step and starts its task; null when it is left out. */
async function startStep(deps: Deps, id: string): Promise<string | null> {
  const started = await inTransaction(deps.db, async (tx) => {
    const row = await tx.workflowStep.findUniqueOrThrow({
      where: { id },
      include: { workflow: { include: { steps: true } } },
    });
    const { workflow } = row;
    if (row.taskId !== null) return row.taskId;
    if (isEnded(row.status)) return null;
    const plan = storedPlan(workflow.plan);
    const step = plan.steps.find((one) => one.name === row.name);
    if (step === undefined) return null;
    const statuses = statusesOf(workflow.steps);
    const results = { input: workflow.params, steps: await resultsOf(tx, workflow.steps) };
    const verdict = judgeStep(step, plan, statuses, results, workflow.cancelRequested);
    const say = (text: Parameters<typeof inLanguage>[0]) => inLanguage(text, workflow.locale);
    if (!verdict.run) {
      const text = {
        stopped: words.stopped,
        'not-reached': words.notReached,
        condition: words.condition,
        cancelled: words.cancelled,
      }[verdict.reason];
      await setStep(tx, id, { status: verdict.reason === 'cancelled' ? 'CANCELLED' : 'SKIPPED', summary: say(text) });
      await sayWorkflow(tx, workflow);
      return null;
    }
    const delegatedBy =
      step.mode === 'DELEGATED' ? workflow.steps.find((one) => one.name === step.needs[0]) : undefined;
    try {
      const { task } = await startTaskIn(deps, tx, {
        agentId: step.agentId,
        taskType: step.taskType,
        params: resolveParams(step.params, results),
        trigger: 'WORKFLOW',
        requestedBy: {
          type: actorType(workflow.requestedByType),
          id: workflow.requestedById,
          name: workflow.requestedByName,
        },
        locale: workflow.locale,
        incidentId: workflow.incidentId,
        parentId: delegatedBy?.taskId ?? null,
        workflowId: workflow.id,
        asksForMissing: true,
        conversation:
          workflow.workspace === null || workflow.channel === null
            ? null
            : { workspace: workflow.workspace, channel: workflow.channel, thread: workflow.threadTs },
        idempotencyKey: `workflow:${workflow.id}:${step.name}`,
        correlationId: workflow.correlationId,
      });
      await tx.task.updateMany({
        where: { id: task.id, enqueuedAt: null },
        data: { enqueuedAt: await databaseNow(tx) },
      });
      await tx.workflowStep.update({
        where: { id },
        data: { status: 'RUNNING', taskId: task.id, startedAt: await databaseNow(tx) },
      });
      await sayWorkflow(tx, workflow);
      return task.id;
    } catch (error) {
      if (!isAppError(error) || error.code === 'UNAVAILABLE') throw error;
      await setStep(tx, id, { status: 'FAILED', summary: say(words.badParams(error.message)) });
      await sayWorkflow(tx, workflow);
      return null;
    }
  });
  deps.wake('notifications');
  return started;
}

const actorType = (type: string): 'user' | 'api_key' | 'automation' =>
  type === 'user' || type === 'api_key' ? type : 'automation';

function statusesOf(steps: readonly WorkflowStep[]): Record<string, EndedStatus> {
  return Object.fromEntries(steps.flatMap((step) => (isEnded(step.status) ? [[step.name, step.status]] : [])));
}

async function resultsOf(
  tx: Tx,
  steps: readonly WorkflowStep[],
): Promise<Record<string, { readonly result: unknown }>> {
  const ids = steps.flatMap((step) => (step.taskId === null ? [] : [step.taskId]));
  const tasks = new Map((await tx.task.findMany({ where: { id: { in: ids } } })).map((task) => [task.id, task]));
  return Object.fromEntries(
    steps.flatMap((step) =>
      step.taskId === null ? [] : [[step.name, { result: tasks.get(step.taskId)?.result ?? null }]],
    ),
  );
}

async function setStep(
  tx: Tx,
  id: string,
  data: { readonly status: StepStatus; readonly summary: string | null },
): Promise<void> {
  const summary = data.summary === null ? null : clip(data.summary, 300);
  await tx.workflowStep.update({
    where: { id },
    data: { status: data.status, summary, finishedAt: await databaseNow(tx) },
  });
}

/** Writes how the task of a step ended. */
async function endStep(deps: Deps, id: string, taskId: string, engine: string): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const row = await tx.workflowStep.findUniqueOrThrow({ where: { id }, include: { workflow: true } });
    if (isEnded(row.status)) return;
    const task = await tx.task.findUniqueOrThrow({
      where: { id: taskId },
      include: { steps: { orderBy: { seq: 'asc' } } },
    });
    const status: EndedStatus =
      task.status === 'SUCCEEDED' ? 'SUCCEEDED' : task.status === 'CANCELLED' ? 'CANCELLED' : 'FAILED';
    const last = task.steps.filter((step) => step.summary !== null).at(-1)?.summary ?? null;
    const lost = task.finishedAt === null ? `the task ended without a word (${engine})` : null;
    await setStep(tx, id, { status, summary: status === 'SUCCEEDED' ? last : (task.errorMessage ?? lost ?? last) });
    await sayWorkflow(tx, row.workflow);
  });
  deps.wake('notifications');
}

/** A step whose own function ended without writing so. */
async function failStep(deps: Deps, workflowId: string, name: string): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const row = await tx.workflowStep.findUniqueOrThrow({ where: { id: stepIdOf(workflowId, name) } });
    if (!isEnded(row.status)) await setStep(tx, row.id, { status: 'FAILED', summary: row.summary });
  });
}

async function end(deps: Deps, id: string): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const workflow = await tx.workflow.findUniqueOrThrow({
      where: { id },
      include: { steps: { orderBy: { seq: 'asc' } } },
    });
    const statuses = statusesOf(workflow.steps);
    const status = endOf(storedPlan(workflow.plan), statuses, workflow.cancelRequested);
    const failed = workflow.steps.find((step) => step.status === 'FAILED');
    const errorMessage =
      status === 'FAILED' && failed !== undefined
        ? clip(`${inLanguage(words.failedStep(failed.title), workflow.locale)} ${failed.summary ?? ''}`.trim(), 500)
        : null;
    const { count } = await tx.workflow.updateMany({
      where: { id, finishedAt: null },
      data: { status, errorMessage, finishedAt: await databaseNow(tx), version: { increment: 1 } },
    });
    if (count === 0) return;
    await sayWorkflow(tx, workflow);
    await deps.audit(tx, {
      actor: { type: 'automation', id: null, name: 'workflow' },
      operation: 'workflowEnd',
      subject: { type: 'Workflow', id },
      input: z.json().parse(statuses),
      outcome: status.toLowerCase(),
      reason: errorMessage,
      correlationId: workflow.correlationId,
    });
  });
  deps.wake('notifications');
}
