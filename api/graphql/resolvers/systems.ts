import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { fromGlobalId, isUuid } from '../../../lib/ids.ts';
import { Locale } from '../../db.ts';
import { registerSystem, updateSystem } from '../../systems/register.ts';
import { containing } from '../filters.ts';
import { once } from '../idempotency.ts';
import { listSystems } from '../lists.ts';
import { keySchema, mutate, parseInput, rowId, userErrorsOf } from '../mutate.ts';
import { need, type RequestContext } from '../request-context.ts';
import { SystemConnection } from '../types/connections.ts';
import { ManualHit, ManualSearchResult, ManualView } from '../types/manual.ts';
import { SystemView } from '../types/system.ts';
import { SystemCreateInput, SystemFilter, SystemUpdateInput } from '../types/system-inputs.ts';
import { SystemCreatePayload, SystemUpdatePayload } from '../types/system-payloads.ts';
import { viewOrNull } from '../types/view.ts';

/** Registered systems, and the manuals about them. */
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

  @Query(() => ManualSearchResult)
  async manualSearch(
    @Ctx() ctx: RequestContext,
    @Arg('first', () => Int, { nullable: true, defaultValue: 5 }) first: number | null,
    @Arg('locale', () => Locale, { nullable: true }) locale: Locale | null,
    @Arg('query', () => String) query: string,
    @Arg('systemId', () => ID, { nullable: true }) systemId: string | null,
  ): Promise<ManualSearchResult> {
    need(ctx, 'MANUAL_READ');
    const begun = performance.now();
    const wanted = Math.min(50, Math.max(0, first ?? 5));
    const text = query.trim().slice(0, 1_000);
    const system = systemId ? await ctx.load.system.load(rowId('System', systemId, ['systemId'])) : null;
    // More than asked for is read, since passages of other languages and systems fall away.
    const narrowed = locale !== null || system !== null;
    const passages = text === '' ? [] : await ctx.deps.manuals.search(text, narrowed ? wanted * 5 : wanted);
    const hits: ManualHit[] = [];
    for (const { code, section, page, quote, score } of passages) {
      const manual = await ctx.load.manualByCode.load(code);
      if (manual === null || (locale !== null && manual.locale !== locale)) continue;
      if (system !== null && !manual.systemNames.includes(system.name)) continue;
      hits.push(Object.assign(new ManualHit(), { manual: new ManualView(manual), section, page, quote, score }));
    }
    return { hits: hits.slice(0, wanted), semantic: false, tookMs: Math.round(performance.now() - begun) };
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
