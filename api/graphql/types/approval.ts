import { Ctx, Field, ID, Int, ObjectType } from 'type-graphql';
import { toGlobalId } from '../../../lib/ids.ts';
import {
  ActionOutcome,
  type ApprovalDecision as ApprovalDecisionRow,
  ApprovalKind,
  type Approval as ApprovalRow,
  ApprovalStatus,
  type Effect as EffectRow,
  EffectStatus,
  type ProposedAction as ProposedActionRow,
  RiskLevel,
  TaskTrigger,
} from '../../db.ts';
import type { RequestContext } from '../request-context.ts';
import { DateTimeScalar, DurationScalar, JsonScalar } from '../scalars.ts';
import { type Actor, ActorUnion } from './actor.ts';
import { canDecide, eligibleWords, observedOf } from './approval-facts.ts';
import { conversationOf, incidentOf } from './chat-address.ts';
import { ChatAddress } from './common.ts';
import { ObservedOutcome } from './enums.ts';
import { IncidentView } from './incident.ts';
import { NodeView } from './payload.ts';
import { actorOf } from './read-actor.ts';
import { TaskView } from './task.ts';
import { UserView } from './user.ts';
import { requireNode, viewOrNull } from './view.ts';

/** A decision on one exact call. Chat cards are views of this row. */
@ObjectType('Approval', {
  description: 'A decision on one exact call. Chat cards are views of this row.',
  implements: NodeView,
})
export class ApprovalView {
  constructor(readonly row: ApprovalRow) {}

  @Field(() => ProposedActionView)
  async action(@Ctx() ctx: RequestContext): Promise<ProposedActionView> {
    return requireNode(await ctx.load.action.load(this.row.actionId), ProposedActionView);
  }

  @Field(() => ChatAddress, { nullable: true })
  async conversation(@Ctx() ctx: RequestContext): Promise<ChatAddress | null> {
    return conversationOf(await ctx.load.task.load(this.row.taskId), await incidentOf(ctx, this.row.incidentId));
  }

  @Field(() => DateTimeScalar)
  get createdAt(): Date {
    return this.row.createdAt;
  }

  @Field(() => DateTimeScalar, { nullable: true })
  get decidedAt(): Date | null {
    return this.row.decidedAt;
  }

  @Field(() => [ApprovalDecisionView])
  async decisions(@Ctx() ctx: RequestContext): Promise<readonly ApprovalDecisionView[]> {
    return (await ctx.load.decisionsOf.load(this.row.id)).map((row) => new ApprovalDecisionView(row));
  }

  @Field(() => String, {
    description: 'Hash of tool, target, normalised parameters and precondition. Send it back when deciding.',
  })
  get digest(): string {
    return this.row.digest;
  }

  @Field(() => String, {
    description: 'Who may decide, in words and as a list; never the requester when kind is APPROVAL.',
  })
  eligible(@Ctx() ctx: RequestContext): string {
    return eligibleWords(this.row, ctx.viewer.locale);
  }

  @Field(() => String, { nullable: true })
  get endReason(): string | null {
    return this.row.endReason;
  }

  @Field(() => DateTimeScalar)
  get expiresAt(): Date {
    return this.row.expiresAt;
  }

  @Field(() => ID)
  get id(): string {
    return toGlobalId('Approval', this.row.id);
  }

  @Field(() => IncidentView, { nullable: true })
  async incident(@Ctx() ctx: RequestContext): Promise<IncidentView | null> {
    const { incidentId } = this.row;
    return viewOrNull(incidentId === null ? null : await ctx.load.incident.load(incidentId), IncidentView);
  }

  @Field(() => ApprovalKind)
  get kind(): ApprovalKind {
    return this.row.kind;
  }

  @Field(() => String, { description: 'Human number, for example APR-7.' })
  get number(): string {
    return `APR-${this.row.number}`;
  }

  @Field(() => String, { description: 'Name of the policy that set the number of approvers, and what it left out.' })
  get policy(): string {
    return this.row.policy;
  }

  @Field(() => JsonScalar, { description: 'State of the target when asked; compared again before running.' })
  get precondition(): unknown {
    return this.row.precondition;
  }

  @Field(() => ActorUnion)
  requestedBy(@Ctx() ctx: RequestContext): Promise<Actor> {
    return actorOf(ctx, this.row.requestedByType, this.row.requestedById, this.row.requestedByName);
  }

  @Field(() => Int)
  get required(): number {
    return this.row.required;
  }

  @Field(() => [String])
  get skipped(): readonly string[] {
    return this.row.skipped;
  }

  @Field(() => ApprovalStatus)
  get status(): ApprovalStatus {
    return this.row.status;
  }

  @Field(() => TaskView)
  async task(@Ctx() ctx: RequestContext): Promise<TaskView> {
    return requireNode(await ctx.load.task.load(this.row.taskId), TaskView);
  }

