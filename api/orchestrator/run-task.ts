import { z } from 'zod';
import { AppError, isAppError } from '../../lib/errors.ts';
import type { Json } from '../agents/task.ts';
import { storedJson } from '../audit/stored-json.ts';
import { inTransaction } from '../db.ts';
import { isCancellation } from '../durable/durable.ts';
import { endTask, type TaskEnding } from './end-task.ts';
import { withMissingInputs } from './missing-inputs.ts';
import { moveTask } from './move-task.ts';
import { sayTask } from './say-task.ts';
import { createTaskContext } from './task-context.ts';
import { TaskCancelled, type TaskDeps, TaskExpired, type TaskFacts, type TaskRun } from './task-run.ts';
import { inLanguage, words } from './words.ts';

const triesAtMost = 3;
const firstPauseMs = 2_000;

/** Name of the durable function of every task. */
export const taskFunction = 'task';

/** The durable function of every task: takes the row, lets the agent work, and writes how it ended. Its id is the task's. */
export function createTaskFunction(deps: TaskDeps): (id: string) => Promise<void> {
  return async (id) => {
    const begun = await deps.durable.step('task:begin', () => begin(deps, id));
    if (begun === null) return;
    let seq = 0;
    let attempt = 1;
    const at = (name: string) => (attempt === 1 ? name : `${name}~${attempt}`);
    const counts = new Map<string, number>();
    const run: TaskRun = {
      deps,
      task: begun.task,
      nextSeq: () => ++seq,
      at,
      nameOf: (kind) => {
        const count = (counts.get(at(kind)) ?? 0) + 1;
        counts.set(at(kind), count);
        return at(`${kind}:${count}`);
      },
    };
    // What a person was asked for once is not asked for again in the next try.
    const inputs = new Map<'complete', unknown>();
    let ending = await work(run, begun.params, inputs);
    // Only what merely reads is done again by itself, and only when whoever failed says that it may help.
    while (attempt < triesAtMost && mayTryAgain(deps, begun.task, ending)) {
      await deps.durable.sleep(firstPauseMs * 4 ** (attempt - 1));
      attempt++;
      ending = await work(run, begun.params, inputs);
    }
    await deps.durable.step('task:end', () => endTask(deps, id, ending));
  };
}

function mayTryAgain(deps: TaskDeps, task: TaskFacts, ending: TaskEnding): boolean {
  if (ending.status !== 'FAILED' || !ending.retryable) return false;
  return deps.agents.task(task.agentId, task.taskType)?.maxRisk === 'read_only';
}

async function begin(deps: TaskDeps, id: string): Promise<{ readonly task: TaskFacts; readonly params: Json } | null> {
  const row = await inTransaction(deps.db, async (tx) => {
    const moved = await moveTask(tx, id, 'RUNNING', { startedAt: new Date() });
    const task = await tx.task.findUniqueOrThrow({ where: { id } });
    if (moved) await sayTask(tx, task, 'TASK_PROGRESS');
    return task;
  });
  deps.wake('task', id);
  deps.wake('notifications');
  if (row.status !== 'RUNNING') return null;
  const {
    number,
    agentId,
    taskType,
    locale,
    trigger,
    incidentId,
    parentId,
    workflowId,
    workspace,
    channel,
    threadTs,
    correlationId,
  } = row;
  return {
    task: {
      id,
      number,
      agentId,
      taskType,
      locale,
      trigger,
      incidentId,
      parentId,
      workflowId,
      workspace,
      channel,
      threadTs,
      correlationId,
      llm: deps.llm.mode,
      metrics: deps.ports.metrics !== null,
    },
    params: JSON.parse(JSON.stringify(row.params)),
  };
}

async function work(run: TaskRun, params: Json, inputs: Map<'complete', unknown>): Promise<TaskEnding> {
  const { deps, task } = run;
  try {
    const definition = deps.agents.task(task.agentId, task.taskType);
    if (definition === null) {
      throw new AppError('NOT_FOUND', inLanguage(words.notReady(task.agentId, task.taskType), task.locale));
    }
    if (!inputs.has('complete')) inputs.set('complete', await withMissingInputs(run, definition, params));
    const input = definition.input.safeParse(inputs.get('complete'));
    if (!input.success) throw new AppError('INVALID_INPUT', z.prettifyError(input.error));
    const result = await definition.run(input.data, createTaskContext(run));
    const output = definition.output.safeParse(result);
    if (!output.success) {
      deps.log.error({ taskId: task.id, problem: z.prettifyError(output.error) }, 'a task broke its own output schema');
      throw new AppError('INTERNAL', inLanguage(words.internal, task.locale));
    }
    return { status: 'SUCCEEDED', result: storedJson(output.data) };
  } catch (error) {
    if (isCancellation(error)) throw error;
    if (error instanceof TaskCancelled) return { status: 'CANCELLED' };
    if (error instanceof TaskExpired) return { status: 'EXPIRED' };
    if (isAppError(error))
      return { status: 'FAILED', code: error.code, message: error.message, retryable: error.retryable };
    deps.log.error({ err: error, taskId: task.id }, 'task failed');
    return { status: 'FAILED', code: 'INTERNAL', message: inLanguage(words.internal, task.locale), retryable: false };
  }
}
