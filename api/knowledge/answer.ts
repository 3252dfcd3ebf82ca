import type { Logger } from '../../lib/log.ts';
import type { Locale, ManualAnswerMode } from '../db.ts';
import type { Llm } from '../ports/llm.ts';
import type { CitedSentence as CheckedSentence } from './cite-rules.ts';
import type { FindPassages, FoundPassage } from './find-passages.ts';
import { type Highlight, questionTerms, quoteOf } from './quote-rules.ts';
import type { ManualQuery } from './search.ts';
import { termsOf } from './sparse-rules.ts';
import { type Written, writeAnswer } from './write-answer.ts';

/** Why an answer quotes passages and is not written. */
export type AnswerNote = 'NO_MODEL' | 'MODEL_FAILED' | 'NOTHING_SUPPORTED' | 'MODEL_SILENT';

/** A sentence of a written answer and the citations it rests on. */
export interface CitedSentence {
  readonly text: string;
  readonly refs: readonly number[];
}

/** A passage as an answer keeps it: what was read then, also when the manual has moved on since. */
export interface Citation {
  readonly ref: number;
  readonly chunkId: string;
  readonly manualId: string;
  readonly code: string;
  readonly title: string;
  readonly revision: number;
  readonly section: string;
  readonly sectionPath: readonly string[];
  readonly page: number | null;
  readonly lineFrom: number;
  readonly lineTo: number;
  readonly revisedAt: string | null;
  readonly quote: string;
  readonly highlights: readonly Highlight[];
  readonly score: number;
  /** Stands in the answer; the others are further results. */
  readonly shown: boolean;
}

export interface MadeAnswer {
  readonly mode: ManualAnswerMode;
  readonly note: AnswerNote | null;
  readonly sentences: readonly CitedSentence[];
  readonly citations: readonly Citation[];
  readonly dropped: number;
  readonly degraded: string | null;
  readonly model: string | null;
  readonly tookMs: number;
}

const mostPassages = 10;
const quotedPassages = 3;
const nearestPassages = 3;
const longestQuote = 400;

/** Answers from the manuals the reader may see: written and cited where a model helps, else the best passages, else "not in the manuals". */
export async function manualAnswer(
  deps: { readonly findPassages: FindPassages; readonly llm: Llm; readonly log: Logger },
  ask: Pick<ManualQuery, 'reader' | 'locale' | 'system'> & { readonly question: string; readonly answerLocale: Locale },
): Promise<MadeAnswer> {
  const begun = performance.now();
  const { question, answerLocale, ...filter } = ask;
  const found = await deps.findPassages({ ...filter, words: question, limit: mostPassages, prefer: answerLocale });
  const terms = questionTerms(question);
  const end = (made: Omit<MadeAnswer, 'degraded' | 'tookMs'>): MadeAnswer => ({
    ...made,
    degraded: found.degraded,
    tookMs: Math.round(performance.now() - begun),
  });
  const quoted = (many: number): Citation[] =>
    found.passages.map((passage, index) => citationOf(passage, index + 1, terms, index < many));
  if (!found.answered || found.passages.length === 0) {
    const nearest = quoted(nearestPassages).slice(0, nearestPassages);
    return end({ mode: 'NOT_FOUND', note: null, sentences: [], citations: nearest, dropped: 0, model: null });
  }
  const written = await writeAnswer(deps, { question, locale: answerLocale, passages: found.passages });
  const dropped = 'answer' in written ? written.answer.dropped.length : 0;
  const model = 'model' in written ? written.model : null;
  if (written.kind !== 'written')
    return end({
      mode: 'PASSAGES',
      note: noteOf(written),
      sentences: [],
      citations: quoted(quotedPassages),
      dropped,
      model,
    });
  const { sentences, citations } = renumber(written.answer.sentences, found.passages, terms);
  return end({ mode: 'WRITTEN', note: null, sentences, citations, dropped, model });
}

function noteOf(written: Exclude<Written, { kind: 'written' }>): AnswerNote {
  switch (written.kind) {
    case 'no-model':
      return 'NO_MODEL';
    case 'failed':
      return 'MODEL_FAILED';
    case 'silent':
      return 'MODEL_SILENT';
    case 'unsupported':
      return 'NOTHING_SUPPORTED';
    default:
      return written satisfies never;
  }
}

/** Counts the cited passages in the order in which the sentences cite them; the others follow as further results. */
function renumber(
  sentences: readonly CheckedSentence[],
  passages: readonly FoundPassage[],
  terms: ReadonlySet<string>,
): { readonly sentences: CitedSentence[]; readonly citations: Citation[] } {
  const order = [...new Set(sentences.flatMap(({ refs }) => refs))];
  const rest = passages.map((_, index) => index + 1).filter((ref) => !order.includes(ref));
  const citations = [...order, ...rest].flatMap((given, index): Citation[] => {
    const passage = passages[given - 1];
    // What is quoted of a cited passage is the part the sentences rest on.
    const cited = sentences.flatMap(({ quotes }) => quotes).filter(({ ref }) => ref === given);
    const wanted = cited.length === 0 ? terms : new Set(termsOf(cited.map(({ quote }) => quote).join('\n')));
    return passage === undefined ? [] : [citationOf(passage, index + 1, wanted, index < order.length)];
  });
  return {
    sentences: sentences.map(({ text, refs }) => ({
      text,
      refs: refs.map((ref) => order.indexOf(ref) + 1).sort((one, other) => one - other),
    })),
    citations,
  };
}

function citationOf(passage: FoundPassage, ref: number, terms: ReadonlySet<string>, shown: boolean): Citation {
  const { text, locale: _, ...kept } = passage;
  const quote = quoteOf(text, terms, longestQuote);
  return { ...kept, ref, quote: quote.text, highlights: quote.highlights, shown };
}
