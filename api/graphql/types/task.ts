import { Arg, Ctx, Field, ID, Int, ObjectType } from 'type-graphql';
import { toGlobalId } from '../../../lib/ids.ts';
import {
  type Approval as ApprovalRow,
  type Evidence as EvidenceRow,
  RiskLevel,
  StepStatus,
  type Task as TaskRow,
  TaskStatus,
  type TaskStep as TaskStepRow,
  TaskTrigger,
} from '../../db.ts';
import { usualLlmBudget } from '../../orchestrator/budget-rules.ts';
import { readPage } from '../connection.ts';
import type { RequestContext } from '../request-context.ts';
import { AgentIdScalar, DateTimeScalar, JsonScalar } from '../scalars.ts';
import { questionsOf } from '../task-questions.ts';
import { type Actor, ActorUnion } from './actor.ts';
import { ApprovalView, EffectView, ProposedActionView } from './approval.ts';
import { addressOf } from './chat-address.ts';
import { ChatAddress } from './common.ts';
import { ApprovalConnection, EvidenceConnection, TaskConnection, TaskStepConnection } from './connections.ts';
import { EvidenceView } from './evidence.ts';
import { FindingView } from './finding.ts';
import { IncidentView } from './incident.ts';
import { NodeView } from './payload.ts';
import { actorOf } from './read-actor.ts';
import { evidenceOf, pageOfEvidence } from './read-evidence.ts';
import { errorOf, taskTypeOf } from './task-facts.ts';
import { LanguageModelUsage, TaskError } from './task-parts.ts';
import { TaskQuestionsView } from './task-question.ts';
import { viewOrNull } from './view.ts';
import { WorkflowView } from './workflow.ts';

/** One request to one agent. */
@ObjectType('Task', { description: 'One request to one agent.', implements: NodeView })
export class TaskView {
  constructor(readonly row: TaskRow) {}

  @Field(() => [ProposedActionView], { description: 'Steps that asked for an approval or changed something.' })
  async actions(@Ctx() ctx: RequestContext): Promise<readonly ProposedActionView[]> {
    return (await ctx.load.actionsOfTask.load(this.row.id)).map((row) => new ProposedActionView(row));
  }

  @Field(() => AgentIdScalar)
  get agentId(): string {
    return this.row.agentId;
  }

  @Field(() => Boolean, {
    description: 'False when no language model was available: facts are there, the written analysis is not.',
  })
  get analysisWritten(): boolean {
    return this.row.analysisWritten;
  }

  @Field(() => ApprovalConnection)
  approvals(
    @Ctx() ctx: RequestContext,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
  ): Promise<ApprovalConnection> {
    const where = { taskId: this.row.id };
    const { approval } = ctx.deps.db;
    return readPage(
      { after, first },
      {
        key: (row: ApprovalRow) => row.number,
        keyType: 'number',
        order: 'desc',
        find: (range, order, take) =>
          approval.findMany({ where: { AND: [where, { number: range }] }, orderBy: { number: order }, take }),
        count: (most) => approval.count({ where, take: most }),
        node: (row) => new ApprovalView(row),
      },
    );
  }

  @Field(() => TaskConnection)
  children(
    @Ctx() ctx: RequestContext,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
  ): Promise<TaskConnection> {
    const where = { parentId: this.row.id };
    const { task } = ctx.deps.db;
    return readPage(
      { after, first },
      {
        key: (row: TaskRow) => row.number,
        keyType: 'number',
        order: 'desc',
        find: (range, order, take) =>
          task.findMany({ where: { AND: [where, { number: range }] }, orderBy: { number: order }, take }),
        count: (most) => task.count({ where, take: most }),
        node: (row) => new TaskView(row),
      },
    );
  }

  @Field(() => ChatAddress, { nullable: true })
  get conversation(): ChatAddress | null {
    return addressOf(this.row.workspace, this.row.channel, this.row.threadTs, null);
  }

  @Field(() => DateTimeScalar)
  get createdAt(): Date {
    return this.row.createdAt;
  }

  @Field(() => Boolean)
  get dryRun(): boolean {
    return this.row.dryRun;
  }

