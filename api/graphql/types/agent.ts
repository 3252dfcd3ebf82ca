import { Field, ID, ObjectType } from 'type-graphql';
import { AgentIdScalar } from '../scalars.ts';
import { NodeView } from './payload.ts';
import { TaskType } from './task.ts';

/** Agent of the API. */
@ObjectType('Agent', { implements: NodeView })
export class Agent {
  @Field(() => AgentIdScalar)
  agentId!: string;

  @Field(() => Boolean, { description: 'False when a needed connection is missing; `unavailableReason` says which.' })
  available!: boolean;

  @Field(() => String)
  description!: string;

  @Field(() => ID)
  id!: string;

  @Field(() => [TaskType])
  taskTypes!: readonly TaskType[];

  @Field(() => String)
  title!: string;

  @Field(() => String, { nullable: true })
  unavailableReason!: string | null;
}
