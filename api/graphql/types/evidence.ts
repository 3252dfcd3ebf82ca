import { Field, Float, ID, Int, InterfaceType, ObjectType } from 'type-graphql';
import { toGlobalId } from '../../../lib/ids.ts';
import type { Evidence as EvidenceRow, HealthCheck as HealthCheckRow } from '../../db.ts';
import { DateTimeScalar, JsonScalar, UrlScalar } from '../scalars.ts';
import { ManualView } from './manual.ts';
import { NodeView } from './payload.ts';
import type { ManualFacts, MetricFacts, PassageFacts } from './read-evidence.ts';
import { HealthCheckView } from './system.ts';

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
