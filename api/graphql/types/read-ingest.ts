import type { ManualIngest } from '../../db.ts';
import { readerOf } from '../../knowledge/visibility-rules.ts';
import type { RequestContext } from '../request-context.ts';

/** An ingest for whoever asked for it and for administrators: its files may be for few. */
export async function visibleIngest(ctx: RequestContext, id: string): Promise<ManualIngest | null> {
  const row = await ctx.deps.db.manualIngest.findUnique({ where: { id } });
  if (row === null) return null;
  const { actor } = ctx.viewer;
  const own =
    row.requestedByType === actor.type && row.requestedById === actor.id && row.requestedByName === actor.name;
  return own || readerOf(ctx.viewer).admin ? row : null;
}
