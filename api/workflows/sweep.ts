import type { TaskDeps } from '../orchestrator/task-run.ts';
import { workflowFunction } from './run-workflow.ts';

const atOnce = 50;
const lookAtEngineAfterMs = 5_000;

/** Hands workflows that are due to the engine, and those it has lost again. Any number of processes may do so. Answers how many. */
export async function sweepWorkflows(deps: Pick<TaskDeps, 'db' | 'durable' | 'log'>): Promise<number> {
  await deps.db.$executeRaw`
    update "Workflow" set "status" = 'QUEUED' where "status" = 'SCHEDULED' and "scheduledFor" <= clock_timestamp()`;
  const due = await deps.db.$queryRaw<{ id: string }[]>`
    update "Workflow" set "enqueuedAt" = clock_timestamp() where "id" in (
      select "id" from "Workflow" where "status" = 'QUEUED' and "enqueuedAt" is null
      order by "createdAt" limit ${atOnce} for update skip locked) returning "id"`;
  for (const { id } of due) await deps.durable.start(workflowFunction, id);
  const open = await deps.db.workflow.findMany({
    where: { finishedAt: null, enqueuedAt: { lt: new Date(Date.now() - lookAtEngineAfterMs) } },
    orderBy: { version: 'asc' },
    take: atOnce,
    select: { id: true },
  });
  for (const { id } of open) {
    const status = await deps.durable.status(id);
    if (status === 'missing') await deps.durable.start(workflowFunction, id);
    if (status !== 'error' && status !== 'dead' && status !== 'cancelled') continue;
    deps.log.error({ workflowId: id, status }, 'the work on a workflow ended without a result');
    await deps.db.workflow.updateMany({
      where: { id, finishedAt: null },
      data: {
        status: 'FAILED',
        errorMessage: 'The work on this workflow ended without a result.',
        finishedAt: new Date(),
      },
    });
  }
  return due.length;
}
