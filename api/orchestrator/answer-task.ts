import { z } from 'zod';
import { redactSecrets } from '../../lib/redact.ts';
import { storedJson } from '../audit/stored-json.ts';
import type { Core } from '../context.ts';
import { databaseNow, inTransaction, type TaskQuestion, type Tx } from '../db.ts';
import type { TaskAnswer, TaskCaller } from './cancel-task.ts';
import { checkAnswers, fieldSchema, openNames, type QuestionField, readReply } from './question-rules.ts';
import { sayTask } from './say-task.ts';
import { inLanguage } from './words.ts';

const texts = {
  noTask: { en: 'There is no such task.', ko: '그런 작업이 없습니다.' },
  notAsking: { en: 'This task waits for no answer.', ko: '답을 기다리는 작업이 아닙니다.' },
  nothing: { en: 'There is no answer in it.', ko: '답이 없습니다.' },
  unclear: {
    en: 'I cannot tell which answer is which. Number them: "1. …", "2. …", or use the form.',
    ko: '어느 질문의 답인지 알 수 없습니다. "1. …", "2. …"처럼 번호를 붙이거나 양식을 써 주세요.',
  },
};
const answersSchema = z.record(z.string(), z.unknown());

/** The question a task waits with; null when it waits for none. */
export async function openQuestion(
  tx: Pick<Tx, 'taskQuestion'>,
  taskId: string,
): Promise<(TaskQuestion & { readonly read: readonly QuestionField[] }) | null> {
  const question = await tx.taskQuestion.findFirst({
    where: { taskId, answeredAt: null },
    orderBy: { askedAt: 'desc' },
  });
  if (question === null) return null;
  return { ...question, read: z.array(fieldSchema).parse(question.fields) };
}

/**
 * Takes answers to what a task waits for: by name from a form or a program, or a reply in words. What fits is kept, the rest is asked
 * for again; when all is there the task goes on. The same answers twice change nothing.
 */
export async function answerTask(
  core: Core,
  caller: TaskCaller,
  input: { readonly id: string; readonly answers?: unknown; readonly text?: string | null },
): Promise<TaskAnswer> {
  const answer = await inTransaction(core.db, async (tx): Promise<TaskAnswer> => {
    await tx.$queryRaw`select 1 from "Task" where "id" = ${input.id}::uuid for no key update`;
    const task = await tx.task.findUnique({ where: { id: input.id } });
    const refuse = (
      code: TaskAnswer['userErrors'][number]['code'],
      text: { en: string; ko: string } | string,
      path: readonly string[] | null,
    ) => ({ code, message: inLanguage(text, caller.locale), path });
    if (task === null) return { task, userErrors: [refuse('NOT_FOUND', texts.noTask, ['input', 'id'])] };
    const question = task.status === 'WAITING_INPUT' ? await openQuestion(tx, task.id) : null;
    if (question === null) return { task, userErrors: [refuse('INVALID_STATE', texts.notAsking, null)] };
    const known = answersSchema.parse(question.answers);
    const given = answersSchema.nullish().safeParse(input.answers);
    const read =
      given.data && Object.keys(given.data).length > 0
        ? checkAnswers(question.read, given.data)
        : readReply(input.text ?? '', question.read, known);
    const field = given.data ? 'answers' : 'text';
    if (read.unclear) {
      const text = (input.text ?? '').trim() === '' ? texts.nothing : texts.unclear;
      return { task, userErrors: [refuse('INVALID_INPUT', text, ['input', field])] };
    }
    const userErrors = Object.entries(read.problems).map(([name, problem]) => {
      const label = question.read.find((one) => one.name === name)?.label ?? name;
      return refuse('INVALID_INPUT', `${label}: ${problem}`, ['input', field, name]);
    });
    if (Object.keys(read.answers).length === 0) {
      const empty = userErrors.length === 0 ? [refuse('INVALID_INPUT', texts.nothing, ['input', field])] : [];
      return { task, userErrors: [...userErrors, ...empty] };
    }
    const answers = { ...known, ...answersSchema.parse(redactSecrets(storedJson(read.answers)) ?? {}) };
    const open = openNames(question.read, answers);
    const now = await databaseNow(tx);
    await tx.taskQuestion.update({
      where: { id: question.id },
      data: {
        answers: storedJson(answers) ?? {},
        answeredById: caller.actor.type === 'user' ? caller.actor.id : null,
        answeredByName: caller.actor.name,
        ...(open.length === 0 ? { answeredAt: now } : {}),
      },
    });
    await sayTask(tx, task, 'TASK_QUESTION');
    await core.audit(tx, {
      actor: caller.actor,
      operation: 'taskAnswer',
      subject: { type: 'Task', id: task.id },
      input: { answers: storedJson(read.answers), open },
      outcome: open.length === 0 ? 'answered' : 'partly answered',
      correlationId: caller.correlationId,
    });
    return { task, userErrors };
  });
  core.wake('decisions');
  core.wake('notifications');
  core.wake('task', input.id);
  return answer;
}
