import { Field, Int, ObjectType } from 'type-graphql';
import { Locale } from '../../db.ts';
import { type Actor, ActorUnion } from './actor.ts';
import { ApiKeyView } from './api-key.ts';
import { Permission } from './enums.ts';
import { UserView } from './user.ts';

/** Who is asking, and with what rights: those of the person, cut by those of the key. */
@ObjectType('Viewer', {
  description: 'Who is asking, and with what rights: those of the person, cut by those of the key.',
})
export class Viewer {
  @Field(() => ActorUnion)
  actor!: Actor;

  @Field(() => Locale)
  locale!: Locale;

  @Field(() => Int)
  pendingApprovals!: number;

  @Field(() => [Permission])
  permissions!: readonly Permission[];

  @Field(() => String)
  timeZone!: string;

  @Field(() => UserView, { nullable: true })
  user!: UserView | null;

  @Field(() => ApiKeyView, { nullable: true })
  via!: ApiKeyView | null;
}
