import { Arg, Ctx, Field, ID, Int, ObjectType } from 'type-graphql';
import { toGlobalId } from '../../../lib/ids.ts';
import {
  type AlertGroup as AlertGroupRow,
  type Approval as ApprovalRow,
  type Evidence as EvidenceRow,
  IncidentKind,
  type Incident as IncidentRow,
  IncidentStatus,
  Locale,
  Severity,
  type Task as TaskRow,
  type TimelineEntry as TimelineEntryRow,
  TimelineKind,
} from '../../db.ts';
import { ticketLinksOf } from '../../incidents/amend.ts';
import { readPage } from '../connection.ts';
import type { RequestContext } from '../request-context.ts';
import { DateTimeScalar } from '../scalars.ts';
import { type Actor, ActorUnion } from './actor.ts';
import { AlertGroupView } from './alert.ts';
import { ApprovalView } from './approval.ts';
import { addressOf } from './chat-address.ts';
import { ChatAddress } from './common.ts';
import {
  AlertGroupConnection,
  ApprovalConnection,
  EvidenceConnection,
  TaskConnection,
  TimelineEntryConnection,
} from './connections.ts';
import { FindingView } from './finding.ts';
import { NodeView } from './payload.ts';
import { actorOf } from './read-actor.ts';
import { pageOfEvidence } from './read-evidence.ts';
import { readNode } from './read-node.ts';
import { StormView, stormOf } from './storm.ts';
import { SystemView } from './system.ts';
import { TaskView } from './task.ts';
import { UserView } from './user.ts';
import { viewOrNull } from './view.ts';

/** What people work on. One incident, one thread, one timeline. */
@ObjectType('Incident', {
  description: 'What people work on. One incident, one thread, one timeline.',
  implements: NodeView,
})
export class IncidentView {
  constructor(readonly row: IncidentRow) {}

  @Field(() => DateTimeScalar, { nullable: true })
  get acknowledgedAt(): Date | null {
    return this.row.acknowledgedAt;
  }

  @Field(() => UserView, { nullable: true })
  async acknowledgedBy(@Ctx() ctx: RequestContext): Promise<UserView | null> {
    const { acknowledgedById } = this.row;
    return viewOrNull(acknowledgedById === null ? null : await ctx.load.user.load(acknowledgedById), UserView);
  }

  @Field(() => DateTimeScalar, { nullable: true, description: 'An acknowledgement ends by itself.' })
  get acknowledgedUntil(): Date | null {
    return this.row.acknowledgedUntil;
  }

  @Field(() => AlertGroupConnection)
  alertGroups(
    @Ctx() ctx: RequestContext,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
  ): Promise<AlertGroupConnection> {
    const where = { incidentId: this.row.id };
    const { alertGroup } = ctx.deps.db;
    return readPage(
      { after, first },
      {
        key: (row: AlertGroupRow) => row.number,
        keyType: 'number',
        order: 'desc',
        find: (range, order, take) =>
          alertGroup.findMany({ where: { AND: [where, { number: range }] }, orderBy: { number: order }, take }),
        count: (most) => alertGroup.count({ where, take: most }),
        node: (row) => new AlertGroupView(row),
      },
    );
  }

