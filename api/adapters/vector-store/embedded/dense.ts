import { createDotKernel } from './kernel.ts';
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
/** Steps of the second number for one step of the first. */
const fine = 65_536;

/** A memory in which a header is followed by rows of one size; it grows by little, so that it is never much larger than needed. */
function createRowMemory(headerBytes: number, rowBytes: number) {
  const memory = new WebAssembly.Memory({ initial: Math.ceil(headerBytes / pageBytes) });
  return {
    memory,
    addressOf: (row: number) => headerBytes + row * rowBytes,
    reserve(rows: number): void {
      const missing = headerBytes + rows * rowBytes - memory.buffer.byteLength;
      if (missing > 0) memory.grow(Math.max(growPages, Math.ceil(missing / pageBytes)));
    },
  };
}

/**
 * A value is kept as a coarse number of 8 bits and a fine one of 16: together as exact as a 32-bit float of this size, in three
 * bytes. A search makes two passes and is exact. The first reads the coarse numbers alone and knows for every row how far its
 * estimate can be off (Cauchy-Schwarz on what the rounding took away); the second computes those rows whose estimate could still be
 * among the best.
 */
export function createDenseRows(size: number): DenseRows {
  const padded = Math.ceil(size / 16) * 16;
  const coarse = createRowMemory(padded * 2 + blockRows * 4, padded);
  const rest = createRowMemory(0, padded * 2);
  const dots = createDotKernel(coarse.memory);
  const largestQueryCode = Math.min(8_191, Math.floor(2 ** 31 / (largestCode * padded)) - 1);
  let slotOf = new Uint32Array(blockRows).fill(none);
  let scales = new Float32Array(blockRows);
  let errors = new Float32Array(blockRows);
  const rowOf = new Map<number, number>();
  const free: number[] = [];
  let used = 0;

  const coarseRow = (row: number) => new Int8Array(coarse.memory.buffer, coarse.addressOf(row), padded);
  const fineRow = (row: number) => new Int16Array(rest.memory.buffer, rest.addressOf(row), padded);
  const reserve = (rows: number): void => {
    coarse.reserve(rows);
    rest.reserve(rows);
    if (rows <= slotOf.length) return;
    const length = Math.ceil((rows * 1.25) / blockRows) * blockRows;
    const grown = new Uint32Array(length).fill(none);
    grown.set(slotOf);
    slotOf = grown;
    scales = extend(scales, length);
    errors = extend(errors, length);
  };
  /** The exact product: rows are read as they were stored, sums are 64-bit. */
  const dotOf = (query: Float32Array, row: number): number => {
    const [codes, fines] = [coarseRow(row), fineRow(row)];
    let sum = 0;
    for (let i = 0; i < size; i++) sum += (query[i] ?? 0) * ((codes[i] ?? 0) + (fines[i] ?? 0) / fine);
    return Math.fround(sum * (scales[row] ?? 0));
  };

  return {
    get rows() {
      return rowOf.size;
    },
    add(slot, vector) {
      const row = free.pop() ?? used++;
      reserve(row + 1);
      const [codes, fines] = [coarseRow(row).fill(0), fineRow(row).fill(0)];
      const scale = Math.fround(largest(vector) / largestCode) || 1;
      let lost = 0;
      for (let i = 0; i < size; i++) {
        const steps = (vector[i] ?? 0) / scale;
        const code = Math.max(-largestCode, Math.min(largestCode, Math.round(steps)));
        codes[i] = code;
        fines[i] = Math.max(-32_768, Math.min(32_767, Math.round((steps - code) * fine)));
        lost += (steps - code) ** 2;
      }
      scales[row] = scale;
      errors[row] = Math.sqrt(lost) * scale * 1.0001 + 1e-6;
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
      const scale = largest(query) / largestQueryCode || 1;
      const codes = new Int16Array(coarse.memory.buffer, 0, padded).fill(0);
      let lost = 0;
      let length = 0;
      for (let i = 0; i < size; i++) {
        const value = query[i] ?? 0;
        const code = Math.round(value / scale);
        codes[i] = code;
        lost += (value - code * scale) ** 2;
        length += (code * scale) ** 2;
      }
      // Stored vectors are no longer than one; the last part covers the rounding of the floats themselves.
      const always = Math.sqrt(lost) + 1e-5;
      const perError = Math.sqrt(length);
      const results = padded * 2;
      const estimates = new Float32Array(coarse.memory.buffer, results, blockRows);
      const atMost = new Float32Array(used).fill(Number.NEGATIVE_INFINITY);
      const surely = createRanking(limit, () => true);
      for (let first = 0; first < used; first += blockRows) {
        const last = Math.min(used, first + blockRows);
        let wanted = false;
        for (let row = first; row < last && !wanted; row++) wanted = mask[slotOf[row] ?? none] === 1;
        if (!wanted) continue;
        dots(0, coarse.addressOf(first), last - first, padded, results);
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
      for (let row = 0; row < used; row++) {
        const most = atMost[row] ?? Number.NEGATIVE_INFINITY;
        if (most !== Number.NEGATIVE_INFINITY && most >= least) best.offer(slotOf[row] ?? none, dotOf(query, row));
      }
      return best.take();
    },
  };
}

function largest(values: Float32Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i] ?? 0));
  return most;
}

function extend(values: Float32Array<ArrayBuffer>, length: number): Float32Array<ArrayBuffer> {
  const grown = new Float32Array(length);
  grown.set(values);
  return grown;
}
