import { Ctx, Field, ID, ObjectType } from 'type-graphql';
import { toGlobalId } from '../../../lib/ids.ts';
import type { ApiKey as ApiKeyRow } from '../../db.ts';
import { isPermission } from '../../users/roles.ts';
import type { RequestContext } from '../request-context.ts';
import { DateTimeScalar } from '../scalars.ts';
import { type Actor, ActorUnion } from './actor.ts';
import { Permission } from './enums.ts';
import { NodeView } from './payload.ts';
import { actorOf } from './read-actor.ts';

/** Only the prefix is kept in clear; the key itself is hashed. */
@ObjectType('ApiKey', {
  description: 'Only the prefix is kept in clear; the key itself is hashed.',
  implements: NodeView,
})
export class ApiKeyView {
  constructor(readonly row: ApiKeyRow) {}

  @Field(() => DateTimeScalar)
  get createdAt(): Date {
    return this.row.createdAt;
  }

  @Field(() => ActorUnion)
  createdBy(@Ctx() ctx: RequestContext): Promise<Actor> {
    return actorOf(ctx, this.row.createdById === null ? 'automation' : 'user', this.row.createdById, 'start');
  }

  @Field(() => DateTimeScalar, { nullable: true })
  get expiresAt(): Date | null {
    return this.row.expiresAt;
  }

  @Field(() => ID)
  get id(): string {
    return toGlobalId('ApiKey', this.row.id);
  }

  @Field(() => DateTimeScalar, { nullable: true })
  get lastUsedAt(): Date | null {
    return this.row.lastUsedAt;
  }

  @Field(() => String)
  get name(): string {
    return this.row.name;
  }

  @Field(() => [Permission])
  get permissions(): readonly Permission[] {
    return this.row.permissions.filter(isPermission);
  }

  @Field(() => String)
  get prefix(): string {
    return this.row.prefix;
  }

  @Field(() => DateTimeScalar, { nullable: true })
  get revokedAt(): Date | null {
    return this.row.revokedAt;
  }
}
