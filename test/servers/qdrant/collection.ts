import type { Schemas } from '@qdrant/js-client-rest';
import { badInput, badRequest, invalid } from './errors.ts';
import { matches } from './filter.ts';
import {
  checkLeast,
  checkSparse,
  type Filter,
  type PointInput,
  type Prefetch,
  type Query,
  type SparseInput,
  type VectorInput,
} from './requests.ts';

interface Stored {
  readonly id: string | number;
  readonly payload: Record<string, unknown>;
  readonly vectors: Map<string, Float32Array | SparseInput>;
}
interface Scored {
  readonly point: Stored;
  readonly score: number;
}

/** What a collection was made with. */
export interface CollectionParams {
  readonly dense: Readonly<Record<string, { readonly size: number; readonly distance: 'Cosine' | 'Dot' }>>;
  readonly sparse: Readonly<Record<string, { readonly modifier: 'none' | 'idf' }>>;
}

const byId = (one: Stored, other: Stored) => (String(one.id) < String(other.id) ? -1 : 1);

/** One collection in memory: points, searches and payload indexes. Every score is computed the long way, point by point. */
export class Collection {
  readonly params: CollectionParams;
  readonly points = new Map<string | number, Stored>();
  readonly indexes = new Map<string, Schemas['PayloadSchemaType']>();
  operations = 0;

  constructor(params: CollectionParams) {
    this.params = params;
  }

