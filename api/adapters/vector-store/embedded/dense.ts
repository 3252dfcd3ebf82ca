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
/** A step of one digit is so many steps of the next. */
const finer = 254;

/** One digit of every value of every row, and products of a query with rows of them. */
function createDigits(padded: number) {
  const out = padded * 2;
  const header = out + blockRows * 4;
  const memory = new WebAssembly.Memory({ initial: Math.ceil(header / pageBytes) });
  const dots = createDotKernel(memory);
  const addressOf = (row: number) => header + row * padded;
  return {
    row: (row: number) => new Int8Array(memory.buffer, addressOf(row), padded),
    /** Grows by little, so that the memory is never much larger than what is in it. */
    reserve(rows: number): void {
      const missing = addressOf(rows) - memory.buffer.byteLength;
      if (missing > 0) memory.grow(Math.max(growPages, Math.ceil(missing / pageBytes)));
    },
    ask(codes: Int16Array): void {
      new Int16Array(memory.buffer, 0, padded).set(codes);
    },
    /** Products with rows that follow each other, at most a block of them; valid until the next ones. */
    products(first: number, count: number): Float32Array {
      dots(0, addressOf(first), count, padded, out);
      return new Float32Array(memory.buffer, out, count);
    },
  };
}

/**
 * A value is kept as three digits of 8 bits: together as exact as a 32-bit float of this size, in three bytes. A search makes three
 * passes and is exact. The first reads the first digit of all rows and knows for every row how far its estimate can be off
 * (Cauchy-Schwarz on what the other digits hold); the second adds the next digit for those rows that could still be among the best;
 * the third computes the few that are left.
 */
export function createDenseRows(size: number): DenseRows {
  const padded = Math.ceil(size / 16) * 16;
  const [first, second, third] = [createDigits(padded), createDigits(padded), createDigits(padded)] as const;
  const largestQueryCode = Math.min(8_191, Math.floor(2 ** 31 / (largestCode * padded)) - 1);
  let slotOf = new Uint32Array(blockRows).fill(none);
  let scales = new Float32Array(blockRows);
  let errors = new Float32Array(blockRows);
  const rowOf = new Map<number, number>();
  const free: number[] = [];
  let used = 0;

  const reserve = (rows: number): void => {
    for (const digits of [first, second, third]) digits.reserve(rows);
    if (rows <= slotOf.length) return;
    const length = Math.ceil((rows * 1.25) / blockRows) * blockRows;
    const grown = new Uint32Array(length).fill(none);
    grown.set(slotOf);
    slotOf = grown;
    scales = extend(scales, length);
    errors = extend(errors, length);
  };
  /** The product itself: rows are read as they were stored, sums are 64-bit. */
  const dotOf = (query: Float32Array, row: number): number => {
    const [a, b, c] = [first.row(row), second.row(row), third.row(row)];
    let sum = 0;
    for (let i = 0; i < size; i++) sum += (query[i] ?? 0) * ((a[i] ?? 0) + ((b[i] ?? 0) + (c[i] ?? 0) / finer) / finer);
    return Math.fround(sum * (scales[row] ?? 0));
  };
  /** The score that `limit` rows surely reach. */
  const reached = (limit: number, surely: ReturnType<typeof createRanking>): number => {
    const sure = surely.take();
    return sure.length < limit ? Number.NEGATIVE_INFINITY : (sure.at(-1)?.score ?? 0);
  };

  return {
    get rows() {
      return rowOf.size;
    },
    add(slot, vector) {
      const row = free.pop() ?? used++;
      reserve(row + 1);
      const [a, b, c] = [first.row(row), second.row(row), third.row(row)];
      const scale = Math.fround(largest(vector) / largestCode) || 1;
      let lost = 0;
      for (let i = 0; i < size; i++) {
        const steps = (vector[i] ?? 0) / scale;
        const one = Math.max(-largestCode, Math.min(largestCode, Math.round(steps)));
        const left = (steps - one) * finer;
        const two = Math.max(-largestCode, Math.min(largestCode, Math.round(left)));
        a[i] = one;
        b[i] = two;
        c[i] = Math.max(-largestCode, Math.min(largestCode, Math.round((left - two) * finer)));
        lost += (steps - one) ** 2;
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
      const codes = new Int16Array(padded);
      let lost = 0;
      let length = 0;
      for (let i = 0; i < size; i++) {
        const value = query[i] ?? 0;
        codes[i] = Math.round(value / scale);
        lost += (value - (codes[i] ?? 0) * scale) ** 2;
        length += ((codes[i] ?? 0) * scale) ** 2;
      }
      first.ask(codes);
      second.ask(codes);
      // Stored vectors are no longer than one; the last part covers the rounding of the floats themselves.
      const always = Math.sqrt(lost) + 1e-5;
      const perError = Math.sqrt(length);
      const estimates = new Float32Array(used);
      const able: number[] = [];
      const surely = createRanking(limit, () => true);
      for (let from = 0; from < used; from += blockRows) {
        const to = Math.min(used, from + blockRows);
        let wanted = false;
        for (let row = from; row < to && !wanted; row++) wanted = mask[slotOf[row] ?? none] === 1;
        if (!wanted) continue;
        const products = first.products(from, to - from);
        for (let row = from; row < to; row++) {
          if (mask[slotOf[row] ?? none] !== 1) continue;
          const estimate = (products[row - from] ?? 0) * (scales[row] ?? 0) * scale;
          estimates[row] = estimate;
          able.push(row);
          surely.offer(row, estimate - perError * (errors[row] ?? 0) - always);
        }
      }
      const least = reached(limit, surely);
      const nearer: number[] = [];
      // What the third digit holds: half a step of the second for every value.
      const left = (perError * Math.sqrt(size) * 0.5) / finer;
      for (const row of able) {
        if ((estimates[row] ?? 0) + perError * (errors[row] ?? 0) + always < least) continue;
        const step = (scales[row] ?? 0) * scale;
        const estimate = (estimates[row] ?? 0) + ((second.products(row, 1)[0] ?? 0) / finer) * step;
        estimates[row] = estimate;
        nearer.push(row);
        surely.offer(row, estimate - left * (scales[row] ?? 0) - always);
      }
      const least2 = reached(limit, surely);
      const best = createRanking(limit, isBefore);
      for (const row of nearer)
        if ((estimates[row] ?? 0) + left * (scales[row] ?? 0) + always >= least2)
          best.offer(slotOf[row] ?? none, dotOf(query, row));
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
