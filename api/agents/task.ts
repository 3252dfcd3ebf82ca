import type { z } from 'zod';
import type { ActionTool, ReadTool } from '../tools/tool.ts';
import type { Answered, QuestionRequest } from './question.ts';
import type { ThinkOutcome, ThinkRequest } from './think.ts';
import type { Bilingual, FindingDraft, Json, StoredEvidence, ToolOutcome } from './values.ts';

export type { Bilingual, ClaimCheck, ClaimDraft, FindingDraft, Json, StoredEvidence, ToolOutcome } from './values.ts';

export type Risk = 'read_only' | 'low' | 'medium' | 'high' | 'forbidden';

/** A call an agent suggests; the card is made by code from the action tool's own description of these arguments. */
export interface ActionRequest<A = unknown> {
  readonly tool: ActionTool<A>;
  readonly args: A;
  /** Why, citing evidence. */
  readonly reason: string;
  /** A shorter way to the approval that has a name, and the runbook that names it; policy decides whether it holds. */
  readonly named?: { readonly policy: string; readonly namedBy: string };
}

export type ApprovalOutcome =
  | {
      readonly decision: 'approved';
      readonly approvalId: string;
      readonly number: string;
      readonly by: readonly string[];
    }
  | {
      readonly decision: 'rejected';
      readonly approvalId: string;
      readonly number: string;
      readonly by: string;
      readonly reason: string;
    }
  | {
      readonly decision: 'expired' | 'cancelled';
      readonly approvalId: string;
      readonly number: string;
      readonly reason: string;
    }
  | { readonly decision: 'refused'; readonly reason: string };

export type EffectOutcome =
  | { readonly status: 'done'; readonly accepted: boolean; readonly answer: string }
  /** The target or the arguments are not what was approved; nothing ran. */
  | { readonly status: 'drifted'; readonly reason: string }
  /** A person was asked and answered. */
  | { readonly status: 'unknown'; readonly observed: 'IT_RAN' | 'IT_DID_NOT_RUN' | 'ABANDON'; readonly note: string };

export interface AlertFacts {
  readonly name: string;
  readonly severity: string;
  readonly summary: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly runbookUrl: string | null;
  readonly startedAt: string;
  readonly firing: number;
  readonly occurrences30d: number;
}

export interface SystemFacts {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly environment: string;
  readonly healthUrl: string | null;
  readonly expectation: Json;
  readonly workload: {
    readonly kind: 'process' | 'deployment';
    readonly namespace: string | null;
    readonly name: string;
  } | null;
  readonly metricLabels: Readonly<Record<string, string>> | null;
  readonly verifyQuery: string | null;
}

export interface IncidentFacts {
  readonly id: string;
  readonly number: string;
  readonly title: string;
  readonly status: 'TRIGGERED' | 'ACKNOWLEDGED' | 'RESOLVED';
  readonly severity: string;
  readonly startedAt: string;
  readonly system: SystemFacts | null;
  readonly alerts: readonly AlertFacts[];
}

/** What is registered with the systems for asking: names and saved work, no address. */
export interface SourceFacts {
  readonly databases: readonly {
    readonly name: string;
    readonly system: string;
    readonly queries: readonly {
      readonly name: string;
      readonly words: readonly string[];
      readonly sql: string;
      readonly chart: 'line' | 'bar' | null;
    }[];
    readonly checks: readonly string[];
  }[];
  readonly logs: readonly { readonly name: string; readonly system: string }[];
  readonly jobs: readonly { readonly name: string; readonly system: string }[];
}

/** Facts of the product's own record a task may read; each call is a durable step. */
export interface TaskRecord {
  system(name: string): Promise<SystemFacts | null>;
  systems(): Promise<readonly SystemFacts[]>;
  incident(): Promise<IncidentFacts | null>;
  sources(): Promise<SourceFacts>;
  /**
   * Sends kept rows (and a chart of them) to the person who asked, by direct message and for them alone. `false` when no person asked.
   * `sql` stands beside the rows.
   */
  deliverRows(result: {
    readonly resultKey: string;
    readonly chartKey: string | null;
    readonly sql: string;
  }): Promise<boolean>;
  /** Keeps a health reading in the system's history. */
  saveHealth(reading: {
    readonly systemId: string;
    readonly state: 'HEALTHY' | 'SLOW' | 'UNHEALTHY';
    readonly statusCode: number | null;
    readonly latencyMs: number | null;
    readonly attempts: number;
    readonly message: string;
  }): Promise<void>;
  /** Closes the incident of this task: cause, fix, who; writes timeline, card and report. A resolved one is left as it is. */
  resolveIncident(facts: {
    readonly cause: string;
    readonly fix: string;
    readonly verification: string;
  }): Promise<void>;
  addTimeline(entry: {
    readonly kind: 'NOTE' | 'ACTION' | 'VERIFICATION' | 'FINDING';
    readonly text: string;
    readonly evidenceRefs: readonly number[];
  }): Promise<void>;
  /** The report of this task's incident as Markdown, made from the record. */
  incidentReport(): Promise<string>;
  /** Posts the stored report in the incident's thread, once. */
  postReport(markdown: string): Promise<void>;
}

