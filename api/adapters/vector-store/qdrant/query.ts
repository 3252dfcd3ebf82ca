import type { Schemas } from '@qdrant/js-client-rest';
import type { PointHit, PointQuery } from '../../../ports/vector-store.ts';
import { filterOf } from './filter.ts';

/** Names of the two vectors of a point. */
export const denseVector = 'dense';
export const sparseVector = 'text';

type Half = Pick<Schemas['QueryRequest'], 'query' | 'using' | 'filter' | 'limit' | 'params'>;

/** Dense searches are exact: an approximate graph would make the two stores differ, and manuals are few. */
const halvesOf = ({
  sparse,
  dense,
  filter,
  limit,
}: PointQuery): { readonly sparse: Half[]; readonly dense: Half[] } => {
  const common = { filter: filterOf(filter), limit };
  const { indices, values } = sparse;
  return {
    sparse:
      indices.length === 0
        ? []
        : [{ query: { indices: [...indices], values: [...values] }, using: sparseVector, ...common }],
    dense: dense === null ? [] : [{ query: Array.from(dense), using: denseVector, params: { exact: true }, ...common }],
  };
};

/**
 * The searches of one request. With both vectors: the fused one, for which Qdrant runs each half as a prefetch, and the halves
 * themselves, so that their scores are known too.
 */
export function searchesOf(query: PointQuery): Schemas['QueryRequest'][] {
  const halves = halvesOf(query);
  const [sparse] = halves.sparse;
  const [dense] = halves.dense;
  if (sparse === undefined || dense === undefined) return [...halves.sparse, ...halves.dense];
  const rrf = { k: query.fusion?.k ?? null };
  return [{ prefetch: [sparse, dense] as Schemas['Prefetch'][], query: { rrf }, limit: query.limit }, sparse, dense];
}

type Found = { readonly points: readonly { readonly id: string | number | bigint; readonly score: number }[] };

/** The answers to those searches as hits; Qdrant leaves the order of equal scores open, here it is by id. */
export function hitsOf(query: PointQuery, answers: readonly Found[]): readonly PointHit[] {
  const scoresOf = (answer: Found | undefined) => new Map(answer?.points.map(({ id, score }) => [String(id), score]));
  const asksSparse = query.sparse.indices.length > 0;
  const [main] = answers;
  const fused = answers.length > 1;
  const sparse = fused ? scoresOf(answers[1]) : asksSparse ? scoresOf(main) : new Map<string, number>();
  const dense = fused ? scoresOf(answers[2]) : asksSparse ? new Map<string, number>() : scoresOf(main);
  return (main?.points ?? [])
    .map(({ id, score }) => ({
      id: String(id),
      score,
      sparseScore: sparse.get(String(id)) ?? null,
      denseScore: dense.get(String(id)) ?? null,
    }))
    .sort((one, other) => other.score - one.score || (one.id < other.id ? -1 : 1));
}