  @Field(() => String, { nullable: true, description: 'Text the approver must type (HIGH risk), else null.' })
  get typedConfirmation(): string | null {
    return this.row.typedConfirmation;
  }

  @Field(() => Boolean)
  viewerCanDecide(@Ctx() ctx: RequestContext): Promise<boolean> {
    return canDecide(ctx, this.row);
  }
}

/** ApprovalDecision of the API. */
@ObjectType('ApprovalDecision')
export class ApprovalDecisionView {
  constructor(readonly row: ApprovalDecisionRow) {}

  @Field(() => Boolean)
  get approved(): boolean {
    return this.row.approved;
  }

  @Field(() => DateTimeScalar)
  get at(): Date {
    return this.row.at;
  }

  @Field(() => UserView)
  async by(@Ctx() ctx: RequestContext): Promise<UserView> {
    return requireNode(await ctx.load.user.load(this.row.userId), UserView);
  }

  @Field(() => String, { nullable: true })
  get reason(): string | null {
    return this.row.reason;
  }

  @Field(() => TaskTrigger)
  get via(): TaskTrigger {
    return this.row.via;
  }
}

/** One change of another system in the journal: written before it is tried, never tried twice by itself. */
@ObjectType('Effect', {
  description: 'One change of another system in the journal: written before it is tried, never tried twice by itself.',
  implements: NodeView,
})
export class EffectView {
  constructor(readonly row: EffectRow) {}

  @Field(() => Boolean, { nullable: true, description: 'Whether the target accepted, once known.' })
  get accepted(): boolean | null {
    return this.row.accepted;
  }

  @Field(() => ProposedActionView)
  async action(@Ctx() ctx: RequestContext): Promise<ProposedActionView> {
    return requireNode(await ctx.load.action.load(this.row.actionId), ProposedActionView);
  }

  @Field(() => String, { nullable: true })
  get answer(): string | null {
    return this.row.answer;
  }

  @Field(() => ApprovalView)
  async approval(@Ctx() ctx: RequestContext): Promise<ApprovalView> {
    return requireNode(await ctx.load.approval.load(this.row.approvalId), ApprovalView);
  }

  @Field(() => DateTimeScalar, { nullable: true })
  get doneAt(): Date | null {
    return this.row.doneAt;
  }

  @Field(() => ID)
  get id(): string {
    return toGlobalId('Effect', this.row.id);
  }

  @Field(() => DateTimeScalar)
  get intentAt(): Date {
    return this.row.intentAt;
  }

  @Field(() => String, { nullable: true })
  get lateAnswer(): string | null {
    return this.row.lateAnswer;
  }

  @Field(() => String, { nullable: true })
  get note(): string | null {
    return this.row.note;
  }

  @Field(() => ObservedOutcome, {
    nullable: true,
    description: 'What a person said had happened, when the outcome was unknown.',
  })
  get observed(): ObservedOutcome | null {
    return observedOf(this.row.observed);
  }

  @Field(() => EffectStatus)
  get status(): EffectStatus {
    return this.row.status;
  }

  @Field(() => String)
  get step(): string {
    return this.row.step;
  }
}

/** A typed action an agent suggests. Nothing runs before an approval unless policy allows its risk. */
@ObjectType('ProposedAction', {
  description: 'A typed action an agent suggests. Nothing runs before an approval unless policy allows its risk.',
  implements: NodeView,
})
export class ProposedActionView {
  constructor(readonly row: ProposedActionRow) {}

  @Field(() => ApprovalView, { nullable: true })
  async approval(@Ctx() ctx: RequestContext): Promise<ApprovalView | null> {
    return viewOrNull((await ctx.load.approvalsOfAction.load(this.row.id))[0] ?? null, ApprovalView);
  }

  @Field(() => String, { description: 'Exactly what would run.' })
  get command(): string {
    return this.row.command;
  }

  @Field(() => String, { nullable: true })
  get diff(): string | null {
    return this.row.diff;
  }

  @Field(() => String)
  get effect(): string {
    return this.row.effect;
  }

  @Field(() => DurationScalar, { nullable: true })
  get estimatedDuration(): number | null {
    return this.row.estimatedMs;
  }

  @Field(() => ID)
  get id(): string {
    return toGlobalId('ProposedAction', this.row.id);
  }

  @Field(() => ActionOutcome)
  get outcome(): ActionOutcome {
    return this.row.outcome;
  }

  @Field(() => RiskLevel)
  get risk(): RiskLevel {
    return this.row.risk;
  }

  @Field(() => String)
  get target(): string {
    return this.row.target;
  }

  @Field(() => String)
  get title(): string {
    return this.row.title;
  }

  @Field(() => String, { nullable: true })
  get undo(): string | null {
    return this.row.undo;
  }
}
