import type { Db } from '../db.ts';
import type { Llm } from '../ports/llm.ts';
import type { ManualPassage } from '../ports/manual-library.ts';
import type { PointSearch } from '../ports/vector-store.ts';
import { answeredFrom } from './answer-rules.ts';
import { chunkReader, type RecordChunk } from './chunk-reader.ts';
import { namedManuals } from './exact-lookup.ts';
import { orderPassages, rewriteQuestion } from './model-help.ts';
import { alone, type FoundChunks, passageOf, textOf } from './passage.ts';
import { type Embed, type IndexAnswer, searchIndex } from './search-index.ts';
import type { ManualReader } from './visibility-rules.ts';

/** What a search needs. */
export interface SearchDeps {
  readonly db: Db;
  readonly store: PointSearch;
  readonly llm: Llm;
  /** Turns a question into a vector; null without an embedding model. */
  readonly embed: Embed | null;
  /** Number of chunks that are found now; see createCollectionSize. */
  readonly size: () => Promise<number>;
  /** Reciprocal rank fusion of words and meanings; null: words decide the order. See IndexSearchDeps. */
  readonly fusion?: { readonly k: number } | null;
  /** What a language model may help with, when there is one. */
  readonly help?: { readonly rewrite: boolean; readonly order: boolean };
}

/** What is looked for, and how far the one who looks may see. */
export interface ManualQuery {
  readonly words: string;
  readonly limit: number;
  readonly reader: ManualReader;
  /** Only manuals in this language. */
  readonly locale?: 'KO' | 'EN' | null;
  /** The asker's language: such manuals come first among equals. */
  readonly prefer?: 'KO' | 'EN' | null;
  /** Name of a system: manuals that name others are left out. */
  readonly system?: string | null;
  readonly team?: string | null;
}

/** What a search found, best first. */
export interface ManualSearchResult {
  readonly passages: readonly ManualPassage[];
  /** False: nothing answers; the passages are only the nearest. */
  readonly answered: boolean;
  /** How likely it is that the first passage answers, 0 to 1. */
  readonly confidence: number;
  readonly mode: 'exact' | 'lexical' | 'hybrid';
  /** Whether meanings were compared as well as words. */
  readonly semantic: boolean;
  readonly store: 'qdrant' | 'embedded';
  /** What did not take part (an index, a model), in words for people; null when all did. */
  readonly degraded: string | null;
  readonly tookMs: number;
}

/**
 * The best passages for these words: manuals the words name (an alert, a code, an error code, an address) come first, then what the index finds. Where that is not sure, a
 * language model may say the question in other words. "Nothing answers" is a result.
 */
export async function searchManuals(deps: SearchDeps, query: ManualQuery): Promise<ManualSearchResult> {
  const begun = performance.now();
  const { words, reader, locale = null, system = null, team = null, prefer = null } = query;
  const limit = Math.max(0, Math.min(50, query.limit));
  const filter = { reader, locale, system, team };
  const indexDeps = {
    store: deps.store,
    read: chunkReader(deps.db, reader),
    embed: deps.embed,
    size: deps.size,
    fusion: deps.fusion ?? null,
  };
  const search = (text: string, manualIds?: readonly string[]): Promise<IndexAnswer<RecordChunk>> =>
    searchIndex(indexDeps, {
      words: text,
      limit,
      prefer,
      filter: { ...filter, ...(manualIds === undefined ? {} : { manualIds }) },
    });

  const [named, plain] = await Promise.all([namedManuals(deps.db, words, filter), search(words)]);
  let answer = plain;
  const notes = [...plain.degraded];
  const hasModel = deps.llm.mode !== 'none';
  if (named.length === 0 && answer.confidence < answeredFrom && hasModel && deps.help?.rewrite === true && limit > 0) {
    const rewritten = await rewriteQuestion(deps.llm, words);
    if (rewritten === null) notes.push('the language model did not reword the question');
    else {
      const again = await search(rewritten);
      if (again.confidence > answer.confidence) answer = again;
    }
  }
  let found =
    named.length === 0
      ? answer.passages
      : await namedFirst(deps.db, indexDeps.read, named, answer, () => search(words, named), limit);
  if (named.length === 0 && hasModel && deps.help?.order === true) {
    const order = await orderPassages(deps.llm, words, found.map(textOf));
    if (order === null) notes.push('the language model did not look at the order');
    else found = order.flatMap((at) => found[at] ?? []);
  }
  const confidence = named.length > 0 && found.length > 0 ? 1 : answer.confidence;
  const now = new Date();
  return {
    passages: found.map((one) => passageOf(one, now)),
    answered: found.length > 0 && confidence >= answeredFrom,
    confidence: Math.round(confidence * 1_000) / 1_000,
    mode: named.length > 0 ? 'exact' : answer.mode,
    semantic: answer.mode === 'hybrid',
    store: answer.store,
    degraded: notes.length === 0 ? null : notes.join('; '),
    tookMs: Math.round(performance.now() - begun),
  };
}

/** Passages of the manuals that were named, their best chunk for the words or else their beginning, before what else was found. */
async function namedFirst(
  db: Db,
  read: ReturnType<typeof chunkReader>,
  named: readonly string[],
  answer: IndexAnswer<RecordChunk>,
  within: () => Promise<IndexAnswer<RecordChunk>>,
  limit: number,
): Promise<readonly FoundChunks[]> {
  const own = (await within()).passages;
  const missing = named.filter((id) => !own.some(({ best }) => best.manualId === id));
  const first =
    missing.length === 0
      ? []
      : await db.manualChunk.findMany({ where: { manualId: { in: missing }, seq: 0 }, select: { id: true } });
  const begins = (await read.chunks(first.map(({ id }) => id))).map((chunk) => alone(chunk, 0));
  const place = (one: FoundChunks): number => named.indexOf(one.best.manualId);
  // One passage of each named manual in the order of the question, then their others.
  const all = [...own, ...begins];
  const heads = named.flatMap((id) => all.find(({ best }) => best.manualId === id) ?? []);
  const others = all.filter((one) => !heads.includes(one)).sort((one, other) => place(one) - place(other));
  const rest = answer.passages.filter(({ best }) => !named.includes(best.manualId));
  return [...heads, ...others, ...rest].slice(0, limit);
}
