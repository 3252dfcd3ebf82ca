import { Field, ObjectType } from 'type-graphql';
import { MutationPayload, UserError } from './payload.ts';
import { Viewer } from './viewer.ts';

/** ViewerUpdatePayload of the API. */
@ObjectType('ViewerUpdatePayload', { implements: MutationPayload })
export class ViewerUpdatePayload {
  @Field(() => [UserError])
  userErrors!: readonly UserError[];

  @Field(() => Viewer, { nullable: true })
  viewer!: Viewer | null;
}
