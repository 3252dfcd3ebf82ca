import type { Manual, Prisma } from '../db.ts';
import { readerOf, visibleWhere } from '../knowledge/visibility-rules.ts';
import { type Page, type PageArgs, readPage } from './connection.ts';
import { containing } from './filters.ts';
import type { RequestContext } from './request-context.ts';
import { ManualView, staleAfterMs } from './types/manual.ts';
import type { ManualFilter } from './types/manual-ingest-inputs.ts';

/** A filter of manuals as a condition. What the viewer may not see is neither listed nor counted. */
export function manualsWhere(
  ctx: RequestContext,
  filter: ManualFilter | null | undefined,
  system: string | null,
): Prisma.ManualWhereInput {
  const search = containing(filter?.search);
  const old = new Date(Date.now() - staleAfterMs);
  const parts: Prisma.ManualWhereInput[] = [
    visibleWhere(readerOf(ctx.viewer)),
    { status: { in: [...(filter?.status ?? ['READY' as const])] } },
    ...(filter?.locale ? [{ locale: filter.locale }] : []),
    ...(filter?.team ? [{ team: filter.team }] : []),
    ...(filter?.visibility ? [{ visibility: filter.visibility }] : []),
    ...(filter?.systemId ? [{ systemNames: { has: system ?? '' } }] : []),
    ...(search ? [{ OR: [{ title: search }, { code: search }] }] : []),
    ...(filter?.stale === true ? [{ revisedAt: { lt: old } }] : []),
    ...(filter?.stale === false ? [{ OR: [{ revisedAt: null }, { revisedAt: { gte: old } }] }] : []),
  ];
  return { AND: parts };
}

/** Manuals, newest first. */
export function listManuals(
  ctx: RequestContext,
  args: PageArgs,
  where: Prisma.ManualWhereInput,
): Promise<Page<ManualView>> {
  const { manual } = ctx.deps.db;
  return readPage(args, {
    key: (row: Omit<Manual, 'bytes'>) => row.id,
    keyType: 'string',
    order: 'desc',
    find: (range, direction, take) =>
      manual.findMany({
        where: { AND: [where, { id: range }] },
        orderBy: { id: direction },
        take,
        omit: { bytes: true },
      }),
    count: (most) => manual.count({ where, take: most }),
    node: (row) => new ManualView(row),
  });
}