  @Field(() => [EffectView])
  async effects(@Ctx() ctx: RequestContext): Promise<readonly EffectView[]> {
    return (await ctx.load.effectsOfTask.load(this.row.id)).map((row) => new EffectView(row));
  }

  @Field(() => TaskError, { nullable: true })
  get error(): TaskError | null {
    return errorOf(this.row);
  }

  @Field(() => EvidenceConnection)
  async evidence(
    @Ctx() ctx: RequestContext,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
  ): Promise<EvidenceConnection> {
    const where = { taskId: this.row.id };
    const { evidence } = ctx.deps.db;
    const rows = await readPage(
      { after, first },
      {
        key: (row: EvidenceRow) => row.ref,
        keyType: 'number',
        order: 'asc',
        find: (range, order, take) =>
          evidence.findMany({ where: { AND: [where, { ref: range }] }, orderBy: { ref: order }, take }),
        count: (most) => evidence.count({ where, take: most }),
        node: (row) => row,
      },
    );
    return pageOfEvidence(ctx, rows);
  }

  @Field(() => FindingView, { nullable: true })
  async finding(@Ctx() ctx: RequestContext): Promise<FindingView | null> {
    return viewOrNull((await ctx.load.findingsOfTask.load(this.row.id))[0] ?? null, FindingView);
  }

  @Field(() => DateTimeScalar, { nullable: true })
  get finishedAt(): Date | null {
    return this.row.finishedAt;
  }

  @Field(() => ID)
  get id(): string {
    return toGlobalId('Task', this.row.id);
  }

  @Field(() => IncidentView, { nullable: true })
  async incident(@Ctx() ctx: RequestContext): Promise<IncidentView | null> {
    const { incidentId } = this.row;
    return viewOrNull(incidentId === null ? null : await ctx.load.incident.load(incidentId), IncidentView);
  }

  @Field(() => String, { nullable: true, description: "The person's own words, when there were any." })
  get instruction(): string | null {
    return this.row.instruction;
  }

  @Field(() => String, { description: 'Human number, for example T-1042.' })
  get number(): string {
    return `T-${this.row.number}`;
  }

  @Field(() => JsonScalar, { description: 'Validated input, secrets masked.' })
  get params(): unknown {
    return this.row.params;
  }

  @Field(() => TaskView, { nullable: true })
  async parent(@Ctx() ctx: RequestContext): Promise<TaskView | null> {
    const { parentId } = this.row;
    return viewOrNull(parentId === null ? null : await ctx.load.task.load(parentId), TaskView);
  }

  @Field(() => ActorUnion)
  requestedBy(@Ctx() ctx: RequestContext): Promise<Actor> {
    return actorOf(ctx, this.row.requestedByType, this.row.requestedById, this.row.requestedByName);
  }

  @Field(() => JsonScalar, { nullable: true, description: 'Shape given by taskType.outputSchema.' })
  get result(): unknown | null {
    return this.row.result;
  }

  @Field(() => DateTimeScalar, { nullable: true })
  get startedAt(): Date | null {
    return this.row.startedAt;
  }

  @Field(() => TaskStatus)
  get status(): TaskStatus {
    return this.row.status;
  }

  @Field(() => TaskStepConnection)
  steps(
    @Ctx() ctx: RequestContext,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
  ): Promise<TaskStepConnection> {
    const where = { taskId: this.row.id };
    const { taskStep } = ctx.deps.db;
    return readPage(
      { after, first },
      {
        key: (row: TaskStepRow) => row.seq,
        keyType: 'number',
        order: 'asc',
        find: (range, order, take) =>
          taskStep.findMany({ where: { AND: [where, { seq: range }] }, orderBy: { seq: order }, take }),
        count: (most) => taskStep.count({ where, take: most }),
        node: (row) => new TaskStepView(row),
      },
    );
  }

  @Field(() => TaskQuestionsView, { nullable: true, description: 'What it asks, or last asked, a person.' })
  async questions(@Ctx() ctx: RequestContext): Promise<TaskQuestionsView | null> {
    const [latest] = await ctx.load.questionsOfTask.load(this.row.id);
    return latest === undefined ? null : questionsOf(latest);
  }

