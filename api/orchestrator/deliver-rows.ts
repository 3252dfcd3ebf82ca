import { textTable } from '../../lib/text-table.ts';
import { inTransaction } from '../db.ts';
import { notify } from '../notifications/write.ts';
import { rowsSchema } from '../tools/sql-run.ts';
import type { TaskRun } from './task-run.ts';
import { inLanguage, words } from './words.ts';

const shownRows = 20;
const longestTable = 2_200;

/** Gives kept rows to the person who asked: theirs alone in the record, and a direct message with the first of them. */
export async function deliverRows(
  run: TaskRun,
  result: { readonly resultKey: string; readonly chartKey: string | null; readonly sql: string },
): Promise<boolean> {
  const { deps, task } = run;
  const { requestedByType, requestedById } = await deps.db.task.findUniqueOrThrow({
    where: { id: task.id },
    select: { requestedByType: true, requestedById: true },
  });
  const person = requestedByType === 'user' ? requestedById : null;
  const kept = await deps.ports.artifacts.read(result.resultKey);
  if (kept === null) return false;
  const { columns, rows } = rowsSchema.parse(JSON.parse(Buffer.from(kept.bytes).toString('utf8')));
  const names = columns.map(({ name }) => name);
  let shown = rows.slice(0, shownRows);
  while (shown.length > 1 && textTable(names, shown).length > longestTable) shown = shown.slice(0, -1);
  const table = textTable(names, shown).slice(0, longestTable);
  const left = rows.length - shown.length;
  const text = [
    `T-${task.number} · ${inLanguage(words.rows(rows.length), task.locale)}`,
    table,
    ...(left > 0 ? [inLanguage(words.moreRows(left), task.locale)] : []),
    '',
    result.sql,
  ].join('\n');
  const keys = [result.resultKey, ...(result.chartKey === null ? [] : [result.chartKey])];
  await inTransaction(deps.db, async (tx) => {
    await tx.artifact.updateMany({ where: { key: { in: keys } }, data: { taskId: task.id, privateToId: person } });
    if (person === null) return;
    await notify(tx, {
      kind: 'REPORT',
      subject: { type: 'Task', id: task.id },
      to: { type: 'user', userId: person },
      locale: task.locale,
      text,
      priority: 'RESULT',
    });
  });
  return person !== null;
}
