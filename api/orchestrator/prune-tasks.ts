import type { Core } from '../context.ts';
import { inTransaction } from '../db.ts';

const keptDays = 1;
const atOnce = 500;

/**
 * Removes what scheduled checks that found nothing leave behind: finished tasks of the clock without an incident, a conversation or a
 * finding, older than a day. Readings, audit entries and everything people asked for stay. Answers how many went.
 */
export async function pruneScheduledTasks(core: Pick<Core, 'db'>): Promise<number> {
  return inTransaction(core.db, async (tx) => {
    const rows = await tx.$queryRaw<{ id: string }[]>`
      select "id" from "Task" t
      where t."trigger" = 'SCHEDULE' and t."status" = 'SUCCEEDED' and t."incidentId" is null and t."channel" is null
        and t."finishedAt" < clock_timestamp() - ${keptDays} * interval '1 day'
        and not exists (select 1 from "Finding" f where f."taskId" = t."id")
        and not exists (select 1 from "Task" c where c."parentId" = t."id")
        and not exists (select 1 from "ProposedAction" a where a."taskId" = t."id")
      order by t."finishedAt" limit ${atOnce}`;
    const ids = rows.map((row) => row.id);
    if (ids.length === 0) return 0;
    await tx.taskStep.deleteMany({ where: { taskId: { in: ids } } });
    await tx.evidence.deleteMany({ where: { taskId: { in: ids } } });
    return (await tx.task.deleteMany({ where: { id: { in: ids } } })).count;
  });
}
