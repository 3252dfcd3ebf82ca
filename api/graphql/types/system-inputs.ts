import { Field, ID, InputType, Int } from 'type-graphql';
import { Environment, HealthState } from '../../db.ts';
import { JsonScalar, UrlScalar } from '../scalars.ts';

/** SystemCreateInput of the API. */
@InputType('SystemCreateInput')
export class SystemCreateInput {
  @Field(() => String, { nullable: true })
  chatChannel?: string | null | undefined;

  @Field(() => String, { nullable: true })
  configurationItem?: string | null | undefined;

  @Field(() => [String], { nullable: true, description: 'Names of the systems it cannot work without.' })
  dependsOn?: readonly string[] | null | undefined;
  @Field(() => JsonScalar, { nullable: true })
  databases?: unknown | null | undefined;

  @Field(() => String)
  displayName!: string;

  @Field(() => Environment)
  environment!: Environment;

  @Field(() => JsonScalar, { nullable: true })
  expectation?: unknown | null | undefined;

  @Field(() => UrlScalar, { nullable: true })
  healthUrl?: string | null | undefined;

  @Field(() => String)
  idempotencyKey!: string;

  @Field(() => JsonScalar, { nullable: true })
  jobs?: unknown | null | undefined;

  @Field(() => JsonScalar, { nullable: true })
  logSources?: unknown | null | undefined;

  @Field(() => JsonScalar, { nullable: true })
  metricLabels?: unknown | null | undefined;

  @Field(() => String)
  name!: string;

  @Field(() => String, { nullable: true })
  verifyQuery?: string | null | undefined;

  @Field(() => WorkloadTargetInput, { nullable: true })
  workload?: WorkloadTargetInput | null | undefined;
}

/** SystemFilter of the API. */
@InputType('SystemFilter')
export class SystemFilter {
  @Field(() => Boolean, { nullable: true, defaultValue: false })
  archived?: boolean | null | undefined;

  @Field(() => [Environment], { nullable: true })
  environment?: readonly Environment[] | null | undefined;

  @Field(() => [HealthState], { nullable: true })
  health?: readonly HealthState[] | null | undefined;

  @Field(() => String, { nullable: true })
  search?: string | null | undefined;
}

/** SystemUpdateInput of the API. */
@InputType('SystemUpdateInput')
export class SystemUpdateInput {
  @Field(() => String, { nullable: true })
  chatChannel?: string | null | undefined;

  @Field(() => String, { nullable: true })
  configurationItem?: string | null | undefined;

  @Field(() => [String], { nullable: true, description: 'Names of the systems it cannot work without.' })
  dependsOn?: readonly string[] | null | undefined;
  @Field(() => JsonScalar, { nullable: true })
  databases?: unknown | null | undefined;

  @Field(() => String, { nullable: true })
  displayName?: string | null | undefined;

  @Field(() => Environment, { nullable: true })
  environment?: Environment | null | undefined;

  @Field(() => JsonScalar, { nullable: true })
  expectation?: unknown | null | undefined;

  @Field(() => Int)
  expectedVersion!: number;

  @Field(() => UrlScalar, { nullable: true })
  healthUrl?: string | null | undefined;

  @Field(() => ID)
  id!: string;

  @Field(() => JsonScalar, { nullable: true })
  jobs?: unknown | null | undefined;

  @Field(() => JsonScalar, { nullable: true })
  logSources?: unknown | null | undefined;

  @Field(() => JsonScalar, { nullable: true })
  metricLabels?: unknown | null | undefined;

  @Field(() => String, { nullable: true })
  verifyQuery?: string | null | undefined;

  @Field(() => WorkloadTargetInput, { nullable: true })
  workload?: WorkloadTargetInput | null | undefined;
}

/** WorkloadTargetInput of the API. */
@InputType('WorkloadTargetInput')
export class WorkloadTargetInput {
  @Field(() => String)
  kind!: string;

  @Field(() => Int, { nullable: true })
  maxReplicas?: number | null | undefined;

  @Field(() => Int, { nullable: true })
  minReplicas?: number | null | undefined;

  @Field(() => String)
  name!: string;

  @Field(() => String)
  namespace!: string;
}
