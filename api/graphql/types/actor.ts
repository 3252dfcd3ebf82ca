import { createUnionType, Field, ID, ObjectType } from 'type-graphql';
import { ApiKeyView } from './api-key.ts';
import { NodeView } from './payload.ts';
import { UserView } from './user.ts';

/** Who did something. */
export const ActorUnion = createUnionType({
  name: 'Actor',
  description: 'Who did something.',
  types: () => [ApiKeyView, Automation, UserView] as const,
});
export type Actor = ApiKeyView | Automation | UserView;
/** The product itself acting: the scheduler, an alert source, an agent. */
@ObjectType('Automation', {
  description: 'The product itself acting: the scheduler, an alert source, an agent.',
  implements: NodeView,
})
export class Automation {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;
}
