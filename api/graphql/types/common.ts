import { Field, ObjectType } from 'type-graphql';
import { DateTimeScalar, UrlScalar } from '../scalars.ts';

/** Where in a chat something was said or shown. Opaque strings, set by the bot. */
@ObjectType('ChatAddress', {
  description: 'Where in a chat something was said or shown. Opaque strings, set by the bot.',
})
export class ChatAddress {
  @Field(() => String)
  channel!: string;

  @Field(() => String, { nullable: true })
  message!: string | null;

  @Field(() => String, { nullable: true })
  thread!: string | null;

  @Field(() => UrlScalar, { nullable: true })
  url!: string | null;

  @Field(() => String)
  workspace!: string;
}

/** Work taken for a while. The token rises with each claim; an older one is refused. */
@ObjectType('Lease', {
  description: 'Work taken for a while. The token rises with each claim; an older one is refused.',
})
export class Lease {
  @Field(() => DateTimeScalar)
  expiresAt!: Date;

  @Field(() => String)
  token!: string;
}
