import { createDotKernel, type DotKernel } from './kernel.ts';
import { createRanking } from './ranking.ts';

/** Normalised embeddings of one length, and the exact best ones for a query. Rows that are freed are used again. */
export interface DenseRows {
  readonly rows: number;
  add(slot: number, vector: Float32Array): void;
  remove(slot: number): void;
  search(
    query: Float32Array,
    limit: number,
    mask: Uint8Array,
    isBefore: (one: number, other: number) => boolean,
  ): { readonly slot: number; readonly score: number }[];
}

const none = 0xffffffff;
const pageBytes = 65_536;
const growPages = 64;
const blockRows = 1_024;
const largestCode = 127;

/** A memory in which a header is followed by rows of one size. */
function createRowMemory(kind: 'floats' | 'bytes', headerBytes: number, rowBytes: number) {
  const memory = new WebAssembly.Memory({ initial: Math.ceil(headerBytes / pageBytes) });
  const dots: DotKernel = createDotKernel(kind, memory);
  return {
    memory,
    dots,
    addressOf: (row: number) => headerBytes + row * rowBytes,
    reserve(rows: number): void {
      const missing = headerBytes + rows * rowBytes - memory.buffer.byteLength;
      if (missing > 0) memory.grow(Math.max(growPages, Math.ceil(missing / pageBytes)));
    },
  };
}

/**
 * Two passes, and the result is exact. The first reads one byte for each value and knows for every row how far its estimate can be
 * off (Cauchy-Schwarz on what the rounding took away); the second computes those rows whose estimate could still be among the best.
 */
export function createDenseRows(size: number): DenseRows {
  const padded = Math.ceil(size / 16) * 16;
  const vectorBytes = padded * 4;
  const vectors = createRowMemory('floats', vectorBytes + 64, vectorBytes);
  const codes = createRowMemory('bytes', padded * 2 + blockRows * 4, padded);
  const largestQueryCode = Math.min(8_191, Math.floor(2 ** 31 / (largestCode * padded)) - 1);
  let slotOf = new Uint32Array(blockRows).fill(none);
  let scales = new Float32Array(blockRows);
  let errors = new Float32Array(blockRows);
  const rowOf = new Map<number, number>();
  const free: number[] = [];
  let used = 0;

  const reserve = (rows: number): void => {
    vectors.reserve(rows);
    codes.reserve(rows);
    if (rows <= slotOf.length) return;
    const length = Math.ceil((rows * 1.25) / blockRows) * blockRows;
    const grown = new Uint32Array(length).fill(none);
    grown.set(slotOf);
    slotOf = grown;
    scales = extend(scales, length);
    errors = extend(errors, length);
  };
  const quantise = (row: number, vector: Float32Array): void => {
    const scale = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / largestCode || 1;
    const into = new Int8Array(codes.memory.buffer, codes.addressOf(row), padded);
    let lost = 0;
    for (let i = 0; i < size; i++) {
      const value = vector[i] ?? 0;
      const code = Math.round(value / scale);
      into[i] = code;
      lost += (value - code * scale) ** 2;
    }
    scales[row] = scale;
    errors[row] = Math.sqrt(lost) * 1.0001 + 1e-6;
  };

  return {
    get rows() {
      return rowOf.size;
    },
    add(slot, vector) {
      const row = free.pop() ?? used++;
      reserve(row + 1);
      new Float32Array(vectors.memory.buffer, vectors.addressOf(row), padded).set(vector);
      quantise(row, vector);
      slotOf[row] = slot;
      rowOf.set(slot, row);
    },
    remove(slot) {
      const row = rowOf.get(slot);
      if (row === undefined) return;
      rowOf.delete(slot);
      slotOf[row] = none;
      free.push(row);
    },
    search(query, limit, mask, isBefore) {
      const scale = query.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / largestQueryCode || 1;
      const queryCodes = Int16Array.from(query, (value) => Math.round(value / scale));
      let lost = 0;
      let length = 0;
      for (const [i, value] of query.entries()) {
        const rounded = (queryCodes[i] ?? 0) * scale;
        lost += (value - rounded) ** 2;
        length += rounded ** 2;
      }
      // Stored vectors are no longer than one; the last part covers the rounding of the floats themselves.
      const always = Math.sqrt(lost) + 1e-5;
      const perError = Math.sqrt(length);
      new Float32Array(vectors.memory.buffer, 0, padded).fill(0).set(query);
      new Int16Array(codes.memory.buffer, 0, padded).fill(0).set(queryCodes);
      const results = padded * 2;
      const estimates = new Float32Array(codes.memory.buffer, results, blockRows);
      const atMost = new Float32Array(used).fill(Number.NEGATIVE_INFINITY);
      const surely = createRanking(limit, () => true);
      for (let first = 0; first < used; first += blockRows) {
        const last = Math.min(used, first + blockRows);
        let wanted = false;
        for (let row = first; row < last && !wanted; row++) wanted = mask[slotOf[row] ?? none] === 1;
        if (!wanted) continue;
        codes.dots(0, codes.addressOf(first), last - first, padded, results);
        for (let row = first; row < last; row++) {
          if (mask[slotOf[row] ?? none] !== 1) continue;
          const estimate = (estimates[row - first] ?? 0) * (scales[row] ?? 0) * scale;
          const off = perError * (errors[row] ?? 0) + always;
          atMost[row] = estimate + off;
          surely.offer(row, estimate - off);
        }
      }
      const sure = surely.take();
      const least = sure.length < limit ? Number.NEGATIVE_INFINITY : (sure.at(-1)?.score ?? 0);
      const best = createRanking(limit, isBefore);
      const result = new Float32Array(vectors.memory.buffer, vectorBytes, 1);
      for (let row = 0; row < used; row++) {
        const most = atMost[row] ?? Number.NEGATIVE_INFINITY;
        if (most === Number.NEGATIVE_INFINITY || most < least) continue;
        vectors.dots(0, vectors.addressOf(row), 1, vectorBytes, vectorBytes);
        best.offer(slotOf[row] ?? none, result[0] ?? 0);
      }
      return best.take();
    },
  };
}

function extend(values: Float32Array<ArrayBuffer>, length: number): Float32Array<ArrayBuffer> {
  const grown = new Float32Array(length);
  grown.set(values);
  return grown;
}
