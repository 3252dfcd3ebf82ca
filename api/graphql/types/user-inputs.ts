import { Field, ID, InputType, Int } from 'type-graphql';
import { Locale, Role } from '../../db.ts';

/** Ties a chat account to a user. Only through the bot, for the person who wrote to it, or by an admin. */
@InputType('UserChatLinkInput', {
  description: 'Ties a chat account to a user. Only through the bot, for the person who wrote to it, or by an admin.',
})
export class UserChatLinkInput {
  @Field(() => String)
  chatUserId!: string;

  @Field(() => ID, { nullable: true })
  userId?: string | null | undefined;

  @Field(() => String)
  workspace!: string;
}

/** UserCreateInput of the API. */
@InputType('UserCreateInput')
export class UserCreateInput {
  @Field(() => String, { nullable: true })
  chatUserId?: string | null | undefined;

  @Field(() => String, { nullable: true })
  chatWorkspace?: string | null | undefined;

  @Field(() => String)
  displayName!: string;

  @Field(() => String, { nullable: true })
  email?: string | null | undefined;

  @Field(() => String)
  idempotencyKey!: string;

  @Field(() => Locale, { nullable: true, defaultValue: 'KO' })
  locale?: Locale | null | undefined;

  @Field(() => [Role])
  roles!: readonly Role[];

  @Field(() => String, { nullable: true, defaultValue: 'Asia/Seoul' })
  timeZone?: string | null | undefined;
}

/** UserUpdateInput of the API. */
@InputType('UserUpdateInput')
export class UserUpdateInput {
  @Field(() => Boolean, { nullable: true })
  active?: boolean | null | undefined;

  @Field(() => String, { nullable: true })
  displayName?: string | null | undefined;

  @Field(() => String, { nullable: true })
  email?: string | null | undefined;

  @Field(() => Int)
  expectedVersion!: number;

  @Field(() => ID)
  id!: string;

  @Field(() => [Role], { nullable: true })
  roles?: readonly Role[] | null | undefined;

  @Field(() => [String], { nullable: true })
  teams?: readonly string[] | null | undefined;
}
