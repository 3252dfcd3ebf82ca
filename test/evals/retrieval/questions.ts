import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { projectPath } from '../../../lib/project-path.ts';

const split = z.enum(['dev', 'held-out']);
const questionSchema = z.object({
  question: z.string().min(1),
  pages: z.array(z.string()).default([]),
  traits: z.array(z.string()).default([]),
  split,
});
export type Question = z.infer<typeof questionSchema>;

/** Questions that were written before the glossary and apart from it. */
export async function loadQuestions(file: 'ko-en.json' | 'ko-en-none.json'): Promise<Question[]> {
  const parsed: unknown = JSON.parse(await readFile(projectPath('test', 'evals', 'retrieval', file), 'utf8'));
  const list = z.union([z.array(questionSchema), z.object({ questions: z.array(questionSchema) })]).parse(parsed);
  return Array.isArray(list) ? list : list.questions;
}
