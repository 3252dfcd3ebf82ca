import { Field, ID, InterfaceType, ObjectType } from 'type-graphql';
import { DurationScalar } from '../scalars.ts';
import { UserErrorCode } from './enums.ts';

/** What every mutation answers with. An empty userErrors list means that it was done. */
@InterfaceType('MutationPayload', {
  description: 'What every mutation answers with. An empty userErrors list means that it was done.',
})
export abstract class MutationPayload {
  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}

/** Anything that can be fetched again by its global id. */
@InterfaceType('Node', { description: 'Anything that can be fetched again by its global id.' })
export abstract class NodeView {
  @Field(() => ID, { description: 'Opaque: base64url of `Type:uuid`. Never parse it.' })
  id!: string;
}

/** A refusal the caller can act on. Written for people, in the viewer's language. */
@ObjectType('UserError', {
  description: "A refusal the caller can act on. Written for people, in the viewer's language.",
})
export class UserError {
  @Field(() => UserErrorCode)
  code!: UserErrorCode;

  @Field(() => String)
  message!: string;

  @Field(() => [String], {
    nullable: true,
    description:
      'Where in the input, for example ["input", "params", "host"]. Null when it concerns the whole request.',
  })
  path!: readonly string[] | null;

  @Field(() => DurationScalar, { nullable: true, description: 'Set when trying again later makes sense.' })
  retryAfter!: number | null;
}