  @Field(() => ApprovalConnection)
  approvals(
    @Ctx() ctx: RequestContext,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
  ): Promise<ApprovalConnection> {
    const where = { incidentId: this.row.id };
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

  @Field(() => StormView, { nullable: true, description: 'Of kind STORM: counts, likely cause, end.' })
  storm(@Ctx() ctx: RequestContext): Promise<StormView | null> {
    return stormOf(ctx, this.row);
  }

  @Field(() => IncidentView, { nullable: true, description: 'The incident its alerts were moved to.' })
  async mergedInto(@Ctx() ctx: RequestContext): Promise<IncidentView | null> {
    const { mergedIntoId } = this.row;
    return viewOrNull(mergedIntoId === null ? null : await ctx.load.incident.load(mergedIntoId), IncidentView);
  }

  @Field(() => DateTimeScalar, { nullable: true })
  get snoozedUntil(): Date | null {
    return this.row.snoozedUntil;
  }

  @Field(() => [TicketLink], { description: 'Tickets of other systems.' })
  get ticketLinks(): readonly TicketLink[] {
    return ticketLinksOf(this.row);
  }

  @Field(() => Int, { description: 'Silences in force that were made for it, acknowledgements apart.' })
  silencesNow(@Ctx() ctx: RequestContext): Promise<number> {
    return ctx.deps.db.silence.count({
      where: { incidentId: this.row.id, status: { not: 'EXPIRED' }, kind: { not: 'ACKNOWLEDGEMENT' } },
    });
  }

  @Field(() => UserView, { nullable: true })
  async assignee(@Ctx() ctx: RequestContext): Promise<UserView | null> {
    const { assigneeId } = this.row;
    return viewOrNull(assigneeId === null ? null : await ctx.load.user.load(assigneeId), UserView);
  }

  @Field(() => String, { nullable: true })
  get cause(): string | null {
    return this.row.cause;
  }

  @Field(() => ChatAddress, { nullable: true })
  get conversation(): ChatAddress | null {
    return addressOf(this.row.workspace, this.row.channel, this.row.threadTs, this.row.threadTs);
  }

  @Field(() => EvidenceConnection, { description: 'All evidence of the thread, by ref.' })
  async evidence(
    @Ctx() ctx: RequestContext,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
  ): Promise<EvidenceConnection> {
    const where = { incidentId: this.row.id };
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

  @Field(() => FindingView, { nullable: true, description: 'The finding that stands now.' })
  async finding(@Ctx() ctx: RequestContext): Promise<FindingView | null> {
    return viewOrNull((await ctx.load.findingsOfIncident.load(this.row.id))[0] ?? null, FindingView);
  }

  @Field(() => String, { nullable: true })
  get fix(): string | null {
    return this.row.fix;
  }

  @Field(() => ID)
  get id(): string {
    return toGlobalId('Incident', this.row.id);
  }

  @Field(() => IncidentKind)
  get kind(): IncidentKind {
    return this.row.kind;
  }

  @Field(() => Locale)
  get locale(): Locale {
    return this.row.locale;
  }

  @Field(() => String, {
    description: "Human number, for example INC-31. ServiceNow's own numbers (INC0012345) are tickets.",
  })
  get number(): string {
    return `INC-${this.row.number}`;
  }

  @Field(() => String, { nullable: true, description: 'The written report, Markdown, once there is one.' })
  get report(): string | null {
    return this.row.report;
  }

  @Field(() => DateTimeScalar, { nullable: true })
  get resolvedAt(): Date | null {
    return this.row.resolvedAt;
  }

  @Field(() => String, { nullable: true, description: 'Who or what resolved it, in words.' })
  get resolvedBy(): string | null {
    return this.row.resolvedBy;
  }

  @Field(() => Severity)
  get severity(): Severity {
    return this.row.severity;
  }

  @Field(() => DateTimeScalar)
  get startedAt(): Date {
    return this.row.startedAt;
  }

  @Field(() => IncidentStatus)
  get status(): IncidentStatus {
    return this.row.status;
  }

  @Field(() => SystemView, { nullable: true })
  async system(@Ctx() ctx: RequestContext): Promise<SystemView | null> {
    const { systemId } = this.row;
    return viewOrNull(systemId === null ? null : await ctx.load.system.load(systemId), SystemView);
  }

  @Field(() => TaskConnection)
  tasks(
    @Ctx() ctx: RequestContext,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
  ): Promise<TaskConnection> {
    const where = { incidentId: this.row.id };
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

  @Field(() => TimelineEntryConnection)
  timeline(
    @Ctx() ctx: RequestContext,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) first: number | null,
    @Arg('kind', () => [TimelineKind], { nullable: true }) kind: readonly TimelineKind[] | null,
  ): Promise<TimelineEntryConnection> {
    const where = { incidentId: this.row.id, ...(kind ? { kind: { in: [...kind] } } : {}) };
    const { timelineEntry } = ctx.deps.db;
    return readPage(
      { after, first },
      {
        key: (row: TimelineEntryRow) => row.seq,
        keyType: 'number',
        order: 'desc',
        find: (range, order, take) =>
          timelineEntry.findMany({ where: { AND: [where, { seq: range }] }, orderBy: { seq: order }, take }),
        count: (most) => timelineEntry.count({ where, take: most }),
        node: (row) => new TimelineEntryView(row),
      },
      50,
    );
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

/** A ticket of another system. */
@ObjectType('TicketLink')
export class TicketLink {
  @Field(() => String)
  number!: string;

  @Field(() => String, { nullable: true })
  url!: string | null;
}

/** TimelineEntry of the API. */
@ObjectType('TimelineEntry', { implements: NodeView })
export class TimelineEntryView {
  constructor(readonly row: TimelineEntryRow) {}

  @Field(() => ActorUnion)
  actor(@Ctx() ctx: RequestContext): Promise<Actor> {
    return actorOf(ctx, this.row.actorType, this.row.actorId, this.row.actorName);
  }

  @Field(() => DateTimeScalar)
  get at(): Date {
    return this.row.at;
  }

  @Field(() => [Int])
  get evidenceRefs(): readonly number[] {
    return this.row.evidenceRefs;
  }

  @Field(() => ID)
  get id(): string {
    return toGlobalId('TimelineEntry', this.row.id);
  }

  @Field(() => TimelineKind)
  get kind(): TimelineKind {
    return this.row.kind;
  }

  @Field(() => NodeView, { nullable: true })
  subject(@Ctx() ctx: RequestContext): Promise<NodeView | null> {
    const { subjectType, subjectId } = this.row;
    return subjectType === null || subjectId === null ? Promise.resolve(null) : readNode(ctx, subjectType, subjectId);
  }

  @Field(() => String)
  get text(): string {
    return this.row.text;
  }
}