  upsert(inputs: readonly PointInput[]): void {
    for (const [i, { vector }] of inputs.entries())
      for (const one of Array.isArray(vector) || 'indices' in vector ? [vector] : Object.values(vector))
        checkSparse(one as VectorInput, `points[${i}].vector.?`);
    const made = inputs.map((input): Stored => {
      const { vector } = input;
      if (Array.isArray(vector) || ('indices' in vector && Array.isArray(vector.indices)))
        throw badInput('Not existing vector name error: ');
      const vectors = new Map(
        Object.entries(vector as Record<string, VectorInput>).map(([name, one]) => [name, this.#keep(name, one)]),
      );
      return { id: input.id, payload: { ...(input.payload ?? {}) }, vectors };
    });
    for (const point of made) this.points.set(point.id, point);
  }

  delete(which: { readonly points: readonly (string | number)[] } | { readonly filter: Filter }): void {
    if ('points' in which) for (const id of which.points) this.points.delete(id);
    else for (const point of this.#passing(which.filter)) this.points.delete(point.id);
  }

  count(filter: Filter | null | undefined): number {
    return this.#passing(filter).length;
  }

  retrieve(ids: readonly (string | number)[]): readonly Stored[] {
    return ids.flatMap((id) => this.points.get(id) ?? []);
  }

  scroll(filter: Filter | null | undefined, limit: number, offset: string | number | null | undefined) {
    const found = this.#passing(filter)
      .filter((point) => offset === null || offset === undefined || String(point.id) >= String(offset))
      .sort(byId);
    return { points: found.slice(0, limit), next: found[limit]?.id ?? null };
  }

  query(query: Query): readonly Scored[] {
    checkLeast(query.limit, 1, 'internal.limit');
    const limit = query.limit ?? 10;
    const prefetches = query.prefetch ? [query.prefetch].flat() : [];
    const asked = query.query;
    if (asked === null || asked === undefined) {
      if (prefetches.length > 0)
        throw badRequest("A query is needed to merge the prefetches. Can't have prefetches without defining a query.");
      return this.scroll(query.filter, limit, null).points.map((point) => ({ point, score: 0 }));
    }
    if ('rrf' in asked || 'fusion' in asked) {
      if (query.using) throw badRequest("Fusion queries cannot be combined with the 'using' field.");
      const k = 'rrf' in asked ? (asked.rrf.k ?? 2) : 2;
      if ('rrf' in asked) checkLeast(asked.rrf.k, 1, 'internal.query.rrf.k');
      return this.#fuse(
        prefetches.map((one) => this.#nearest(one)),
        k,
      ).slice(query.offset ?? 0, (query.offset ?? 0) + limit);
    }
    return this.#nearest({ ...query, query: asked, limit: limit + (query.offset ?? 0) }).slice(query.offset ?? 0);
  }

  #passing(filter: Filter | null | undefined): Stored[] {
    return [...this.points.values()].filter((point) => matches(filter, point));
  }

  /** A vector as it is stored: cosine collections keep it at length one. */
  #keep(name: string, vector: VectorInput): Float32Array | SparseInput {
    const dense = this.params.dense[name];
    const sparse = this.params.sparse[name];
    if (dense === undefined && sparse === undefined) throw badInput(`Not existing vector name error: ${name}`);
    if (Array.isArray(vector)) {
      if (dense === undefined) throw badInput('Conversion between sparse and regular vectors failed');
      if (vector.length !== dense.size)
        throw badInput(`Vector dimension error: expected dim: ${dense.size}, got ${vector.length}`);
      return dense.distance === 'Cosine' ? unit(vector) : Float32Array.from(vector);
    }
    if (sparse === undefined) throw badInput('Conversion between sparse and regular vectors failed');
    return { indices: [...vector.indices], values: vector.values.map(Math.fround) };
  }

  #nearest({ query, using, filter, limit, score_threshold: threshold }: Prefetch): readonly Scored[] {
    checkLeast(limit, 1, 'internal.prefetch.limit');
    const vector = 'nearest' in query ? query.nearest : query;
    checkSparse(vector, 'internal.query');
    const name = using ?? '';
    if (this.params.dense[name] === undefined && this.params.sparse[name] === undefined) {
      const names = [...Object.keys(this.params.dense), ...Object.keys(this.params.sparse)].join(', ');
      throw badInput(
        name === ''
          ? `Collection requires specified vector name in the request, available names: ${names}`
          : `Vector with name \`${name}\` is not configured in this collection, available names: ${names}`,
      );
    }
    const wanted = this.#keep(name, vector);
    const candidates = this.#passing(filter);
    const scored: Scored[] = [];
    const weights =
      wanted instanceof Float32Array
        ? null
        : new Map(wanted.indices.map((index, i) => [index, (wanted.values[i] ?? 0) * this.#idf(name, index)]));
    for (const point of candidates) {
      const stored = point.vectors.get(name);
      if (stored === undefined) continue;
      if (stored instanceof Float32Array) {
        if (!(wanted instanceof Float32Array)) continue;
        scored.push({ point, score: Math.fround(stored.reduce((sum, value, i) => sum + value * (wanted[i] ?? 0), 0)) });
        continue;
      }
      let sum = 0;
      let shares = false;
      for (const [i, index] of stored.indices.entries()) {
        const weight = weights?.get(index);
        if (weight === undefined) continue;
        shares = true;
        sum += weight * (stored.values[i] ?? 0);
      }
      if (shares) scored.push({ point, score: Math.fround(sum) });
    }
    return scored
      .filter(({ score }) => threshold === null || threshold === undefined || score >= threshold)
      .sort((one, other) => other.score - one.score || byId(one.point, other.point))
      .slice(0, limit ?? 10);
  }

  /** How rare an index is among all points with this vector, whatever a filter says. */
  #idf(name: string, index: number): number {
    if (this.params.sparse[name]?.modifier !== 'idf') return 1;
    let points = 0;
    let holders = 0;
    for (const { vectors } of this.points.values()) {
      const vector = vectors.get(name);
      if (vector === undefined || vector instanceof Float32Array) continue;
      points++;
      if (vector.indices.includes(index)) holders++;
    }
    return Math.log((points - holders + 0.5) / (holders + 0.5) + 1);
  }

  #fuse(lists: readonly (readonly Scored[])[], k: number): readonly Scored[] {
    if (lists.length === 0) throw invalid('internal.prefetch', 'fusion needs prefetches');
    const sums = new Map<string | number, { point: Stored; score: number }>();
    for (const list of lists)
      for (const [position, { point }] of list.entries()) {
        const entry = sums.get(point.id) ?? { point, score: 0 };
        entry.score += 1 / (position + k);
        sums.set(point.id, entry);
      }
    return [...sums.values()].sort((one, other) => other.score - one.score || byId(one.point, other.point));
  }
}

function unit(vector: readonly number[]): Float32Array {
  const length = Math.hypot(...vector);
  return Float32Array.from(vector, (value) => (length < 1e-12 ? value : value / length));
}
