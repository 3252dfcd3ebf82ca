import type { Json, StoredEvidence, TaskContext } from '../agents/task.ts';
import { inTransaction } from '../db.ts';
import { moveTask } from './move-task.ts';
import { startTaskIn } from './start-task.ts';
import { beginStep, endStepIn, type PlanStep, type Recorded, wakeTask } from './step.ts';
import { TaskCancelled, type TaskRun } from './task-run.ts';
import { isFinished } from './task-state.ts';
import { inLanguage, words } from './words.ts';

type Delegated = Awaited<ReturnType<TaskContext['delegate']>>;

/**
 * Hands work to other agents as child tasks. Those asked for at the same moment are all started before the first is waited for, and
 * are waited for in the order of asking: replay sees the same sequence whichever ends first.
 */
export function createDelegation(run: TaskRun): TaskContext['delegate'] {
  let starts: Promise<unknown> = Promise.resolve();
  let waits: Promise<unknown> = Promise.resolve();
  return (name, title, agentId, taskType, input) => {
    const step: PlanStep = { name, title, seq: run.nextSeq() };
    const started = starts.then(() => startChild(run, step, agentId, taskType, input));
    starts = started.catch(() => undefined);
    const before = waits;
    const work = (async () => {
      const childId = await started;
      await starts;
      await before;
      return awaitChild(run, step, childId);
    })();
    waits = work.catch(() => undefined);
    return work;
  };
}

async function startChild(
  run: TaskRun,
  step: PlanStep,
  agentId: string,
  taskType: string,
  input: Json,
): Promise<string> {
  const { deps, task } = run;
  const recorded = await deps.durable.step(`${step.name}:start`, async (): Promise<Recorded<string>> => {
    if (!(await beginStep(run, step))) return { cancelled: true };
    const childId = await inTransaction(deps.db, async (tx) => {
      // The child acts for whoever asked the parent: it never has more rights.
      const parent = await tx.task.findUniqueOrThrow({ where: { id: task.id } });
      const child = await startTaskIn(deps, tx, {
        agentId,
        taskType,
        params: input,
        trigger: 'AGENT',
        requestedBy: {
          type: actorType(parent.requestedByType),
          id: parent.requestedById,
          name: parent.requestedByName,
        },
        locale: task.locale,
        incidentId: task.incidentId,
        parentId: task.id,
        idempotencyKey: `task:${task.id}:${step.name}`,
        correlationId: task.correlationId,
      });
      await tx.task.updateMany({ where: { id: child.task.id, enqueuedAt: null }, data: { enqueuedAt: new Date() } });
      return child.task.id;
    });
    return { cancelled: false, value: childId };
  });
  if (recorded.cancelled) throw new TaskCancelled();
  await deps.durable.startChild('task', recorded.value);
  return recorded.value;
}

const actorType = (type: string): 'user' | 'api_key' | 'automation' =>
  type === 'user' || type === 'api_key' ? type : 'automation';

async function awaitChild(run: TaskRun, step: PlanStep, childId: string): Promise<Delegated> {
  const { deps, task } = run;
  const engine = await deps.durable.awaitChild(childId);
  return deps.durable.step(`${step.name}:end`, async () => {
    const result = await inTransaction(deps.db, async (tx) => {
      const before = await tx.task.findUniqueOrThrow({ where: { id: childId } });
      if (!isFinished(before.status)) {
        const text = inLanguage(engine === 'dead' ? words.died : words.stoppedOutside, task.locale);
        await moveTask(tx, childId, 'FAILED', { errorCode: 'INTERNAL', errorMessage: text, finishedAt: new Date() });
      }
      const child = await tx.task.findUniqueOrThrow({
        where: { id: childId },
        include: { evidence: { orderBy: { ref: 'asc' } }, steps: { orderBy: { seq: 'asc' } } },
      });
      const evidence: StoredEvidence[] = child.evidence.map(({ id, ref, summary }) => ({ id, ref, summary }));
      const status = child.status === 'SUCCEEDED' ? 'SUCCEEDED' : child.status === 'CANCELLED' ? 'CANCELLED' : 'FAILED';
      await endStepIn(tx, run, step, {
        status,
        summary:
          status === 'FAILED'
            ? child.errorMessage
            : evidence.map((one) => `${one.summary} [${one.ref}]`).join(' · ') || null,
        evidenceRefs: evidence.map((one) => one.ref),
      });
      return { status, result: asJson(child.result), evidence, error: child.errorMessage } satisfies Delegated;
    });
    wakeTask(run);
    return result;
  });
}

const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value ?? null));
