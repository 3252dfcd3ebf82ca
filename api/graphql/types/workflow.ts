import { Ctx, Field, ID, Int, ObjectType } from 'type-graphql';
import { toGlobalId } from '../../../lib/ids.ts';
import {
  StepMode,
  StepStatus,
  type Workflow as WorkflowRow,
  WorkflowStatus,
  type WorkflowStep as WorkflowStepRow,
} from '../../db.ts';
import type { RequestContext } from '../request-context.ts';
import { DateTimeScalar, JsonScalar } from '../scalars.ts';
import { type Actor, ActorUnion } from './actor.ts';
import { addressOf, incidentOf } from './chat-address.ts';
import { ChatAddress } from './common.ts';
import { IncidentView } from './incident.ts';
import { NodeView } from './payload.ts';
import { actorOf } from './read-actor.ts';
import { TaskView } from './task.ts';
import { viewOrNull } from './view.ts';

/** A workflow this installation knows by name. */
@ObjectType('WorkflowDefinition')
export class WorkflowDefinitionView {
  @Field(() => String)
  description!: string;

  @Field(() => JsonScalar)
  exampleInput!: unknown;

  @Field(() => JsonScalar, { description: 'JSON Schema of its params.' })
  inputSchema!: unknown;

  @Field(() => String, { description: 'Wire name, for example system_checkup.' })
  name!: string;

  @Field(() => JsonScalar, { description: 'Its steps, in the shape a plan may have.' })
  steps!: unknown;

  @Field(() => String)
  title!: string;
}

/** Several tasks in order; survives a restart at any step. */
@ObjectType('Workflow', {
  description: 'Several tasks in order; survives a restart at any step.',
  implements: NodeView,
})
export class WorkflowView {
  constructor(readonly row: WorkflowRow) {}

  @Field(() => ChatAddress, { nullable: true })
  get conversation(): ChatAddress | null {
    return addressOf(this.row.workspace, this.row.channel, this.row.threadTs, null);
  }

  @Field(() => DateTimeScalar)
  get createdAt(): Date {
    return this.row.createdAt;
  }

  @Field(() => String, { description: 'Name of its definition; "plan" for one that came as data.' })
  get definition(): string {
    return this.row.definition;
  }

  @Field(() => String, { nullable: true, description: 'Why it failed.' })
  get errorMessage(): string | null {
    return this.row.errorMessage;
  }

  @Field(() => DateTimeScalar, { nullable: true })
  get finishedAt(): Date | null {
    return this.row.finishedAt;
  }

  @Field(() => ID)
  get id(): string {
    return toGlobalId('Workflow', this.row.id);
  }

  @Field(() => IncidentView, { nullable: true })
  async incident(@Ctx() ctx: RequestContext): Promise<IncidentView | null> {
    return viewOrNull(await incidentOf(ctx, this.row.incidentId), IncidentView);
  }

  @Field(() => String, { description: 'Human number, for example W-12.' })
  get number(): string {
    return `W-${this.row.number}`;
  }

  @Field(() => JsonScalar)
  get params(): unknown {
    return this.row.params;
  }

  @Field(() => ActorUnion)
  requestedBy(@Ctx() ctx: RequestContext): Promise<Actor> {
    return actorOf(ctx, this.row.requestedByType, this.row.requestedById, this.row.requestedByName);
  }

  @Field(() => DateTimeScalar, { nullable: true })
  get scheduledFor(): Date | null {
    return this.row.scheduledFor;
  }

  @Field(() => DateTimeScalar, { nullable: true })
  get startedAt(): Date | null {
    return this.row.startedAt;
  }

  @Field(() => WorkflowStatus, { description: 'WAITING_… while one of its tasks waits.' })
  async status(@Ctx() ctx: RequestContext): Promise<WorkflowStatus> {
    if (this.row.status !== 'RUNNING') return this.row.status;
    const tasks = await ctx.load.tasksOfWorkflow.load(this.row.id);
    for (const waiting of ['OUTCOME_UNKNOWN', 'WAITING_APPROVAL', 'WAITING_INPUT'] as const)
      if (tasks.some((task) => task.status === waiting)) return waiting;
    return this.row.status;
  }

  @Field(() => [WorkflowStepView])
  async steps(@Ctx() ctx: RequestContext): Promise<readonly WorkflowStepView[]> {
    return (await ctx.load.stepsOfWorkflow.load(this.row.id)).map((row) => new WorkflowStepView(row));
  }

  @Field(() => String)
  get title(): string {
    return this.row.title;
  }

  @Field(() => Int)
  get version(): number {
    return this.row.version;
  }
}

/** One task of a workflow. */
@ObjectType('WorkflowStep', { description: 'One task of a workflow.', implements: NodeView })
export class WorkflowStepView {
  constructor(readonly row: WorkflowStepRow) {}

  @Field(() => DateTimeScalar, { nullable: true })
  get finishedAt(): Date | null {
    return this.row.finishedAt;
  }

  @Field(() => ID)
  get id(): string {
    return toGlobalId('WorkflowStep', this.row.id);
  }

  @Field(() => StepMode)
  get mode(): StepMode {
    return this.row.mode;
  }

  @Field(() => String)
  get name(): string {
    return this.row.name;
  }

  @Field(() => DateTimeScalar, { nullable: true })
  get startedAt(): Date | null {
    return this.row.startedAt;
  }

  @Field(() => StepStatus, { description: 'As its task stands.' })
  async status(@Ctx() ctx: RequestContext): Promise<StepStatus> {
    if (this.row.status !== 'RUNNING' || this.row.taskId === null) return this.row.status;
    const task = await ctx.load.task.load(this.row.taskId);
    return task?.status === 'WAITING_APPROVAL' || task?.status === 'OUTCOME_UNKNOWN' ? task.status : this.row.status;
  }

  @Field(() => String, { nullable: true, description: 'What it brought in one line, or why it was left out.' })
  get summary(): string | null {
    return this.row.summary;
  }

  @Field(() => TaskView, { nullable: true })
  async task(@Ctx() ctx: RequestContext): Promise<TaskView | null> {
    return viewOrNull(this.row.taskId === null ? null : await ctx.load.task.load(this.row.taskId), TaskView);
  }

  @Field(() => String)
  get title(): string {
    return this.row.title;
  }
}
