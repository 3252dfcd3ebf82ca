import type { ChunkPoint, PointPayload } from '../../../ports/vector-store.ts';

/** Points as they travel to the thread of the index: flat arrays whose memory is handed over, not copied. */
export interface PackedPoints {
  /** 16 bytes for each id. */
  readonly ids: Uint8Array<ArrayBuffer>;
  /** Point i has the entries from offsets[i] to below offsets[i + 1]. */
  readonly offsets: Uint32Array<ArrayBuffer>;
  readonly terms: Uint32Array<ArrayBuffer>;
  readonly weights: Float32Array<ArrayBuffer>;
  /** Which of `attributes` a point has. */
  readonly attributeOf: Uint32Array<ArrayBuffer>;
  readonly attributes: readonly PointAttributes[];
  /** Embeddings of those points that have one, normalised, one after the other. */
  readonly dense: Float32Array<ArrayBuffer>;
  readonly denseSize: number;
  readonly hasDense: Uint8Array<ArrayBuffer>;
}

/** The part of a payload that filters look at. */
export type PointAttributes = Pick<PointPayload, 'manualId' | 'locale' | 'systems' | 'team' | 'visibility'>;

/** A vector of length one; one without any length stays as it is. */
export function normalise(vector: Float32Array): Float32Array<ArrayBuffer> {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += (vector[i] ?? 0) ** 2;
  const length = Math.sqrt(sum);
  const made = new Float32Array(vector);
  if (length >= 1e-12) for (let i = 0; i < made.length; i++) made[i] = (vector[i] ?? 0) / length;
  return made;
}

/** Packs points; embeddings must all have `denseSize` values. */
export function packPoints(points: readonly ChunkPoint[], denseSize: number): PackedPoints {
  const ids = new Uint8Array(points.length * 16);
  const offsets = new Uint32Array(points.length + 1);
  const entries = points.reduce((sum, point) => sum + point.sparse.indices.length, 0);
  const terms = new Uint32Array(entries);
  const weights = new Float32Array(entries);
  const attributeOf = new Uint32Array(points.length);
  const attributes: PointAttributes[] = [];
  const known = new Map<string, number>();
  const hasDense = new Uint8Array(points.length);
  const withDense = points.reduce((sum, point) => sum + (point.dense === null ? 0 : 1), 0);
  const dense = new Float32Array(withDense * denseSize);
  let at = 0;
  let row = 0;
  for (const [index, point] of points.entries()) {
    writeId(ids, index, point.id);
    offsets[index] = at;
    terms.set(point.sparse.indices, at);
    weights.set(point.sparse.values, at);
    at += point.sparse.indices.length;
    const { manualId, locale, systems, team, visibility } = point.payload;
    const key = JSON.stringify([manualId, locale, systems, team, visibility]);
    let attribute = known.get(key);
    if (attribute === undefined) {
      attribute = attributes.push({ manualId, locale, systems, team, visibility }) - 1;
      known.set(key, attribute);
    }
    attributeOf[index] = attribute;
    if (point.dense !== null) {
      hasDense[index] = 1;
      dense.set(normalise(point.dense), row * denseSize);
      row++;
    }
  }
  offsets[points.length] = at;
  return { ids, offsets, terms, weights, attributeOf, attributes, dense, denseSize, hasDense };
}

/** The memory that is handed over with a pack. */
export function transferOf(pack: PackedPoints): ArrayBuffer[] {
  const { ids, offsets, terms, weights, attributeOf, dense, hasDense } = pack;
  return [ids, offsets, terms, weights, attributeOf, dense, hasDense].map((array) => array.buffer);
}

function writeId(into: Uint8Array, index: number, id: string): void {
  const hex = id.replaceAll('-', '');
  for (let i = 0; i < 16; i++) into[index * 16 + i] = Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16);
}

const hexOf = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** The id of a row of 16-byte ids, as text. */
export function readId(from: Uint8Array, index: number): string {
  let text = '';
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += '-';
    text += hexOf[from[index * 16 + i] ?? 0];
  }
  return text;
}
