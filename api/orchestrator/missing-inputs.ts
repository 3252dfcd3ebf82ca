import { z } from 'zod';
import { clip } from '../../lib/text.ts';
import type { Question } from '../agents/question.ts';
import type { AnyTaskDefinition, Json } from '../agents/task.ts';
import { storedObject } from '../audit/stored-json.ts';
import { askPerson } from './ask-person.ts';
import type { TaskRun } from './task-run.ts';
import { inLanguage, words } from './words.ts';

const record = z.record(z.string(), z.unknown());
const shapeOf = z.object({
  required: z.array(z.string()).default([]),
  properties: z.record(z.string(), record).default({}),
});
const about = z.object({ title: z.string().optional(), description: z.string().optional() });

const inputShape = (definition: AnyTaskDefinition) => shapeOf.parse(z.toJSONSchema(definition.input, { io: 'input' }));

/** Names of inputs that a task needs and was not given. */
export function missingInputs(definition: AnyTaskDefinition, params: Readonly<Record<string, unknown>>): string[] {
  return inputShape(definition).required.filter((name) => params[name] === undefined);
}

/** Questions for inputs, from the task's own schema: its controls, and its words unless the task has better ones. */
export function questionsFor(definition: AnyTaskDefinition, names: readonly string[]): Question[] {
  const { properties } = inputShape(definition);
  return names.flatMap((name) => {
    const schema = properties[name];
    if (schema === undefined) return [];
    const { title, description } = about.catch({}).parse(schema);
    const own = definition.questions?.[name];
    const label = title ?? name;
    return [
      {
        name,
        label: own?.label ?? { en: label, ko: label },
        reason: own?.reason ?? { en: description ?? '', ko: description ?? '' },
        schema: z.fromJSONSchema(schema),
      },
    ];
  });
}

/** The input with what was missing, asked for in the thread. A complete one is given back as it is. */
export async function withMissingInputs(run: TaskRun, definition: AnyTaskDefinition, params: Json): Promise<unknown> {
  const given = record.safeParse(params).data ?? {};
  const missing = missingInputs(definition, given);
  if (missing.length === 0) return params;
  const { answers } = await askPerson(run, run.at('input:missing'), words.missingFacts, {
    questions: questionsFor(definition, missing),
  });
  const complete = { ...given, ...answers };
  const checked = definition.input.safeParse(complete);
  if (checked.success) {
    const { deps, task } = run;
    await deps.durable.step(run.at('input:complete'), async () => {
      const title = clip(inLanguage(definition.describe(checked.data), task.locale), 150);
      await deps.db.task.update({ where: { id: task.id }, data: { params: storedObject(complete), title } });
    });
  }
  return complete;
}
