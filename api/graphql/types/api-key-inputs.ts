import { Field, ID, InputType } from 'type-graphql';
import { DateTimeScalar } from '../scalars.ts';
import { Permission } from './enums.ts';

/** ApiKeyCreateInput of the API. */
@InputType('ApiKeyCreateInput')
export class ApiKeyCreateInput {
  @Field(() => DateTimeScalar, { nullable: true })
  expiresAt?: Date | null | undefined;

  @Field(() => String)
  idempotencyKey!: string;

  @Field(() => String)
  name!: string;

  @Field(() => [Permission])
  permissions!: readonly Permission[];
}

/** ApiKeyRevokeInput of the API. */
@InputType('ApiKeyRevokeInput')
export class ApiKeyRevokeInput {
  @Field(() => ID)
  id!: string;
}
