import { Field, ObjectType } from 'type-graphql';
import { MutationPayload, UserError } from './payload.ts';
import { UserView } from './user.ts';

/** UserChatLinkPayload of the API. */
@ObjectType('UserChatLinkPayload', { implements: MutationPayload })
export class UserChatLinkPayload {
  @Field(() => UserView, { nullable: true })
  user!: UserView | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}

/** UserCreatePayload of the API. */
@ObjectType('UserCreatePayload', { implements: MutationPayload })
export class UserCreatePayload {
  @Field(() => UserView, { nullable: true })
  user!: UserView | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}

/** UserUpdatePayload of the API. */
@ObjectType('UserUpdatePayload', { implements: MutationPayload })
export class UserUpdatePayload {
  @Field(() => UserView, { nullable: true })
  user!: UserView | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}
