import { Ctx, Field, ID, Int, ObjectType } from 'type-graphql';
import { toGlobalId } from '../../../lib/ids.ts';
import { Environment, type HealthCheck as HealthCheckRow, HealthState, type System as SystemRow } from '../../db.ts';
import { workloadSchema } from '../../systems/system.ts';
import type { RequestContext } from '../request-context.ts';
import { DateTimeScalar, JsonScalar, UrlScalar } from '../scalars.ts';
import { NodeView } from './payload.ts';
import { requireNode, viewOrNull } from './view.ts';

/** HealthCheck of the API. */
@ObjectType('HealthCheck', { implements: NodeView })
export class HealthCheckView {
  constructor(readonly row: HealthCheckRow) {}

  @Field(() => Int)
  get attempts(): number {
    return this.row.attempts;
  }

  @Field(() => DateTimeScalar)
  get checkedAt(): Date {
    return this.row.checkedAt;
  }

  @Field(() => ID)
  get id(): string {
    return toGlobalId('HealthCheck', this.row.id);
  }

  @Field(() => Int, { nullable: true })
  get latencyMs(): number | null {
    return this.row.latencyMs;
  }

  @Field(() => String)
  get message(): string {
    return this.row.message;
  }

  @Field(() => HealthState)
  get state(): HealthState {
    return this.row.state;
  }

  @Field(() => Int, { nullable: true })
  get statusCode(): number | null {
    return this.row.statusCode;
  }

  @Field(() => SystemView)
  async system(@Ctx() ctx: RequestContext): Promise<SystemView> {
    return requireNode(await ctx.load.system.load(this.row.systemId), SystemView);
  }
}

/** A registered system: what is watched, asked and acted on. */
@ObjectType('System', {
  description: 'A registered system: what is watched, asked and acted on.',
  implements: NodeView,
})
export class SystemView {
  constructor(readonly row: SystemRow) {}

  @Field(() => Boolean)
  get archived(): boolean {
    return this.row.archived;
  }

  @Field(() => String, { nullable: true })
  get chatChannel(): string | null {
    return this.row.chatChannel;
  }

  @Field(() => String, { nullable: true })
  get configurationItem(): string | null {
    return this.row.configurationItem;
  }

  @Field(() => String)
  get displayName(): string {
    return this.row.displayName;
  }

  @Field(() => Environment)
  get environment(): Environment {
    return this.row.environment;
  }

  @Field(() => JsonScalar, { nullable: true, description: 'Expected status, body or latency.' })
  get expectation(): unknown | null {
    return this.row.expectation;
  }

  @Field(() => HealthCheckView, { nullable: true })
  async health(@Ctx() ctx: RequestContext): Promise<HealthCheckView | null> {
    return viewOrNull(await ctx.load.lastHealthOf.load(this.row.id), HealthCheckView);
  }

  @Field(() => UrlScalar, { nullable: true })
  get healthUrl(): string | null {
    return this.row.healthUrl;
  }

  @Field(() => ID)
  get id(): string {
    return toGlobalId('System', this.row.id);
  }

  @Field(() => JsonScalar, { nullable: true, description: 'Prometheus labels that select this system.' })
  get metricLabels(): unknown | null {
    return this.row.metricLabels;
  }

  @Field(() => String)
  get name(): string {
    return this.row.name;
  }

  @Field(() => String, {
    nullable: true,
    description: 'PromQL whose non-empty result says that the system works; a fix is verified by it.',
  })
  get verifyQuery(): string | null {
    return this.row.verifyQuery;
  }

  @Field(() => Int)
  get version(): number {
    return this.row.version;
  }

  @Field(() => [String], { description: 'Names of the systems it cannot work without.' })
  get dependsOn(): readonly string[] {
    return this.row.dependsOn;
  }

  @Field(() => WorkloadTarget, { nullable: true })
  get workload(): WorkloadTarget | null {
    const parsed = workloadSchema.safeParse(this.row.workload);
    if (!parsed.success) return null;
    const { kind, name, namespace, minReplicas, maxReplicas } = parsed.data;
    return {
      kind,
      name,
      namespace: namespace ?? '',
      minReplicas: minReplicas ?? null,
      maxReplicas: maxReplicas ?? null,
      description: null,
    };
  }
}

/** WorkloadTarget of the API. */
@ObjectType('WorkloadTarget')
export class WorkloadTarget {
  @Field(() => String, { nullable: true, description: 'Command line of a local process, shown only.' })
  description!: string | null;

  @Field(() => String)
  kind!: string;

  @Field(() => Int, { nullable: true })
  maxReplicas!: number | null;

  @Field(() => Int, { nullable: true })
  minReplicas!: number | null;

  @Field(() => String)
  name!: string;

  @Field(() => String)
  namespace!: string;
}
