import { Field, ObjectType } from 'type-graphql';
import { MutationPayload, UserError } from './payload.ts';
import { SystemView } from './system.ts';

/** SystemCreatePayload of the API. */
@ObjectType('SystemCreatePayload', { implements: MutationPayload })
export class SystemCreatePayload {
  @Field(() => SystemView, { nullable: true })
  system!: SystemView | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}

/** SystemUpdatePayload of the API. */
@ObjectType('SystemUpdatePayload', { implements: MutationPayload })
export class SystemUpdatePayload {
  @Field(() => SystemView, { nullable: true })
  system!: SystemView | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}
