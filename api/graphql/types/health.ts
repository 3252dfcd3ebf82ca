import { Field, Int, ObjectType } from 'type-graphql';
import { DateTimeScalar, DurationScalar } from '../scalars.ts';
import { DependencyState } from './enums.ts';

/** AuditHead of the API. */
@ObjectType('AuditHead')
export class AuditHead {
  @Field(() => Int, { nullable: true })
  anchorSequence!: number | null;

  @Field(() => DateTimeScalar, { nullable: true })
  anchoredAt!: Date | null;

  @Field(() => String)
  hash!: string;

  @Field(() => Int)
  sequence!: number;
}

/** Dependency of the API. */
@ObjectType('Dependency')
export class Dependency {
  @Field(() => DateTimeScalar)
  checkedAt!: Date;

  @Field(() => Int, { nullable: true })
  latencyMs!: number | null;

  @Field(() => String, { nullable: true })
  message!: string | null;

  @Field(() => String)
  name!: string;

  @Field(() => Boolean)
  required!: boolean;

  @Field(() => DependencyState)
  state!: DependencyState;
}

/** Health of the API. */
@ObjectType('Health')
export class Health {
  @Field(() => String, { nullable: true })
  commit!: string | null;

  @Field(() => [Dependency])
  dependencies!: readonly Dependency[];

  @Field(() => DurationScalar, { nullable: true })
  outboxOldest!: number | null;

  @Field(() => Int)
  outboxPending!: number;

  @Field(() => Int)
  queueDepth!: number;

  @Field(() => Boolean)
  ready!: boolean;

  @Field(() => DateTimeScalar)
  startedAt!: Date;

  @Field(() => String)
  version!: string;
}
