import { Ctx, Field, Float, ID, Int, InterfaceType, ObjectType } from 'type-graphql';
import { toGlobalId } from '../../../lib/ids.ts';
import {
  Confidence,
  type Evidence as EvidenceRow,
  type Finding as FindingRow,
  type HealthCheck as HealthCheckRow,
  Verdict,
} from '../../db.ts';
import type { RequestContext } from '../request-context.ts';
import { DateTimeScalar, JsonScalar, UrlScalar } from '../scalars.ts';
import { ProposedActionView } from './approval.ts';
import { ManualView } from './manual.ts';
import { NodeView } from './payload.ts';
import {
  citedRefs,
  claimsOf,
  evidenceOf,
  type ManualFacts,
  type MetricFacts,
  type PassageFacts,
} from './read-evidence.ts';
import { HealthCheckView } from './system.ts';
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

/** A stored reply of a tool. `ref` is the [n] people see; it is unique in the incident, or in the task when there is none. */
@InterfaceType('Evidence', {
  description:
    'A stored reply of a tool. `ref` is the [n] people see; it is unique in the incident, or in the task when there is none.',
})
export abstract class EvidenceView {
  @Field(() => String, { description: 'What was asked: the query, the address, the search words.' })
  asked!: string;

  @Field(() => DateTimeScalar)
  capturedAt!: Date;

  @Field(() => String, { description: 'SHA-256 of the stored, redacted reply.' })
  digest!: string;

  @Field(() => ID)
  id!: string;

  @Field(() => DateTimeScalar, { nullable: true })
  rangeFrom!: Date | null;

  @Field(() => DateTimeScalar, { nullable: true })
  rangeTo!: Date | null;

  @Field(() => Int)
  ref!: number;

  @Field(() => String, {
    description: 'One line that can stand beside a claim, for example `3 pods at 97–99 %, others at 41 %`.',
  })
  summary!: string;

  @Field(() => String)
  title!: string;

  @Field(() => UrlScalar, { nullable: true })
  url!: string | null;
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

/** HealthEvidence of the API. */
@ObjectType('HealthEvidence', { implements: [EvidenceView, NodeView] })
export class HealthEvidenceView {
  constructor(
    readonly row: EvidenceRow,
    readonly reading: HealthCheckRow,
  ) {}

  @Field(() => String)
  get asked(): string {
    return this.row.asked;
  }

  @Field(() => DateTimeScalar)
  get capturedAt(): Date {
    return this.row.capturedAt;
  }

  @Field(() => HealthCheckView)
  check(): HealthCheckView {
    return new HealthCheckView(this.reading);
  }

  @Field(() => String)
  get digest(): string {
    return this.row.digest;
  }

  @Field(() => ID)
  get id(): string {
    return toGlobalId('HealthEvidence', this.row.id);
  }

  @Field(() => DateTimeScalar, { nullable: true })
  get rangeFrom(): Date | null {
    return this.row.rangeFrom;
  }

  @Field(() => DateTimeScalar, { nullable: true })
  get rangeTo(): Date | null {
    return this.row.rangeTo;
  }

  @Field(() => Int)
  get ref(): number {
    return this.row.ref;
  }

  @Field(() => String)
  get summary(): string {
    return this.row.summary;
  }

  @Field(() => String)
  get title(): string {
    return this.row.title;
  }

  @Field(() => UrlScalar, { nullable: true })
  get url(): string | null {
    return this.row.url;
  }
}

/** ManualEvidence of the API. */
@ObjectType('ManualEvidence', { implements: [EvidenceView, NodeView] })
export class ManualEvidenceView {
  constructor(
    readonly row: EvidenceRow,
    readonly source: ManualFacts,
    readonly passage: PassageFacts,
  ) {}

  @Field(() => String)
  get asked(): string {
    return this.row.asked;
  }

  @Field(() => DateTimeScalar)
  get capturedAt(): Date {
    return this.row.capturedAt;
  }

  @Field(() => String)
  get digest(): string {
    return this.row.digest;
  }

