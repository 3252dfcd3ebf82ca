import type { KnownBlock, ModalView } from '@slack/types';
import type { ResultOf } from 'gql.tada';
import { z } from 'zod';
import type { TaskFields } from '../fragments.ts';
import type { taskQuestions } from '../operations.ts';
import { workTexts } from '../work-texts.ts';
import { actions, button, context, type Message, option, paragraph, plain, pushText } from './elements.ts';
import { line, literal, richText, safe } from './rich-text.ts';
import { mentionElement, type Scene } from './scene.ts';
import { taskLine } from './task-messages.ts';

type Questions = NonNullable<NonNullable<ResultOf<typeof taskQuestions>['task']>['questions']>;

/** What a task needs to know: numbered, with what is known already; a reply in the thread is as good as the form. */
export function taskQuestion(scene: Scene, task: TaskFields): Message {
  const w = workTexts[scene.locale];
  const { questions } = task;
  const title = safe(task.title, 150);
  if (questions === null || task.taskStatus !== 'WAITING_INPUT') {
    const text =
      questions?.answeredAt != null
        ? w.questionAnswered(title, safe(questions.answeredBy ?? '', 80))
        : w.questionOver(title);
    return { text: pushText(text), blocks: [paragraph(text), context(taskLine(task))] };
  }
  const open = questions.fields.filter((field) => field.answer === null);
  const asker = task.requestedBy.__typename === 'User' ? [mentionElement(scene, task.requestedBy), literal(' ')] : [];
  return {
    text: pushText(w.questionPush(title, open.map((field) => field.label).join(', '))),
    blocks: [
      richText([
        {
          type: 'rich_text_section',
          elements: [...asker, literal(title, { bold: true }), literal(` · ${w.questionIntro(open.length)}`)],
        },
        ...questions.fields.map((field, index) =>
          field.answer === null
            ? line(
                `${index + 1}. ${safe(field.label, 200)}${field.reason === '' ? '' : ` (${safe(field.reason, 200)})`}`,
              )
            : line(`✅ ${safe(field.label, 200)}: ${safe(shown(field.answer), 200)}`),
        ),
        ...(questions.known ? [line(w.questionKnown(safe(questions.known, 500)))] : []),
      ]),
      actions(
        button('task.answer', w.answerForm, { t: task.id }, { style: 'primary' }),
        button('task.cancel', w.cancel, { t: task.id }),
      ),
      context(`${taskLine(task)} · ${w.answerHint}`),
    ],
  };
}

const shown = (answer: unknown): string =>
  Array.isArray(answer)
    ? answer.map(String).join(', ')
    : typeof answer === 'object'
      ? JSON.stringify(answer)
      : String(answer);

const schemaShape = z.object({
  type: z.string().optional(),
  enum: z.array(z.union([z.string(), z.number()])).optional(),
  maxLength: z.number().optional(),
});

/** The form of what is still open, each control by the schema of its answer. */
export function answerModal(scene: Scene, number: string, questions: Questions, meta: string): ModalView {
  const w = workTexts[scene.locale];
  const open = questions.fields.filter((field) => field.answer === null);
  return {
    type: 'modal',
    callback_id: 'task.answer',
    private_metadata: meta,
    title: plain(w.answerTitle(number), 24),
    submit: plain(w.answerSend, 24),
    close: plain(w.back, 24),
    blocks: [
      ...(questions.known ? [paragraph(w.questionKnown(questions.known))] : []),
      ...open.slice(0, 20).map((field) => inputOf(scene, field)),
    ],
  };
}

function inputOf(scene: Scene, field: Questions['fields'][number]): KnownBlock {
  const w = workTexts[scene.locale];
  const schema = schemaShape.catch({}).parse(field.schema);
  const options =
    schema.enum !== undefined
      ? schema.enum.slice(0, 100).map((one) => option(String(one), String(one)))
      : schema.type === 'boolean'
        ? [option(w.yes, 'true'), option(w.no, 'false')]
        : null;
  const hint = schema.type === 'array' ? w.answerList : field.reason;
  return {
    type: 'input',
    block_id: field.name,
    label: plain(field.label, 150),
    ...(hint === '' ? {} : { hint: plain(hint, 150) }),
    element:
      options === null || options.length === 0
        ? { type: 'plain_text_input', action_id: 'value', multiline: (schema.maxLength ?? 0) > 200, max_length: 3_000 }
        : { type: 'static_select', action_id: 'value', options },
  };
}
