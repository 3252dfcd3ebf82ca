import { z } from 'zod';
import type { Citation, CitedSentence } from './answer.ts';

const citationSchema = z.object({
  ref: z.number().int(),
  chunkId: z.string(),
  manualId: z.string(),
  code: z.string(),
  title: z.string(),
  revision: z.number().int(),
  section: z.string(),
  sectionPath: z.array(z.string()),
  page: z.number().int().nullable(),
  lineFrom: z.number().int(),
  lineTo: z.number().int(),
  revisedAt: z.string().nullable(),
  quote: z.string(),
  highlights: z.array(z.object({ start: z.number().int(), end: z.number().int() })),
  score: z.number(),
  shown: z.boolean(),
});
const sentenceSchema = z.object({ text: z.string(), refs: z.array(z.number().int()) });

/** What an answer says, for one reader. */
export interface ReadableAnswer {
  readonly sentences: readonly CitedSentence[];
  readonly citations: readonly Citation[];
}

/** The stored passages and sentences of an answer; what has another shape is left out. */
export function storedAnswer(row: { readonly sentences: unknown; readonly citations: unknown }): ReadableAnswer {
  return {
    sentences: z.array(sentenceSchema).safeParse(row.sentences).data ?? [],
    citations: z.array(citationSchema).safeParse(row.citations).data ?? [],
  };
}

/**
 * What is left of an answer for a reader who may see these manuals. A sentence is shown only with all passages it rests on: what it says
 * is what they say.
 */
export function readable(answer: ReadableAnswer, maySee: (manualId: string) => boolean): ReadableAnswer {
  const citations = answer.citations.filter(({ manualId }) => maySee(manualId));
  const left = new Set(citations.map(({ ref }) => ref));
  return { citations, sentences: answer.sentences.filter(({ refs }) => refs.every((ref) => left.has(ref))) };
}
