import { createHash } from 'node:crypto';
import { createEmbeddedStore } from '../../../api/adapters/vector-store/embedded/store.ts';
import type { AnswerSigns } from '../../../api/knowledge/answer-rules.ts';
import type { FoldChunk } from '../../../api/knowledge/fold-rules.ts';
import { prepareManual } from '../../../api/knowledge/parse/prepare.ts';
import { type ChunkPlace, searchIndex } from '../../../api/knowledge/search-index.ts';
import { documentVector, indexVersion, type TermCounts } from '../../../api/knowledge/sparse-rules.ts';
import { createLogger } from '../../../lib/log.ts';

/** A page of a set. Pages with one key count as one: either is right. */
export interface EvalPage {
  readonly key: string;
  /** File name: the last resort for a title. */
  readonly name: string;
  readonly markdown: string;
  readonly locale: 'ko' | 'en';
}

export interface EvalAnswer {
  readonly found: readonly string[];
  readonly confidence: number;
  readonly signs: AnswerSigns | null;
}

/** Pages taken in, indexed and searched by the product's own code: parser, chunks, terms, embedded store, ranking, confidence. Only the record is left out. */
export interface Collection {
  readonly chunks: number;
  /** `without`: as if the pages of that key were not there. */
  ask(question: string, without?: string): Promise<EvalAnswer>;
  close(): Promise<void>;
}

/** A page further down counts as not found. */
const deepest = 20;
const idOf = (text: string): string => {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

type Row = ChunkPlace & Omit<FoldChunk, 'final'>;

export async function collectionOf(pages: readonly EvalPage[]): Promise<Collection> {
  const rows = new Map<string, Row>();
  const keys = new Map<string, string>();
  const prepared: { readonly row: Row; readonly counts: TermCounts; readonly locale: 'KO' | 'EN' }[] = [];
  for (const [at, page] of pages.entries()) {
    const manual = await prepareManual({
      bytes: new TextEncoder().encode(page.markdown),
      name: page.name,
      mode: 'foreign',
      below: {},
      above: { locale: page.locale },
    });
    const manualId = idOf(`manual ${at}`);
    keys.set(manualId, page.key);
    for (const [seq, { sparse }] of manual.chunks.entries()) {
      const row = { id: idOf(`chunk ${at} ${seq}`), manualId, seq, code: manualId, terms: sparse.terms };
      rows.set(row.id, row);
      prepared.push({ row, counts: sparse, locale: page.locale === 'ko' ? 'KO' : 'EN' });
    }
  }
  const average = prepared.reduce((sum, one) => sum + one.counts.length, 0) / Math.max(1, prepared.length);
  const store = createEmbeddedStore({ log: createLogger({ name: 'eval', level: 'silent' }) });
  await store.upsert(
    prepared.map(({ row, counts, locale }) => ({
      id: row.id,
      sparse: documentVector(counts, average),
      dense: null,
      payload: {
        manualId: row.manualId,
        code: row.manualId,
        revision: 1,
        seq: row.seq,
        locale,
        systems: [],
        team: null,
        visibility: 'EVERYONE' as const,
        indexVersion,
      },
    })),
  );
  const read = async (ids: readonly string[]): Promise<Row[]> =>
    ids.flatMap((id) => {
      const row = rows.get(id);
      return row === undefined ? [] : [row];
    });
  return {
    chunks: rows.size,
    async ask(question, without) {
      const rest = without === undefined ? null : [...keys].flatMap(([id, key]) => (key === without ? [] : [id]));
      const answer = await searchIndex(
        { store, read: { places: read, chunks: read }, embed: null, fusion: null, size: async () => rows.size },
        {
          words: question,
          limit: deepest,
          filter: {
            reader: { operator: false, admin: false, teams: [] },
            ...(rest === null ? {} : { manualIds: rest }),
          },
          prefer: null,
        },
      );
      const manuals = answer.passages.flatMap(({ best, alsoIn }) => [best.manualId, ...alsoIn]);
      return {
        found: [...new Set(manuals.map((id) => keys.get(id) ?? ''))],
        confidence: answer.confidence,
        signs: answer.signs,
      };
    },
    close: () => store.close(),
  };
}
