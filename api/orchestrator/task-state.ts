/** States of a task, as the record writes them. */
export type TaskStatusName =
  | 'QUEUED'
  | 'RUNNING'
  | 'WAITING_INPUT'
  | 'WAITING_APPROVAL'
  | 'OUTCOME_UNKNOWN'
  | 'SUCCEEDED'
  | 'FAILED'
  | 'CANCELLED'
  | 'EXPIRED';

const next: Readonly<Record<TaskStatusName, readonly TaskStatusName[]>> = {
  QUEUED: ['RUNNING', 'FAILED', 'CANCELLED', 'EXPIRED'],
  RUNNING: ['WAITING_INPUT', 'WAITING_APPROVAL', 'OUTCOME_UNKNOWN', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'EXPIRED'],
  WAITING_INPUT: ['RUNNING', 'FAILED', 'CANCELLED', 'EXPIRED'],
  WAITING_APPROVAL: ['RUNNING', 'FAILED', 'CANCELLED', 'EXPIRED'],
  // Only a person's answer ends it; or the death of the task itself.
  OUTCOME_UNKNOWN: ['RUNNING', 'FAILED'],
  SUCCEEDED: [],
  FAILED: [],
  CANCELLED: [],
  EXPIRED: [],
};
const names = Object.keys(next) as TaskStatusName[];

/** True when nothing comes after it. */
export function isFinished(status: TaskStatusName): boolean {
  return next[status].length === 0;
}

/** States from which this one may be reached: the condition of the update that reaches it. */
export function statesBefore(status: TaskStatusName): TaskStatusName[] {
  return names.filter((name) => next[name].includes(status));
}

/** States in which work is still to be done. */
export function openStates(): TaskStatusName[] {
  return names.filter((name) => !isFinished(name));
}

/** Why a task cannot be cancelled now; null when it can. */
export function refusalToCancel(status: TaskStatusName): 'finished' | 'outcome-unknown' | null {
  if (isFinished(status)) return 'finished';
  return status === 'OUTCOME_UNKNOWN' ? 'outcome-unknown' : null;
}
