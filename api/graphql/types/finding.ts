import { Ctx, Field, ID, Int, ObjectType } from 'type-graphql';
import { toGlobalId } from '../../../lib/ids.ts';
import { Confidence, type Finding as FindingRow, Verdict } from '../../db.ts';
import type { RequestContext } from '../request-context.ts';
import { DateTimeScalar } from '../scalars.ts';
import { ProposedActionView } from './approval.ts';
import { EvidenceView } from './evidence.ts';
import { NodeView } from './payload.ts';
import { citedRefs, claimsOf, evidenceOf } from './read-evidence.ts';
import { TaskView } from './task.ts';
import { requireNode, viewOrNull } from './view.ts';

/** Claim of the API. */
@ObjectType('Claim')
export class Claim {
  @Field(() => Boolean, { nullable: true, description: 'Null when no machine check applies.' })
  checkPassed!: boolean | null;

  @Field(() => [Int])
  evidenceRefs!: readonly number[];

  @Field(() => String)
  text!: string;
}

/** The answer of an investigation. Code drops every claim without existing evidence and caps the confidence. */
@ObjectType('Finding', {
  description:
    'The answer of an investigation. Code drops every claim without existing evidence and caps the confidence.',
  implements: NodeView,
})
export class FindingView {
  constructor(readonly row: FindingRow) {}

  @Field(() => [Claim], { description: 'What argues against it.' })
  get against(): readonly Claim[] {
    return claimsOf(this.row.against);
  }

  @Field(() => Confidence)
  get confidence(): Confidence {
    return this.row.confidence;
  }

  @Field(() => DateTimeScalar)
  get createdAt(): Date {
    return this.row.createdAt;
  }

  @Field(() => Int, { description: 'How many sentences of the model were dropped for want of evidence.' })
  get droppedClaims(): number {
    return this.row.droppedClaims;
  }

  @Field(() => [EvidenceView])
  evidence(@Ctx() ctx: RequestContext): Promise<readonly EvidenceView[]> {
    return evidenceOf(ctx, this.row, citedRefs(this.row));
  }

  @Field(() => String)
  get headline(): string {
    return this.row.headline;
  }

  @Field(() => ID)
  get id(): string {
    return toGlobalId('Finding', this.row.id);
  }

  @Field(() => [String], { description: 'What would settle it, when inconclusive.' })
  get needed(): readonly string[] {
    return this.row.needed;
  }

  @Field(() => [String], { description: 'What was not checked, and why.' })
  get notChecked(): readonly string[] {
    return this.row.notChecked;
  }

  @Field(() => [ProposedActionView])
  async proposedActions(@Ctx() ctx: RequestContext): Promise<readonly ProposedActionView[]> {
    return (await ctx.load.actionsOfFinding.load(this.row.id)).map((row) => new ProposedActionView(row));
  }

  @Field(() => [Claim], { description: 'Why we think so.' })
  get reasons(): readonly Claim[] {
    return claimsOf(this.row.reasons);
  }

  @Field(() => [Claim], { description: 'What is happening.' })
  get situation(): readonly Claim[] {
    return claimsOf(this.row.situation);
  }

  @Field(() => FindingView, { nullable: true })
  async supersedes(@Ctx() ctx: RequestContext): Promise<FindingView | null> {
    const { supersedesId } = this.row;
    return viewOrNull(supersedesId === null ? null : await ctx.load.finding.load(supersedesId), FindingView);
  }

  @Field(() => TaskView)
  async task(@Ctx() ctx: RequestContext): Promise<TaskView> {
    return requireNode(await ctx.load.task.load(this.row.taskId), TaskView);
  }

  @Field(() => Verdict)
  get verdict(): Verdict {
    return this.row.verdict;
  }
}
