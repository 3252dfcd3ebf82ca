import { Arg, Ctx, Int, Mutation, Query, Resolver } from 'type-graphql';
import { Role } from '../../db.ts';
import { createApiKey, revokeApiKey } from '../../users/manage-keys.ts';
import { createUser, linkChat, updateUser, updateViewer } from '../../users/manage-users.ts';
import { containing } from '../filters.ts';
import { once } from '../idempotency.ts';
import { listUsers } from '../lists.ts';
import { keySchema, mutate, parseInput, rowId, userErrorsOf } from '../mutate.ts';
import { need, type RequestContext } from '../request-context.ts';
import { ApiKeyView } from '../types/api-key.ts';
import { ApiKeyCreateInput, ApiKeyRevokeInput } from '../types/api-key-inputs.ts';
import { ApiKeyCreatePayload, ApiKeyRevokePayload } from '../types/api-key-payloads.ts';
import { UserConnection } from '../types/connections.ts';
import { UserView } from '../types/user.ts';
import { UserChatLinkInput, UserCreateInput, UserUpdateInput } from '../types/user-inputs.ts';
import { UserChatLinkPayload, UserCreatePayload, UserUpdatePayload } from '../types/user-payloads.ts';
import { viewOrNull } from '../types/view.ts';
import { Viewer } from '../types/viewer.ts';
import { ViewerUpdateInput } from '../types/viewer-inputs.ts';
import { ViewerUpdatePayload } from '../types/viewer-payloads.ts';
import { viewerOf } from '../viewer-of.ts';

/** People, keys, and who asks. The functions of users/ check rights and write the audit entries themselves. */
@Resolver()
export class UserResolver {
  @Query(() => Viewer)
  viewer(@Ctx() ctx: RequestContext): Promise<Viewer> {
    return viewerOf(ctx, ctx.viewer);
  }

  @Query(() => UserConnection)
  async users(
    @Ctx() ctx: RequestContext,
    @Arg('active', () => Boolean, { nullable: true }) active: boolean | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('role', () => Role, { nullable: true }) role: Role | null,
    @Arg('search', () => String, { nullable: true }) search: string | null,
  ): Promise<UserConnection> {
    need(ctx, 'USER_ADMIN', 'AUDIT_READ', 'INCIDENT_READ');
    const name = containing(search);
    return listUsers(
      ctx,
      { after, first },
      {
        ...(active === null || active === undefined ? {} : { active }),
        ...(role ? { roles: { has: role } } : {}),
        ...(name ? { displayName: name } : {}),
      },
    );
  }

