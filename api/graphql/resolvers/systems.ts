import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { fromGlobalId, isUuid } from '../../../lib/ids.ts';
import { registerSystem, updateSystem } from '../../systems/register.ts';
import { containing } from '../filters.ts';
import { once } from '../idempotency.ts';
import { listSystems } from '../lists.ts';
import { keySchema, mutate, parseInput, rowId, userErrorsOf } from '../mutate.ts';
import { need, type RequestContext } from '../request-context.ts';
import { SystemConnection } from '../types/connections.ts';
import { SystemView } from '../types/system.ts';
import { SystemCreateInput, SystemFilter, SystemUpdateInput } from '../types/system-inputs.ts';
import { SystemCreatePayload, SystemUpdatePayload } from '../types/system-payloads.ts';
import { viewOrNull } from '../types/view.ts';

/** Registered systems. */
@Resolver()
export class SystemResolver {
  @Query(() => SystemView, { nullable: true })
  async system(
    @Ctx() ctx: RequestContext,
    @Arg('id', () => ID, { nullable: true }) id: string | null,
    @Arg('name', () => String, { nullable: true }) name: string | null,
  ): Promise<SystemView | null> {
    need(ctx, 'INCIDENT_READ');
    const known = id ? fromGlobalId(id) : null;
    if (id && (known?.type !== 'System' || !isUuid(known.id))) return null;
    const where = known !== null ? { id: known.id } : name ? { name } : null;
    return viewOrNull(where === null ? null : await ctx.deps.db.system.findUnique({ where }), SystemView);
  }

  @Query(() => SystemConnection)
  async systems(
    @Ctx() ctx: RequestContext,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('filter', () => SystemFilter, { nullable: true }) filter: SystemFilter | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
  ): Promise<SystemConnection> {
    need(ctx, 'INCIDENT_READ');
    const search = containing(filter?.search);
    return listSystems(
      ctx,
      { after, first },
      {
        archived: filter?.archived ?? false,
        ...(filter?.environment ? { environment: { in: [...filter.environment] } } : {}),
        ...(filter?.health ? { healthState: { in: [...filter.health] } } : {}),
        ...(search ? { OR: [{ name: search }, { displayName: search }] } : {}),
      },
    );
  }

  @Mutation(() => SystemCreatePayload)
  systemCreate(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => SystemCreateInput) input: SystemCreateInput,
  ): Promise<SystemCreatePayload> {
    return mutate<SystemCreatePayload>(ctx, { operation: 'systemCreate', input, empty: { system: null } }, async () => {
      need(ctx, 'SYSTEM_WRITE');
      const { idempotencyKey, ...facts } = input;
      return once<SystemCreatePayload>(ctx, {
        operation: 'systemCreate',
        key: parseInput(keySchema, idempotencyKey),
        input,
        repeatable: true,
        first: async () => {
          const { system, userErrors } = await registerSystem(ctx.deps, ctx.viewer, facts);
          return {
            payload: { system: viewOrNull(system, SystemView), userErrors: userErrorsOf(userErrors) },
            kept: system === null || userErrors.length > 0 ? null : { system: system.id },
          };
        },
        again: async (kept) => ({
          system: viewOrNull(await ctx.load.system.load(kept.system ?? ''), SystemView),
          userErrors: [],
        }),
      });
    });
  }

  @Mutation(() => SystemUpdatePayload)
  systemUpdate(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => SystemUpdateInput) input: SystemUpdateInput,
  ): Promise<SystemUpdatePayload> {
    return mutate<SystemUpdatePayload>(ctx, { operation: 'systemUpdate', input, empty: { system: null } }, async () => {
      need(ctx, 'SYSTEM_WRITE');
      const facts = { ...input, id: rowId('System', input.id) };
      const { system, userErrors } = await updateSystem(ctx.deps, ctx.viewer, facts);
      return { system: viewOrNull(system, SystemView), userErrors: userErrorsOf(userErrors) };
    });
  }
}