  @Field(() => TaskType)
  taskType(@Ctx() ctx: RequestContext): TaskType {
    return taskTypeOf(ctx, this.row.agentId, this.row.taskType);
  }

  @Field(() => String)
  get title(): string {
    return this.row.title;
  }

  @Field(() => TaskTrigger)
  get trigger(): TaskTrigger {
    return this.row.trigger;
  }

  @Field(() => LanguageModelUsage)
  usage(@Ctx() ctx: RequestContext): LanguageModelUsage {
    const { llmCalls, promptTokens, completionTokens, costUsd, llmMs } = this.row;
    const budget = ctx.deps.llmBudget ?? usualLlmBudget;
    return {
      calls: llmCalls,
      callLimit: budget.calls,
      promptTokens,
      completionTokens,
      tokenLimit: budget.tokens,
      costUsd,
      costLimitUsd: budget.costUsd,
      seconds: llmMs / 1_000,
    };
  }

  @Field(() => Int)
  get version(): number {
    return this.row.version;
  }

  @Field(() => WorkflowView, { nullable: true })
  async workflow(@Ctx() ctx: RequestContext): Promise<WorkflowView | null> {
    const { workflowId } = this.row;
    return viewOrNull(workflowId === null ? null : await ctx.load.workflow.load(workflowId), WorkflowView);
  }
}

/** One tool call or one stage of a task, as shown in the plan message. */
@ObjectType('TaskStep', {
  description: 'One tool call or one stage of a task, as shown in the plan message.',
  implements: NodeView,
})
export class TaskStepView {
  constructor(readonly row: TaskStepRow) {}

  @Field(() => Int)
  get attempt(): number {
    return this.row.attempt;
  }

  @Field(() => [EvidenceView])
  async evidence(@Ctx() ctx: RequestContext): Promise<readonly EvidenceView[]> {
    const task = await ctx.load.task.load(this.row.taskId);
    return evidenceOf(ctx, { taskId: this.row.taskId, incidentId: task?.incidentId ?? null }, this.row.evidenceRefs);
  }

  @Field(() => DateTimeScalar, { nullable: true })
  get finishedAt(): Date | null {
    return this.row.finishedAt;
  }

  @Field(() => ID)
  get id(): string {
    return toGlobalId('TaskStep', this.row.id);
  }

  @Field(() => DateTimeScalar, { nullable: true })
  get startedAt(): Date | null {
    return this.row.startedAt;
  }

  @Field(() => StepStatus)
  get status(): StepStatus {
    return this.row.status;
  }

  @Field(() => String, { nullable: true, description: 'One line of output.' })
  get summary(): string | null {
    return this.row.summary;
  }

  @Field(() => String)
  get title(): string {
    return this.row.title;
  }

  @Field(() => String, { nullable: true })
  get tool(): string | null {
    return this.row.tool;
  }
}

/** One thing an agent can do, for example monitoring · health_check. */
@ObjectType('TaskType', {
  description: 'One thing an agent can do, for example monitoring · health_check.',
  implements: NodeView,
})
export class TaskType {
  @Field(() => AgentIdScalar)
  agentId!: string;

  @Field(() => String)
  description!: string;

  @Field(() => JsonScalar)
  exampleInput!: unknown;

  @Field(() => ID)
  id!: string;

  @Field(() => JsonScalar, {
    description: 'JSON Schema 2020-12: validates params, draws the web form, describes the tool to the model.',
  })
  inputSchema!: unknown;

  @Field(() => RiskLevel, { description: 'The highest risk this task type can reach.' })
  maxRisk!: RiskLevel;

  @Field(() => String, { description: 'Wire name, for example health_check.' })
  name!: string;

  @Field(() => JsonScalar)
  outputSchema!: unknown;

  @Field(() => String)
  title!: string;

  @Field(() => Boolean, {
    description: 'True when the written part is left out without a language model; the rest still works.',
  })
  usesLanguageModel!: boolean;
}
