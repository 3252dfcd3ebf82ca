import type { z } from 'zod';
import type { Bilingual, Json } from './values.ts';

/** One fact a task asks a person for. */
export interface Question {
  /** Name of the answer. */
  readonly name: string;
  readonly label: Bilingual;
  /** Why it is needed, in half a sentence. */
  readonly reason: Bilingual;
  /** Decides the control of the form and what is taken as an answer. */
  readonly schema: z.ZodType;
}

export interface QuestionRequest {
  readonly questions: readonly Question[];
  /** What is known already, so that nobody is asked for it. */
  readonly known?: Bilingual;
  /** How long it waits; seven days when left out. Then the task ends as expired. */
  readonly expiresInMs?: number;
}

/** All answers by name, checked by their schemas, and who gave the last one. */
export interface Answered {
  readonly answers: { readonly [name: string]: Json };
  readonly by: string;
}
