import { Field, ObjectType } from 'type-graphql';
import { ApiKeyView } from './api-key.ts';
import { MutationPayload, UserError } from './payload.ts';

/** ApiKeyCreatePayload of the API. */
@ObjectType('ApiKeyCreatePayload', { implements: MutationPayload })
export class ApiKeyCreatePayload {
  @Field(() => ApiKeyView, { nullable: true })
  apiKey!: ApiKeyView | null;

  @Field(() => String, { nullable: true, description: 'Shown once; never stored in clear.' })
  secret!: string | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}

/** ApiKeyRevokePayload of the API. */
@ObjectType('ApiKeyRevokePayload', { implements: MutationPayload })
export class ApiKeyRevokePayload {
  @Field(() => ApiKeyView, { nullable: true })
  apiKey!: ApiKeyView | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}
