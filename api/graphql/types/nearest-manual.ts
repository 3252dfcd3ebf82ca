import type { AlertGroup } from '../../db.ts';
import type { RequestContext } from '../request-context.ts';
import { ManualHit, ManualView } from './manual.ts';

/** The closest section of a manual, for a group without a runbook. A library that cannot answer leaves it out. */
export async function nearestManual(ctx: RequestContext, group: AlertGroup): Promise<ManualHit | null> {
  if (group.runbookUrl !== null) return null;
  const words = [group.title, group.summary ?? ''].join(' ').trim();
  const passages = await ctx.deps.manuals.search(words, 1).catch((error: unknown) => {
    ctx.deps.log.warn({ err: error, requestId: ctx.requestId }, 'manuals not searched');
    return [];
  });
  const passage = passages[0];
  const manual = passage === undefined ? null : await ctx.load.manualByCode.load(passage.code);
  if (passage === undefined || manual === null) return null;
  const { page, quote, score, section } = passage;
  return Object.assign(new ManualHit(), { manual: new ManualView(manual), page, quote, score, section });
}
