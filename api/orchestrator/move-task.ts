import type { Prisma, Tx } from '../db.ts';
import { statesBefore, type TaskStatusName } from './task-state.ts';

/** Moves a task to a state if it stands in one from which that may be reached; false is an answer. */
export async function moveTask(
  tx: Tx,
  id: string,
  to: TaskStatusName,
  data: Omit<Prisma.TaskUpdateManyMutationInput, 'status' | 'version'> = {},
): Promise<boolean> {
  const moved = await tx.task.updateMany({
    where: { id, status: { in: statesBefore(to) } },
    data: { ...data, status: to, version: { increment: 1 } },
  });
  return moved.count === 1;
}
