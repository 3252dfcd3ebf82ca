import type { Actor, Core } from '../context.ts';
import type { Tx } from '../db.ts';
import { touchManuals } from './index-lock.ts';

/** Takes manuals out of what is searched; their revisions and chunks stay, so that what was cited can still be shown. Needs the index lock. */
export async function archiveManuals(
  core: Pick<Core, 'audit'>,
  tx: Tx,
  ids: readonly string[],
  why: {
    readonly reason: 'missing' | 'person';
    readonly by: Actor;
    readonly words?: string | null;
    readonly correlationId: string;
  },
): Promise<readonly string[]> {
  const rows = await tx.manual.findMany({
    where: { id: { in: [...ids] }, status: 'READY' },
    select: { id: true, code: true, revision: true, fileName: true },
  });
  const found = rows.map((row) => row.id);
  await tx.manual.updateMany({
    where: { id: { in: found } },
    data: { status: 'ARCHIVED', removedAt: new Date(), removedReason: why.reason },
  });
  await touchManuals(tx, found);
  for (const { id, ...facts } of rows)
    await core.audit(tx, {
      actor: why.by,
      operation: 'manualRemove',
      subject: { type: 'Manual', id },
      input: facts,
      outcome: why.reason === 'missing' ? 'its file is gone' : 'removed',
      reason: why.words ?? null,
      correlationId: why.correlationId,
    });
  return found;
}
