import { carried, defineAction, taskIds } from '../action.ts';
import { answerModal } from '../blocks/task-question.ts';
import { taskAnswer, taskQuestions } from '../operations.ts';
import { answeredErrors, found, tell } from '../session.ts';
import { workTexts } from '../work-texts.ts';

/** The form of a question, made from the schemas of its answers. */
export const action = defineAction({
  name: 'task-answer',
  controls: ['task.answer'],
  forms: ['task.answer'],
  press: async (input, session) => {
    const ids = carried(taskIds, input.value);
    if (ids === null) return tell(session, session.t.askedElsewhere);
    const { task } = await session.api.call(taskQuestions, { id: ids.t }, { timeoutMs: 1_500 });
    const known = found(session, task, ids.t);
    if (known.questions === null || known.status !== 'WAITING_INPUT')
      return tell(session, workTexts[session.scene.locale].answerGone);
    await session.openForm(answerModal(session.scene, known.number, known.questions, JSON.stringify({ t: known.id })));
  },
  submit: async (input, session) => {
    const ids = carried(taskIds, input.meta);
    if (ids === null) return tell(session, session.t.askedElsewhere);
    const { taskAnswer: answer } = await session.api.call(
      taskAnswer,
      { input: { id: ids.t, answers: input.values, idempotencyKey: session.key } },
      { retry: true },
    );
    if (await answeredErrors(session, answer.userErrors)) return;
    await tell(session, workTexts[session.scene.locale].answerTaken(answer.task?.number ?? ''));
  },
});
