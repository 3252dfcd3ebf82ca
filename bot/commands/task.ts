import { taskList } from '../blocks/answers.ts';
import { withBlockIds } from '../blocks/elements.ts';
import { taskFailed, taskProgress } from '../blocks/task-messages.ts';
import { defineCommand, exampleOf } from '../command.ts';
import { taskCancel, taskQuery, taskRetry, tasksQuery } from '../operations.ts';
import { answeredErrors, found, type Session, tell } from '../session.ts';

/** One's own tasks, or everybody's with --all. */
export const command = defineCommand({
  name: 'task',
  words: ['tasks', '작업'],
  label: { en: 'task', ko: '작업' },
  summary: { en: 'what I am working on', ko: '진행 중인 작업' },
  usage: {
    en: ['task list', 'task list --all', 'task show T-12', 'task cancel T-12', 'task retry T-12'],
    ko: ['작업 목록', '작업 목록 --all', '작업 보기 T-12', '작업 취소 T-12', '작업 재시도 T-12'],
  },
  ids: ['T'],
  verbs: [
    { name: 'list', words: ['목록', '리스트'], args: 'none' },
    { name: 'show', words: ['보기', '보여'], args: 'optional-id' },
    { name: 'cancel', words: ['stop', '취소', '중지'], changes: true, args: 'optional-id' },
    { name: 'retry', words: ['재시도'], changes: true, args: 'optional-id' },
  ],
  bare: { verb: 'list', args: 'none' },
  run: async (input, session) => {
    if (input.verb === null || input.verb === 'list')
      return list(session, 'all' in input.flags || '전체' in input.flags);
    const number = input.ids[0];
    if (number === undefined) return tell(session, session.t.whichId(exampleOf(command, session.scene.locale, 2)));
    const { task } = await session.api.call(taskQuery, { number });
    const known = found(session, task, number);
    if (input.verb === 'cancel') {
      const { taskCancel: answer } = await session.api.call(taskCancel, { input: { id: known.id } }, { retry: true });
      if (!(await answeredErrors(session, answer.userErrors)))
        await tell(session, session.t.cancelledNow(known.number));
      return;
    }
    if (input.verb === 'retry') {
      const { taskRetry: answer } = await session.api.call(
        taskRetry,
        { input: { id: known.id, idempotencyKey: session.key } },
        { retry: true },
      );
      if (!(await answeredErrors(session, answer.userErrors))) await tell(session, session.t.retriedNow(known.number));
      return;
    }
    const message = known.error === null ? taskProgress(session.scene, known) : taskFailed(session.scene, known);
    await session.answer(withBlockIds(message, `show.${Date.now().toString(36)}`));
  },
});

async function list(session: Session, all: boolean): Promise<void> {
  const { tasks } = await session.api.call(tasksQuery, { filter: all ? {} : { mine: true }, first: 15 });
  await session.answer(taskList(session.scene, tasks));
}
