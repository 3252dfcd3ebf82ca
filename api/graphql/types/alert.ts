import { Arg, Ctx, Field, ID, Int, ObjectType } from 'type-graphql';
import { toGlobalId } from '../../../lib/ids.ts';
import {
  type AlertGroup as AlertGroupRow,
  AlertGroupStatus,
  type Alert as AlertRow,
  AlertStatus,
  Severity,
} from '../../db.ts';
import { readPage } from '../connection.ts';
import type { RequestContext } from '../request-context.ts';
import { AlertSourceScalar, DateTimeScalar, JsonScalar, UrlScalar } from '../scalars.ts';
import { AlertConnection } from './connections.ts';
import { IncidentView } from './incident.ts';
import { ManualHit } from './manual.ts';
import { nearestManual } from './nearest-manual.ts';
import { NodeView } from './payload.ts';
import { SystemView } from './system.ts';
import { textField } from './text-field.ts';
import { requireNode, viewOrNull } from './view.ts';

/** One condition with labels. */
@ObjectType('Alert', { description: 'One condition with labels.', implements: NodeView })
export class AlertView {
  constructor(readonly row: AlertRow) {}

  @Field(() => JsonScalar)
  get annotations(): unknown {
    return this.row.annotations;
  }

  @Field(() => DateTimeScalar, { nullable: true })
  get endsAt(): Date | null {
    return this.row.endsAt;
  }

  @Field(() => String)
  get fingerprint(): string {
    return this.row.fingerprint;
  }

  @Field(() => UrlScalar, { nullable: true })
  get generatorUrl(): string | null {
    return this.row.generatorUrl;
  }

  @Field(() => AlertGroupView)
  async group(@Ctx() ctx: RequestContext): Promise<AlertGroupView> {
    return requireNode(await ctx.load.alertGroup.load(this.row.groupId), AlertGroupView);
  }

  @Field(() => ID)
  get id(): string {
    return toGlobalId('Alert', this.row.id);
  }

  @Field(() => JsonScalar)
  get labels(): unknown {
    return this.row.labels;
  }

  @Field(() => String)
  get name(): string {
    return this.row.name;
  }

  @Field(() => Severity)
  get severity(): Severity {
    return this.row.severity;
  }

  @Field(() => AlertSourceScalar)
  get source(): string {
    return this.row.source;
  }

  @Field(() => DateTimeScalar)
  get startsAt(): Date {
    return this.row.startsAt;
  }

  @Field(() => AlertStatus)
  get status(): AlertStatus {
    return this.row.status;
  }

  @Field(() => String, { nullable: true })
  get value(): string | null {
    return textField(this.row.annotations, 'value');
  }
}

/** Alerts that travel together. Identity is ours (source and grouping labels); the source's own group key is only kept. */
@ObjectType('AlertGroup', {
  description:
    "Alerts that travel together. Identity is ours (source and grouping labels); the source's own group key is only kept.",
  implements: NodeView,
})
export class AlertGroupView {
  constructor(readonly row: AlertGroupRow) {}

  @Field(() => AlertConnection)
  alerts(
    @Ctx() ctx: RequestContext,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('status', () => [AlertStatus], { nullable: true }) status: readonly AlertStatus[] | null,
  ): Promise<AlertConnection> {
    const { id } = this.row;
    const where = { groupId: id, ...(status ? { status: { in: [...status] } } : {}) };
    const { alert } = ctx.deps.db;
    return readPage(
      { after, first },
      {
        key: (row: AlertRow) => row.id,
        keyType: 'string',
        order: 'desc',
        find: (range, order, take) =>
          alert.findMany({ where: { AND: [where, { id: range }] }, orderBy: { id: order }, take }),
        count: (most) => alert.count({ where, take: most }),
        node: (row) => new AlertView(row),
      },
    );
  }

  @Field(() => JsonScalar)
  get commonLabels(): unknown {
    return this.row.commonLabels;
  }

  @Field(() => DateTimeScalar, { nullable: true, description: 'While it flaps: until when it is held.' })
  get heldUntil(): Date | null {
    return this.row.status === 'FLAPPING' ? this.row.heldUntil : null;
  }

  @Field(() => String, { nullable: true, description: 'Why nothing is told of it.' })
  get mutedBy(): string | null {
    return this.row.mutedBy;
  }

  @Field(() => Int, {
    description: 'How often conditions in it began again within the last quarter of an hour it fired.',
  })
  get restarts(): number {
    const all = Array.isArray(this.row.changes) ? this.row.changes.filter((one) => typeof one === 'number') : [];
    const last = all.at(-1) ?? 0;
    return all.filter((at) => at > last - 900_000).length;
  }

  @Field(() => Int)
  get firingCount(): number {
    return this.row.firingCount;
  }

  @Field(() => ID)
  get id(): string {
    return toGlobalId('AlertGroup', this.row.id);
  }

  @Field(() => IncidentView, { nullable: true })
  async incident(@Ctx() ctx: RequestContext): Promise<IncidentView | null> {
    const { incidentId } = this.row;
    return viewOrNull(incidentId === null ? null : await ctx.load.incident.load(incidentId), IncidentView);
  }

  @Field(() => DateTimeScalar)
  get lastSeenAt(): Date {
    return this.row.lastSeenAt;
  }

  @Field(() => ManualHit, { nullable: true, description: 'The closest manual section when there is no runbook.' })
  nearestManual(@Ctx() ctx: RequestContext): Promise<ManualHit | null> {
    return nearestManual(ctx, this.row);
  }

  @Field(() => String, { description: 'Human number, for example AG-218.' })
  get number(): string {
    return `AG-${this.row.number}`;
  }

  @Field(() => Int)
  occurrences30d(@Ctx() ctx: RequestContext): Promise<number> {
    const since = new Date(this.row.startedAt.getTime() - 30 * 86_400_000);
    return ctx.deps.db.alertGroup.count({
      where: { key: this.row.key, startedAt: { gte: since, lte: this.row.startedAt } },
    });
  }

  @Field(() => String, { nullable: true, description: 'Value and limit in words, for example `92 % (limit 85 %)`.' })
  get reading(): string | null {
    return this.row.reading;
  }

  @Field(() => DateTimeScalar, { nullable: true })
  get resolvedAt(): Date | null {
    return this.row.resolvedAt;
  }

  @Field(() => UrlScalar, { nullable: true })
  get runbookUrl(): string | null {
    return this.row.runbookUrl;
  }

  @Field(() => Severity)
  get severity(): Severity {
    return this.row.severity;
  }

  @Field(() => DateTimeScalar)
  get startedAt(): Date {
    return this.row.startedAt;
  }

  @Field(() => AlertGroupStatus)
  get status(): AlertGroupStatus {
    return this.row.status;
  }

  @Field(() => String, { nullable: true })
  get summary(): string | null {
    return this.row.summary;
  }

  @Field(() => SystemView, { nullable: true })
  async system(@Ctx() ctx: RequestContext): Promise<SystemView | null> {
    const { systemId } = this.row;
    return viewOrNull(systemId === null ? null : await ctx.load.system.load(systemId), SystemView);
  }

  @Field(() => String)
  get title(): string {
    return this.row.title;
  }

  @Field(() => Int)
  get totalCount(): number {
    return this.row.totalCount;
  }

  @Field(() => Int, { description: 'Alerts the source said it left out.' })
  get truncatedCount(): number {
    return this.row.truncatedCount;
  }
}
