import { redactText } from '../../lib/redact.ts';
import { clip } from '../../lib/text.ts';
import type { Core } from '../context.ts';
import { inTransaction } from '../db.ts';
import type { TaskAnswer, TaskCaller } from './cancel-task.ts';
import { inLanguage } from './words.ts';

const texts = {
  noTask: { en: 'There is no such task.', ko: '그런 작업이 없습니다.' },
  noStep: { en: 'No outcome of this step is unknown.', ko: '이 단계에는 결과를 모르는 실행이 없습니다.' },
  answered: { en: 'This was answered already.', ko: '이미 답변되었습니다.' },
  noNote: { en: 'Say in a few words what you saw.', ko: '무엇을 확인했는지 적어 주세요.' },
  noPerson: { en: 'Only a person can say what happened.', ko: '사람만 답할 수 있습니다.' },
};

/** A person says what happened to a call whose outcome is unknown. The first answer stands; the task goes on with it. */
export async function resolveOutcome(
  core: Core,
  caller: TaskCaller & { readonly person: { readonly id: string } | null },
  input: {
    readonly id: string;
    readonly stepId: string;
    readonly observed: 'IT_RAN' | 'IT_DID_NOT_RUN' | 'ABANDON';
    readonly note: string;
  },
): Promise<TaskAnswer> {
  const answer = await inTransaction(core.db, async (tx): Promise<TaskAnswer> => {
    const task = await tx.task.findUnique({ where: { id: input.id } });
    const refuse = (
      code: TaskAnswer['userErrors'][number]['code'],
      text: { en: string; ko: string },
      path: readonly string[] | null,
    ): TaskAnswer => ({
      task,
      userErrors: [{ code, message: inLanguage(text, caller.locale), path }],
    });
    if (task === null) return refuse('NOT_FOUND', texts.noTask, ['input', 'id']);
    if (caller.person === null) return refuse('FORBIDDEN', texts.noPerson, null);
    if (input.note.trim() === '') return refuse('MISSING_INPUT', texts.noNote, ['input', 'note']);
    const step = await tx.taskStep.findFirst({ where: { id: input.stepId, taskId: task.id } });
    const effect =
      step === null
        ? null
        : await tx.effect.findFirst({ where: { taskId: task.id, step: step.name, status: 'UNKNOWN' } });
    if (effect === null) return refuse('INVALID_STATE', texts.noStep, ['input', 'stepId']);
    const first = await tx.effect.updateMany({
      where: { id: effect.id, status: 'UNKNOWN', resolvedAt: null },
      data: {
        observed: input.observed,
        note: clip(redactText(input.note.trim()), 1_000),
        resolvedById: caller.person.id,
        resolvedAt: new Date(),
        signalledAt: null,
      },
    });
    if (first.count === 0) return refuse('INVALID_STATE', texts.answered, null);
    await core.audit(tx, {
      actor: caller.actor,
      operation: 'taskOutcomeResolve',
      subject: { type: 'Task', id: task.id },
      input: { effectId: effect.id, observed: input.observed, note: input.note },
      outcome: input.observed.toLowerCase(),
      correlationId: caller.correlationId,
    });
    return { task, userErrors: [] };
  });
  if (answer.userErrors.length === 0) core.wake('decisions');
  return answer;
}
