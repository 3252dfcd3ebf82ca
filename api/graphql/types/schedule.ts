import { Ctx, Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { toGlobalId } from '../../../lib/ids.ts';
import type { Schedule as ScheduleRow } from '../../db.ts';
import type { RequestContext } from '../request-context.ts';
import { AgentIdScalar, DateTimeScalar, JsonScalar } from '../scalars.ts';
import { type Actor, ActorUnion } from './actor.ts';
import { addressOf } from './chat-address.ts';
import { ChatAddress } from './common.ts';
import { ChatAddressInput } from './common-inputs.ts';
import { MutationPayload, NodeView, UserError } from './payload.ts';
import { actorOf } from './read-actor.ts';

/** What starts when, in its own time zone. */
@ObjectType('Schedule', { description: 'What starts when, in its own time zone.', implements: NodeView })
export class ScheduleView {
  constructor(readonly row: ScheduleRow) {}

  @Field(() => AgentIdScalar, { nullable: true })
  get agentId(): string | null {
    return this.row.agentId;
  }

  @Field(() => ChatAddress, { nullable: true })
  get conversation(): ChatAddress | null {
    return addressOf(this.row.workspace, this.row.channel, null, null);
  }

  @Field(() => String)
  get cron(): string {
    return this.row.cron;
  }

  @Field(() => Boolean)
  get enabled(): boolean {
    return this.row.enabled;
  }

  @Field(() => ID)
  get id(): string {
    return toGlobalId('Schedule', this.row.id);
  }

  @Field(() => DateTimeScalar, { nullable: true })
  get lastDueAt(): Date | null {
    return this.row.lastDueAt;
  }

  @Field(() => Int, { description: 'Due times that passed without a start.' })
  get missedRuns(): number {
    return this.row.missedRuns;
  }

  @Field(() => DateTimeScalar, { nullable: true })
  get nextRunAt(): Date | null {
    return this.row.nextRunAt;
  }

  @Field(() => String, { description: 'Human number, for example SCH-3.' })
  get number(): string {
    return `SCH-${this.row.number}`;
  }

  @Field(() => ActorUnion)
  owner(@Ctx() ctx: RequestContext): Promise<Actor> {
    return actorOf(ctx, this.row.ownerType, this.row.ownerId, this.row.ownerName);
  }

  @Field(() => JsonScalar)
  get params(): unknown {
    return this.row.params;
  }

  @Field(() => String, { nullable: true })
  get taskType(): string | null {
    return this.row.taskType;
  }

  @Field(() => String)
  get timeZone(): string {
    return this.row.timeZone;
  }

  @Field(() => String)
  get title(): string {
    return this.row.title;
  }

  @Field(() => Int)
  get version(): number {
    return this.row.version;
  }

  @Field(() => String, { nullable: true })
  get workflowDefinition(): string | null {
    return this.row.workflowDefinition;
  }
}

/** Exactly one of (agentId and taskType) and workflowDefinition. */
@InputType('ScheduleCreateInput', { description: 'Exactly one of (agentId and taskType) and workflowDefinition.' })
export class ScheduleCreateInput {
  @Field(() => AgentIdScalar, { nullable: true })
  agentId?: string | null | undefined;

  @Field(() => ChatAddressInput, { nullable: true })
  conversation?: ChatAddressInput | null | undefined;

  @Field(() => String)
  cron!: string;

  @Field(() => String)
  idempotencyKey!: string;

  @Field(() => JsonScalar, { nullable: true })
  params?: unknown | null | undefined;

  @Field(() => String, { nullable: true })
  taskType?: string | null | undefined;

  @Field(() => String)
  timeZone!: string;

  @Field(() => String)
  title!: string;

  @Field(() => String, { nullable: true })
  workflowDefinition?: string | null | undefined;
}

/** ScheduleUpdateInput of the API. */
@InputType('ScheduleUpdateInput')
export class ScheduleUpdateInput {
  @Field(() => String, { nullable: true })
  cron?: string | null | undefined;

  @Field(() => Boolean, { nullable: true })
  enabled?: boolean | null | undefined;

  @Field(() => Int)
  expectedVersion!: number;

  @Field(() => ID)
  id!: string;

  @Field(() => JsonScalar, { nullable: true })
  params?: unknown | null | undefined;

  @Field(() => String, { nullable: true })
  timeZone?: string | null | undefined;

  @Field(() => String, { nullable: true })
  title?: string | null | undefined;
}

/** ScheduleDeleteInput of the API. */
@InputType('ScheduleDeleteInput')
export class ScheduleDeleteInput {
  @Field(() => Int)
  expectedVersion!: number;

  @Field(() => ID)
  id!: string;
}

/** SchedulePayload of the API. */
@ObjectType('SchedulePayload', { implements: MutationPayload })
export class SchedulePayload {
  @Field(() => ScheduleView, { nullable: true })
  schedule!: ScheduleView | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}

/** ScheduleDeletePayload of the API. */
@ObjectType('ScheduleDeletePayload', { implements: MutationPayload })
export class ScheduleDeletePayload {
  @Field(() => ID, { nullable: true })
  deletedId!: string | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}
