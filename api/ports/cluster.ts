/** What the product acts on: a process of the local runner, or a Kubernetes deployment. */
export interface WorkloadRef {
  readonly kind: 'process' | 'deployment';
  /** Kubernetes namespace; null for a local process. */
  readonly namespace: string | null;
  readonly name: string;
}

/** State of a workload as the target itself reports it. */
export interface WorkloadState {
  readonly kind: 'process' | 'deployment';
  readonly name: string;
  readonly namespace: string | null;
  /** `stopped` also when the process is gone or no replica is ready; `degraded` when some but not all replicas are ready. */
  readonly status: 'running' | 'degraded' | 'stopped' | 'missing';
  readonly desiredReplicas: number;
  readonly readyReplicas: number;
  /** Rises with every restart or rollout: pid start count of a process, `metadata.generation` of a deployment. */
  readonly generation: number;
  readonly startedAt: string | null;
  readonly exit: string | null;
  /** The key of the last change this product made here, when the target remembers it. */
  readonly lastChangeKey: string | null;
  /** Events, conditions or last output lines, newest first, at most 20. */
  readonly notes: readonly string[];
}

/** What a target answered to a change: refused is an answer, a lost connection is an exception. */
export interface ChangeAnswer {
  readonly accepted: boolean;
  readonly answer: string;
}

/**
 * Reads and changes workloads. Every method ends within its signal; errors are AppError with `retryable`.
 * `restart` honours the key: a target that has already seen it changes nothing and answers accepted.
 * `lastChangeKey` of `read` tells whether a key has arrived, so a lost answer can be settled by asking.
 */
export interface Cluster {
  read(ref: WorkloadRef, signal: AbortSignal): Promise<WorkloadState>;
  restart(ref: WorkloadRef, key: string, signal: AbortSignal): Promise<ChangeAnswer>;
  /** Runs an allow-listed command by its name. Not idempotent and cannot be asked afterwards. */
  runCommand(name: string, key: string, signal: AbortSignal): Promise<ChangeAnswer>;
  /** Names, exact command lines and effects of the commands that may be run. */
  commands(): readonly AllowedCommand[];
  /** The exact command a person would type for this restart. */
  describeRestart(ref: WorkloadRef): { readonly command: string; readonly effect: string; readonly undo: string };
}

export interface AllowedCommand {
  readonly name: string;
  readonly argv: readonly string[];
  readonly effect: string;
  readonly undo: string | null;
}
