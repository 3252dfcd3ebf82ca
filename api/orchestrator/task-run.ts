import type { Core } from '../context.ts';
import type { Durable } from '../durable/durable.ts';
import type { IncidentDeps } from '../incidents/by.ts';
import type { Llm } from '../ports/llm.ts';
import type { ToolPorts } from '../tools/tool.ts';
import type { LlmBudget } from './budget-rules.ts';
import type { AgentRegistry } from './load-agents.ts';
import type { Language } from './words.ts';

/** How a task ended, for the metrics. */
export interface TaskEnd {
  readonly agentId: string;
  readonly taskType: string;
  readonly status: 'SUCCEEDED' | 'FAILED' | 'CANCELLED' | 'EXPIRED';
  readonly durationMs: number;
}

/** What working tasks needs. */
export interface TaskDeps extends Core {
  readonly durable: Durable;
  readonly agents: AgentRegistry;
  readonly ports: ToolPorts;
  readonly llm: Llm;
  /** What one task may spend on the model; the usual budget when left out. */
  readonly llmBudget?: LlmBudget;
  /** Whether calls of the model are kept for replay; they are when left out. */
  readonly recordsLlm?: boolean;
  readonly cancelApprovals: IncidentDeps['cancelApprovals'];
  /** How long an approval waits; 20 minutes when left out. */
  readonly approvalExpiryMs?: number;
  readonly onTaskEnd?: (end: TaskEnd) => void;
}

/** Facts of a task that never change while it is worked; read once, kept as a step. */
export interface TaskFacts {
  readonly id: string;
  readonly number: number;
  readonly agentId: string;
  readonly taskType: string;
  readonly locale: Language;
  readonly trigger: string;
  readonly incidentId: string | null;
  readonly parentId: string | null;
  readonly workflowId: string | null;
  readonly workspace: string | null;
  readonly channel: string | null;
  readonly threadTs: string | null;
  readonly correlationId: string;
  /** Connections as they were at the beginning: which steps follow must not change under a task that waits. */
  readonly llm: Llm['mode'];
  readonly metrics: boolean;
}

/** One task being worked by this process. */
export interface TaskRun {
  readonly deps: TaskDeps;
  readonly task: TaskFacts;
  /** Place of the next step in the plan; the same when the task is replayed, since calls come in the same order. */
  readonly nextSeq: () => number;
  /** The name of a step in this try of the task: what was read in an earlier try is read again. */
  readonly at: (name: string) => string;
  /** A name that was not given before, for steps that may be repeated. */
  readonly nameOf: (kind: string) => string;
}

/** Somebody asked for the end; thrown where a new step would begin. */
export class TaskCancelled extends Error {
  constructor() {
    super('cancelled');
    this.name = 'TaskCancelled';
  }
}

/** Nobody answered in time; thrown where the task waits. */
export class TaskExpired extends Error {
  constructor() {
    super('expired');
    this.name = 'TaskExpired';
  }
}