  @Mutation(() => UserCreatePayload)
  userCreate(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => UserCreateInput) input: UserCreateInput,
  ): Promise<UserCreatePayload> {
    const mutation = { operation: 'userCreate', input, empty: { user: null }, auditsItself: true };
    return mutate<UserCreatePayload>(ctx, mutation, async () =>
      once<UserCreatePayload>(ctx, {
        operation: 'userCreate',
        key: parseInput(keySchema, input.idempotencyKey),
        input,
        repeatable: false,
        first: async () => {
          const { user, userErrors } = await createUser(ctx.deps, ctx.viewer, {
            displayName: input.displayName,
            email: input.email ?? null,
            roles: input.roles,
            locale: input.locale ?? 'KO',
            timeZone: input.timeZone ?? 'Asia/Seoul',
            chatWorkspace: input.chatWorkspace ?? null,
            chatUserId: input.chatUserId ?? null,
          });
          return {
            payload: { user: viewOrNull(user, UserView), userErrors: userErrorsOf(userErrors) },
            kept: user === null || userErrors.length > 0 ? null : { user: user.id },
          };
        },
        again: async (kept) => ({
          user: viewOrNull(await ctx.load.user.load(kept.user ?? ''), UserView),
          userErrors: [],
        }),
      }),
    );
  }

  @Mutation(() => UserUpdatePayload)
  userUpdate(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => UserUpdateInput) input: UserUpdateInput,
  ): Promise<UserUpdatePayload> {
    const mutation = { operation: 'userUpdate', input, empty: { user: null }, auditsItself: true };
    return mutate<UserUpdatePayload>(ctx, mutation, async () => {
      const { expectedVersion, active, displayName, roles, teams } = input;
      const { user, userErrors } = await updateUser(ctx.deps, ctx.viewer, {
        id: rowId('User', input.id),
        expectedVersion,
        active: active ?? null,
        displayName: displayName ?? null,
        roles: roles ?? null,
        teams: teams ?? null,
        ...(input.email === undefined ? {} : { email: input.email }),
      });
      return { user: viewOrNull(user, UserView), userErrors: userErrorsOf(userErrors) };
    });
  }

  @Mutation(() => UserChatLinkPayload)
  userChatLink(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => UserChatLinkInput) input: UserChatLinkInput,
  ): Promise<UserChatLinkPayload> {
    const mutation = { operation: 'userChatLink', input, empty: { user: null }, auditsItself: true };
    return mutate<UserChatLinkPayload>(ctx, mutation, async () => {
      const { user, userErrors } = await linkChat(ctx.deps, ctx.viewer, {
        workspace: input.workspace,
        chatUserId: input.chatUserId,
        userId: input.userId ? rowId('User', input.userId, ['input', 'userId']) : null,
      });
      return { user: viewOrNull(user, UserView), userErrors: userErrorsOf(userErrors) };
    });
  }

  @Mutation(() => ViewerUpdatePayload)
  viewerUpdate(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => ViewerUpdateInput) input: ViewerUpdateInput,
  ): Promise<ViewerUpdatePayload> {
    const mutation = { operation: 'viewerUpdate', input, empty: { viewer: null }, auditsItself: true };
    return mutate<ViewerUpdatePayload>(ctx, mutation, async () => {
      const { userErrors } = await updateViewer(ctx.deps, ctx.viewer, {
        locale: input.locale ?? null,
        timeZone: input.timeZone ?? null,
      });
      return { viewer: await viewerOf(ctx, await ctx.refresh()), userErrors: userErrorsOf(userErrors) };
    });
  }

  @Mutation(() => ApiKeyCreatePayload)
  apiKeyCreate(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => ApiKeyCreateInput) input: ApiKeyCreateInput,
  ): Promise<ApiKeyCreatePayload> {
    const mutation = { operation: 'apiKeyCreate', input, empty: { apiKey: null, secret: null }, auditsItself: true };
    return mutate<ApiKeyCreatePayload>(ctx, mutation, async () =>
      once<ApiKeyCreatePayload>(ctx, {
        operation: 'apiKeyCreate',
        key: parseInput(keySchema, input.idempotencyKey),
        input,
        repeatable: false,
        first: async () => {
          const { apiKey, secret, userErrors } = await createApiKey(ctx.deps, ctx.viewer, {
            name: input.name,
            permissions: input.permissions,
            expiresAt: input.expiresAt ?? null,
          });
          return {
            payload: { apiKey: viewOrNull(apiKey, ApiKeyView), secret, userErrors: userErrorsOf(userErrors) },
            kept: apiKey === null || userErrors.length > 0 ? null : { apiKey: apiKey.id },
          };
        },
        // The secret was in the first answer and is nowhere else.
        again: async (kept) => ({
          apiKey: viewOrNull(await ctx.load.apiKey.load(kept.apiKey ?? ''), ApiKeyView),
          secret: null,
          userErrors: [],
        }),
      }),
    );
  }

  @Mutation(() => ApiKeyRevokePayload)
  apiKeyRevoke(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => ApiKeyRevokeInput) input: ApiKeyRevokeInput,
  ): Promise<ApiKeyRevokePayload> {
    const mutation = { operation: 'apiKeyRevoke', input, empty: { apiKey: null }, auditsItself: true };
    return mutate<ApiKeyRevokePayload>(ctx, mutation, async () => {
      const { apiKey, userErrors } = await revokeApiKey(ctx.deps, ctx.viewer, { id: rowId('ApiKey', input.id) });
      return { apiKey: viewOrNull(apiKey, ApiKeyView), userErrors: userErrorsOf(userErrors) };
    });
  }
}