/** Everything a task may do. It imports no engine, no database and no other agent. Names of steps are constants: replay depends on them. */
export interface TaskContext {
  readonly taskId: string;
  readonly number: string;
  readonly locale: 'KO' | 'EN';
  readonly trigger: string;
  readonly record: TaskRecord;
  /** `none`: say so and go on without. */
  readonly llm: 'none' | 'azure' | 'compatible';
  /** Which connections were set up when the task began; it stays so for this task. */
  readonly has: { readonly metrics: boolean };
  /** A durable step shown in the plan: done once, its stored result returned afterwards. It may run again after a crash, so it only reads. */
  step<T extends Json>(name: string, title: Bilingual, fn: () => Promise<T>): Promise<T>;
  /** A step that calls a read tool and stores Evidence. Never throws for the other side's faults: they are outcomes. */
  tool<A, D extends Json>(name: string, title: Bilingual, tool: ReadTool<A, D>, args: A): Promise<ToolOutcome<D>>;
  /** Runs another agent's task as a child and waits for it. Several may be awaited together when all are started first. */
  delegate(
    name: string,
    title: Bilingual,
    agentId: string,
    taskType: string,
    input: Json,
  ): Promise<{
    readonly status: 'SUCCEEDED' | 'FAILED' | 'CANCELLED';
    readonly result: Json;
    readonly evidence: readonly StoredEvidence[];
    readonly error: string | null;
  }>;
  /** Stores the action, asks for what policy demands, waits through restarts, until decided or expired. */
  approve<A>(name: string, title: Bilingual, action: ActionRequest<A>): Promise<ApprovalOutcome>;
  /** Runs exactly the approved call once, through the effect journal. Asks a person when the outcome cannot be known. */
  effect<A>(name: string, title: Bilingual, approvalId: string, action: ActionRequest<A>): Promise<EffectOutcome>;
  /** Marks what became of the approved action after a fresh check. */
  actionOutcome(approvalId: string, outcome: 'VERIFIED' | 'EXECUTED_UNVERIFIED' | 'FAILED'): Promise<void>;
  /** One structured answer of the model over stored evidence; null when there is no model, it is down, or its answer was unusable. */
  write<T extends Json>(
    name: string,
    title: Bilingual,
    request: {
      readonly prompt: string;
      readonly input: Json;
      readonly schemaName: string;
      readonly schema: z.ZodType<T>;
    },
  ): Promise<T | null>;
  /**
   * Lets the model look further with read tools, turn by turn, each turn and call a stored step. `stopped` at once without a model.
   * What it concludes is a draft: hand it to `conclude`, which checks it against the evidence.
   */
  think(name: string, request: ThinkRequest): Promise<ThinkOutcome>;
  /**
   * Asks a person in the task's thread and waits, for days if need be and through restarts. A reply in the thread is as good as the
   * form. When nobody answers in time the task ends as expired.
   */
  ask(name: string, title: Bilingual, request: QuestionRequest): Promise<Answered>;
  /** Durable timer; ends early when the task is cancelled. */
  wait(name: string, ms: number): Promise<void>;
  /** Waits until a moment of database time, for weeks if need be; at once when it has passed. */
  waitUntil(name: string, at: Date): Promise<void>;
  /** Database time, kept as a step. */
  now(name: string): Promise<Date>;
  /** Hands in the finding; answers it as stored. */
  conclude(
    finding: FindingDraft,
  ): Promise<{ readonly findingId: string; readonly droppedClaims: number; readonly confidence: string }>;
}

/** One thing an agent can do. The file name is the task type with dashes. */
export interface TaskDefinition<I extends Record<string, unknown>> {
  /** Wire name, for example health_check. */
  readonly type: string;
  readonly title: Bilingual;
  readonly description: Bilingual;
  readonly input: z.ZodType<I>;
  readonly exampleInput: I;
  readonly output: z.ZodType;
  /** The highest risk it can reach. */
  readonly maxRisk: Risk;
  readonly usesLanguageModel: boolean;
  /** What is asked for an input that is missing, by its name; its JSON name and description when left out. */
  readonly questions?: Readonly<Record<string, { readonly label: Bilingual; readonly reason: Bilingual }>>;
  /** Title of one task, from its input. */
  readonly describe: (input: I) => Bilingual;
  readonly run: (input: I, task: TaskContext) => Promise<Json>;
}

// biome-ignore lint/suspicious/noExplicitAny: the list of all tasks forgets each one's own input type; run-task parses before it calls
export type AnyTaskDefinition = TaskDefinition<any>;

/** Checks the shape at compile time and returns it unchanged. */
export function defineTask<I extends Record<string, unknown>>(task: TaskDefinition<I>): TaskDefinition<I> {
  return task;
}
