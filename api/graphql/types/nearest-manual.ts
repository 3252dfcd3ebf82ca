import type { AlertGroup } from '../../db.ts';
import { questionTerms, quoteOf } from '../../knowledge/quote-rules.ts';
import { maySee, sharedReader } from '../../knowledge/visibility-rules.ts';
import type { RequestContext } from '../request-context.ts';
import { ManualHit, ManualView } from './manual.ts';
import { visiblePassage } from './read-passage.ts';

/**
 * The closest section of a manual, for a group without a runbook. A card is seen by everybody in its channel, so only manuals for everyone
 * are looked at. A library that cannot answer leaves it out.
 */
export async function nearestManual(ctx: RequestContext, group: AlertGroup): Promise<ManualHit | null> {
  if (group.runbookUrl !== null) return null;
  const words = [group.title, group.summary ?? ''].join(' ').trim();
  const found = await ctx.deps.findPassages({ words, limit: 1, reader: sharedReader }).catch((error: unknown) => {
    ctx.deps.log.warn({ err: error, requestId: ctx.requestId }, 'manuals not searched');
    return null;
  });
  const nearest = found?.answered === true ? found.passages[0] : undefined;
  const passage = nearest === undefined ? null : await visiblePassage(ctx, nearest.chunkId);
  if (nearest === undefined || passage === null || !maySee(sharedReader, passage.source)) return null;
  const quote = quoteOf(nearest.text, questionTerms(words), 300);
  return Object.assign(new ManualHit(), {
    manual: new ManualView(passage.source),
    passage,
    page: nearest.page,
    quote: quote.text,
    highlights: quote.highlights,
    score: nearest.score,
    section: nearest.section,
  });
}
