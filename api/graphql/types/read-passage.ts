import { maySee, readerOf } from '../../knowledge/visibility-rules.ts';
import type { RequestContext } from '../request-context.ts';
import { ManualView } from './manual.ts';
import { ManualPassageView } from './manual-passage.ts';
import type { ManualFacts } from './read-evidence.ts';

/** A manual by its row's id, when the viewer may see it; one that was taken out is not there. */
export async function visibleManual(ctx: RequestContext, id: string): Promise<ManualFacts | null> {
  const manual = await ctx.load.manual.load(id);
  return manual !== null && manual.removedAt === null && maySee(readerOf(ctx.viewer), manual) ? manual : null;
}

/** A passage by its row's id, when the viewer may see its manual. */
export async function visiblePassage(ctx: RequestContext, id: string): Promise<ManualPassageView | null> {
  const row = await ctx.load.passage.load(id);
  const manual = row === null ? null : await visibleManual(ctx, row.manualId);
  return row === null || manual === null ? null : new ManualPassageView(row, manual);
}

/** The manual of a code, newest revision, when the viewer may see it. */
export async function visibleManualByCode(ctx: RequestContext, code: string): Promise<ManualView | null> {
  const manual = await ctx.load.manualByCode.load(code);
  return manual !== null && manual.removedAt === null && maySee(readerOf(ctx.viewer), manual)
    ? new ManualView(manual)
    : null;
}
