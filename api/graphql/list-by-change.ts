import type { Prisma, Task as TaskRow } from '../db.ts';
import { type Page, type PageArgs, readPage } from './connection.ts';
import type { RequestContext } from './request-context.ts';
import { TaskView } from './types/task.ts';

const sortedAtMost = 10_000;

/** By last change. It follows from several columns, so the newest 10,000 are ordered here. */
export async function listByChange(
  ctx: RequestContext,
  args: PageArgs,
  where: Prisma.TaskWhereInput,
  order: 'asc' | 'desc',
): Promise<Page<TaskView>> {
  const { task } = ctx.deps.db;
  const rows = await task.findMany({
    where,
    orderBy: { number: 'desc' },
    take: sortedAtMost,
    select: { id: true, createdAt: true, enqueuedAt: true, startedAt: true, finishedAt: true },
  });
  const changes = rows.map((row) => {
    const at = row.finishedAt ?? row.startedAt ?? row.enqueuedAt ?? row.createdAt;
    return { id: row.id, key: `${at.toISOString()}/${row.id}` };
  });
  return readPage(args, {
    key: (row: { readonly key: string }) => row.key,
    keyType: 'string',
    order,
    find: async ({ lt, gt }, direction, take) => {
      const inRange = changes.filter(({ key }) => (lt === undefined || key < lt) && (gt === undefined || key > gt));
      inRange.sort((one, other) => (one.key < other.key ? -1 : 1) * (direction === 'asc' ? 1 : -1));
      const wanted = inRange.slice(0, take);
      const found = new Map(
        (await task.findMany({ where: { id: { in: wanted.map((one) => one.id) } } })).map((row) => [row.id, row]),
      );
      return wanted.flatMap(({ id, key }) => {
        const row = found.get(id);
        return row === undefined ? [] : [{ key, row }];
      });
    },
    count: async (most) => Math.min(most, rows.length),
    node: ({ row }: { readonly key: string; readonly row: TaskRow }) => new TaskView(row),
  });
}
