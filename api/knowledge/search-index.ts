import type { PointFilter, PointHit, PointSearch } from '../ports/vector-store.ts';
import { type AnswerSigns, confidenceOf } from './answer-rules.ts';
import { type FoldChunk, type Folded, foldChunks } from './fold-rules.ts';
import { type PageLocale, type QueryTerm, queryTerms, queryVector } from './query-rules.ts';
import { coverageOf, type Ranked, type RankedHit, rankHits, rarest, reachOf } from './rank-rules.ts';

/** Where a chunk stands. */
export interface ChunkPlace {
  readonly id: string;
  readonly manualId: string;
  readonly seq: number;
}

/** Reads chunks of the record; ids it does not know, or that may not be seen any more, are left out. */
export interface ChunkReader<C extends ChunkPlace> {
  readonly places: (ids: readonly string[]) => Promise<readonly ChunkPlace[]>;
  readonly chunks: (ids: readonly string[]) => Promise<readonly (C & Omit<FoldChunk, 'final'>)[]>;
}

/** How words become a vector; null without a model. */
export type Embed = (text: string, signal: AbortSignal) => Promise<Float32Array>;

export interface IndexSearchDeps<C extends ChunkPlace> {
  readonly store: PointSearch;
  readonly read: ChunkReader<C>;
  readonly embed: Embed | null;
  /** Number of chunks in the index, roughly: how rare a term can be depends on it. */
  readonly size: () => Promise<number>;
  /**
   * How meanings and words are put together. `null`: order by words, what is found by meaning alone comes behind. A number: reciprocal rank fusion in the store with that k;
   * only for a model whose gain was measured on one's own manuals.
   */
  readonly fusion: { readonly k: number } | null;
}

export interface IndexQuery {
  readonly words: string;
  readonly limit: number;
  readonly filter: PointFilter;
  /** The asker's language, for the order among equals. */
  readonly prefer: PageLocale | null;
}

/** What the index gives for a question. */
export interface IndexAnswer<C extends ChunkPlace> {
  readonly passages: readonly Folded<C & FoldChunk>[];
  readonly confidence: number;
  /** What the confidence rests on; null when nothing was found. */
  readonly signs: AnswerSigns | null;
  readonly mode: 'lexical' | 'hybrid';
  readonly store: 'qdrant' | 'embedded';
  readonly degraded: readonly string[];
}

const candidates = 200;
const embedMs = 2_000;
const languages: readonly PageLocale[] = ['KO', 'EN'];

/**
 * Searches the pages of each language with the terms that fit it (the glossary's meanings only over the other language), puts both together by what the question could reach
 * there, ranks by page, and says how sure it is that the best passage answers.
 */
export async function searchIndex<C extends ChunkPlace>(
  deps: IndexSearchDeps<C>,
  query: IndexQuery,
): Promise<IndexAnswer<C>> {
  const degraded: string[] = [];
  const dense = await embedded(deps, query.words, degraded);
  const size = await deps.size();
  const branches = languages
    .filter((locale) => query.filter.locale == null || query.filter.locale === locale)
    .map((locale) => ({ locale, terms: queryTerms(query.words, locale) }));
  const fused = dense === null ? null : deps.fusion;
  const answers = await Promise.all([
    ...branches.map(({ locale, terms }) =>
      deps.store.search({
        sparse: queryVector(terms),
        dense: fused === null ? null : dense,
        filter: { ...query.filter, locale },
        limit: candidates,
        fusion: fused,
      }),
    ),
    ...(dense === null || fused !== null
      ? []
      : [
          deps.store.search({
            sparse: { indices: [], values: [] },
            dense,
            filter: query.filter,
            limit: candidates,
            fusion: null,
          }),
        ]),
  ]);
  for (const { degraded: why } of answers) if (why !== null && !degraded.includes(why)) degraded.push(why);

  const found = new Map<string, Found>();
  for (const [at, { locale, terms }] of branches.entries()) {
    const reach = reachOf(terms);
    for (const hit of answers[at]?.hits ?? []) {
      const lexical = fused === null ? hit.score : (hit.sparseScore ?? 0);
      // Fused scores are ranks already: they order both languages as they are.
      const score = fused === null ? lexical / (reach || 1) : hit.score;
      found.set(hit.id, { hit, locale, score, lexical: lexical / (reach || 1), terms, denseOnly: false });
    }
  }
  for (const hit of answers[branches.length]?.hits ?? [])
    if (!found.has(hit.id))
      found.set(hit.id, {
        hit,
        locale: query.prefer ?? 'EN',
        score: hit.score,
        lexical: 0,
        terms: [],
        denseOnly: true,
      });

  const places = await deps.read.places([...found.keys()]);
  const ranked = rankHits(
    places.flatMap((place) => hitOf(place, found.get(place.id))),
    query.prefer,
  );
  const wanted = ranked.slice(0, Math.max(12, query.limit * 4));
  const passages = foldChunks(await readChunks(deps.read, wanted), query.limit);
  const best = passages[0]?.best;
  const signs = best === undefined ? null : signsOf(found.get(best.id), best, size);
  return {
    passages,
    confidence: signs === null ? 0 : confidenceOf(signs),
    signs,
    mode: dense === null ? 'lexical' : 'hybrid',
    store: answers[0]?.store ?? 'embedded',
    degraded,
  };
}

function signsOf(found: Found | undefined, best: FoldChunk, size: number): AnswerSigns | null {
  if (found === undefined) return null;
  return {
    score: found.lexical / rarest(size),
    coverage: coverageOf(found.terms, (term) => Object.hasOwn(best.terms, term)),
    translated: found.terms.some(({ source }) => source === 'lexicon'),
  };
}

interface Found {
  readonly hit: PointHit;
  readonly locale: PageLocale;
  readonly score: number;
  readonly lexical: number;
  readonly terms: readonly QueryTerm[];
  readonly denseOnly: boolean;
}

const hitOf = (place: ChunkPlace, found: Found | undefined): RankedHit[] =>
  found === undefined
    ? []
    : [
        {
          id: place.id,
          manualId: place.manualId,
          seq: place.seq,
          locale: found.locale,
          score: found.score,
          denseOnly: found.denseOnly,
        },
      ];

async function readChunks<C extends ChunkPlace>(
  read: ChunkReader<C>,
  ranked: readonly Ranked[],
): Promise<(C & FoldChunk)[]> {
  const rows = new Map((await read.chunks(ranked.map(({ id }) => id))).map((row) => [row.id, row]));
  return ranked.flatMap(({ id, final }) => {
    const row = rows.get(id);
    return row === undefined ? [] : [{ ...row, final }];
  });
}

/** The question as a vector; without one the search goes on by words and says so. */
async function embedded<C extends ChunkPlace>(
  deps: IndexSearchDeps<C>,
  words: string,
  degraded: string[],
): Promise<Float32Array | null> {
  if (deps.embed === null || words.trim() === '') return null;
  try {
    return await deps.embed(words.slice(0, 4_000), AbortSignal.timeout(embedMs));
  } catch {
    degraded.push('the embedding model did not answer: searched by words alone');
    return null;
  }
}