  @Field(() => ID)
  get id(): string {
    return toGlobalId('ManualEvidence', this.row.id);
  }

  @Field(() => ManualView)
  manual(): ManualView {
    return new ManualView(this.source);
  }

  @Field(() => Int, { nullable: true })
  get page(): number | null {
    return this.passage.page;
  }

  @Field(() => String)
  get quote(): string {
    return this.passage.quote;
  }

  @Field(() => DateTimeScalar, { nullable: true })
  get rangeFrom(): Date | null {
    return this.row.rangeFrom;
  }

  @Field(() => DateTimeScalar, { nullable: true })
  get rangeTo(): Date | null {
    return this.row.rangeTo;
  }

  @Field(() => Int)
  get ref(): number {
    return this.row.ref;
  }

  @Field(() => Float)
  get score(): number {
    return this.passage.score;
  }

  @Field(() => String)
  get section(): string {
    return this.passage.section;
  }

  @Field(() => String)
  get summary(): string {
    return this.row.summary;
  }

  @Field(() => String)
  get title(): string {
    return this.row.title;
  }

  @Field(() => UrlScalar, { nullable: true })
  get url(): string | null {
    return this.row.url;
  }
}

/** MetricEvidence of the API. */
@ObjectType('MetricEvidence', { implements: [EvidenceView, NodeView] })
export class MetricEvidenceView {
  constructor(
    readonly row: EvidenceRow,
    readonly metric: MetricFacts,
  ) {}

  @Field(() => String)
  get asked(): string {
    return this.row.asked;
  }

  @Field(() => DateTimeScalar)
  get capturedAt(): Date {
    return this.row.capturedAt;
  }

  @Field(() => String)
  get digest(): string {
    return this.row.digest;
  }

  @Field(() => ID)
  get id(): string {
    return toGlobalId('MetricEvidence', this.row.id);
  }

  @Field(() => DateTimeScalar, { nullable: true })
  get rangeFrom(): Date | null {
    return this.row.rangeFrom;
  }

  @Field(() => DateTimeScalar, { nullable: true })
  get rangeTo(): Date | null {
    return this.row.rangeTo;
  }

  @Field(() => Int)
  get ref(): number {
    return this.row.ref;
  }

  @Field(() => JsonScalar, { nullable: true })
  get series(): unknown | null {
    return this.metric.series;
  }

  @Field(() => String)
  get summary(): string {
    return this.row.summary;
  }

  @Field(() => String)
  get title(): string {
    return this.row.title;
  }

  @Field(() => String, { nullable: true })
  get unit(): string | null {
    return null;
  }

  @Field(() => UrlScalar, { nullable: true })
  get url(): string | null {
    return this.row.url;
  }

  @Field(() => Float, { nullable: true })
  get value(): number | null {
    return this.metric.value;
  }
}

/** OtherEvidence of the API. */
@ObjectType('OtherEvidence', { implements: [EvidenceView, NodeView] })
export class OtherEvidenceView {
  constructor(readonly row: EvidenceRow) {}

  @Field(() => String)
  get asked(): string {
    return this.row.asked;
  }

  @Field(() => DateTimeScalar)
  get capturedAt(): Date {
    return this.row.capturedAt;
  }

  @Field(() => String)
  get digest(): string {
    return this.row.digest;
  }

  @Field(() => ID)
  get id(): string {
    return toGlobalId('OtherEvidence', this.row.id);
  }

  @Field(() => DateTimeScalar, { nullable: true })
  get rangeFrom(): Date | null {
    return this.row.rangeFrom;
  }

  @Field(() => DateTimeScalar, { nullable: true })
  get rangeTo(): Date | null {
    return this.row.rangeTo;
  }

  @Field(() => Int)
  get ref(): number {
    return this.row.ref;
  }

  @Field(() => String)
  get summary(): string {
    return this.row.summary;
  }

  @Field(() => String)
  get title(): string {
    return this.row.title;
  }

  @Field(() => String)
  get tool(): string {
    return this.row.tool;
  }

  @Field(() => UrlScalar, { nullable: true })
  get url(): string | null {
    return this.row.url;
  }
}
