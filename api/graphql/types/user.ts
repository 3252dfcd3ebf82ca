import { Ctx, Field, ID, Int, ObjectType } from 'type-graphql';
import { toGlobalId } from '../../../lib/ids.ts';
import { type ChatIdentity as ChatIdentityRow, Locale, Role, type User as UserRow } from '../../db.ts';
import { permissionsOf } from '../../users/roles.ts';
import type { RequestContext } from '../request-context.ts';
import { DateTimeScalar } from '../scalars.ts';
import { Permission } from './enums.ts';
import { NodeView } from './payload.ts';

/** ChatIdentity of the API. */
@ObjectType('ChatIdentity')
export class ChatIdentityView {
  constructor(readonly row: ChatIdentityRow) {}

  @Field(() => String)
  get chatUserId(): string {
    return this.row.chatUserId;
  }

  @Field(() => DateTimeScalar)
  get verifiedAt(): Date {
    return this.row.verifiedAt;
  }

  @Field(() => String)
  get workspace(): string {
    return this.row.workspace;
  }
}

/** User of the API. */
@ObjectType('User', { implements: NodeView })
export class UserView {
  constructor(readonly row: UserRow) {}

  @Field(() => Boolean)
  get active(): boolean {
    return this.row.active;
  }

  @Field(() => [ChatIdentityView])
  async chatIdentities(@Ctx() ctx: RequestContext): Promise<readonly ChatIdentityView[]> {
    return (await ctx.load.chatIdentitiesOf.load(this.row.id)).map((row) => new ChatIdentityView(row));
  }

  @Field(() => String)
  get displayName(): string {
    return this.row.displayName;
  }

  @Field(() => String, { nullable: true })
  email(@Ctx() ctx: RequestContext): string | null {
    const { viewer } = ctx;
    return viewer.person?.id === this.row.id || viewer.permissions.has('USER_ADMIN') ? this.row.email : null;
  }

  @Field(() => ID)
  get id(): string {
    return toGlobalId('User', this.row.id);
  }

  @Field(() => DateTimeScalar, { nullable: true })
  get lastSeenAt(): Date | null {
    return this.row.lastSeenAt;
  }

  @Field(() => Locale)
  get locale(): Locale {
    return this.row.locale;
  }

  @Field(() => [Permission])
  get permissions(): readonly Permission[] {
    return [...permissionsOf(this.row.roles)];
  }

  @Field(() => [Role])
  get roles(): readonly Role[] {
    return this.row.roles;
  }

  @Field(() => [String], { description: 'Decides which manuals of teams they may see.' })
  get teams(): readonly string[] {
    return this.row.teams;
  }

  @Field(() => String)
  get timeZone(): string {
    return this.row.timeZone;
  }

  @Field(() => Int)
  get version(): number {
    return this.row.version;
  }
}
