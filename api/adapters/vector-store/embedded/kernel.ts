/**
 * Dot products of one query with many rows, as two WebAssembly functions with 128-bit arithmetic: JavaScript computes one product at
 * a time. One works on 32-bit floats, the other on a 16-bit query and 8-bit rows. Rows are padded to a multiple of 16 values.
 */
export interface DotKernel {
  /** Addresses in bytes: query, first row, number of rows, bytes of a row, where the results (32-bit floats) go. */
  (query: number, rows: number, count: number, rowBytes: number, out: number): void;
}

const [block, loop, end, br, brIf, get, set, constant, none] = [
  0x02, 0x03, 0x0b, 0x0c, 0x0d, 0x20, 0x21, 0x41, 0x40,
] as const;
const [add, sub, lessThan, isZero, addF32, storeF32, toF32] = [0x6a, 0x6b, 0x49, 0x45, 0x92, 0x38, 0xb2] as const;
const vector = 0xfd;
const zeroVector = [vector, 0x0c, ...Array.from({ length: 16 }, () => 0)];
const load = (local: number, offset: number) => [get, local, vector, 0x00, 4, offset];

const [query, rows, count, rowBytes, out, rowEnd, at] = [0, 1, 2, 3, 4, 5, 6] as const;
const sums = [7, 8, 9, 10] as const;

/** What the two functions differ in. */
interface Arithmetic {
  /** Adds the products of one stretch to the sums. */
  readonly stretch: readonly number[];
  readonly queryBytes: number;
  readonly rowBytes: number;
  readonly addVector: readonly number[];
  /** Leaves the total of the four lanes of the first sum as a 32-bit float. */
  readonly total: readonly number[];
}

const addFloats = [vector, 0xe4, 0x01];
const floats: Arithmetic = {
  stretch: sums.flatMap((sum, i) => [
    ...[get, sum, ...load(at, i * 16), ...load(rows, i * 16)],
    ...[vector, 0xe6, 0x01, ...addFloats, set, sum],
  ]),
  queryBytes: 64,
  rowBytes: 64,
  addVector: addFloats,
  total: [0, 1, 2, 3].flatMap((lane) => [get, sums[0], vector, 0x1f, lane, ...(lane === 0 ? [] : [addF32])]),
};
const addIntegers = [vector, 0xae, 0x01];
const bytes: Arithmetic = {
  stretch: [0x87, 0x88].flatMap((half, i) => [
    ...[get, sums[i] ?? 0, ...load(rows, 0), vector, half, 0x01, ...load(at, i * 16)],
    ...[vector, 0xba, 0x01, ...addIntegers, set, sums[i] ?? 0],
  ]),
  queryBytes: 32,
  rowBytes: 16,
  addVector: addIntegers,
  total: [...[0, 1, 2, 3].flatMap((lane) => [get, sums[0], vector, 0x1b, lane, ...(lane === 0 ? [] : [add])]), toF32],
};

/** A small number as a constant, in signed LEB128. */
const small = (value: number) => [constant, ...(value < 64 ? [value] : [(value & 0x7f) | 0x80, value >> 7])];

const bodyOf = (kind: Arithmetic) => [
  // local variables: two integers, four vectors
  ...[2, 2, 0x7f, 4, 0x7b],
  ...[block, none, loop, none],
  ...[get, count, isZero, brIf, 1],
  ...[get, query, set, at, get, rows, get, rowBytes, add, set, rowEnd],
  ...sums.flatMap((sum) => [...zeroVector, set, sum]),
  ...[loop, none, ...kind.stretch],
  ...[get, at, ...small(kind.queryBytes), add, set, at],
  ...[get, rows, ...small(kind.rowBytes), add, set, rows],
  ...[get, rows, get, rowEnd, lessThan, brIf, 0, end],
  ...[get, sums[0], ...sums.slice(1).flatMap((sum) => [get, sum, ...kind.addVector]), set, sums[0]],
  ...[get, out, ...kind.total, storeF32, 2, 0],
  ...[get, out, ...small(4), add, set, out, get, count, ...small(1), sub, set, count],
  ...[br, 0, end, end, end],
];

/** Bytes with their number in front, as unsigned LEB128. */
function sized(content: readonly number[]): number[] {
  const size: number[] = [];
  for (let rest = content.length; ; ) {
    const low = rest & 0x7f;
    rest >>>= 7;
    size.push(rest === 0 ? low : low | 0x80);
    if (rest === 0) return [...size, ...content];
  }
}

const text = (value: string) => sized([...Buffer.from(value)]);
const moduleOf = (kind: Arithmetic) => [
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, ...sized([1, 0x60, ...sized([0x7f, 0x7f, 0x7f, 0x7f, 0x7f]), 0])],
  ...[2, ...sized([1, ...text('m'), ...text('m'), 2, 0, 1])],
  ...[3, ...sized([1, 0])],
  ...[7, ...sized([1, ...text('dots'), 0, 0])],
  ...[10, ...sized([1, ...sized(bodyOf(kind))])],
];

/** The function for that arithmetic over that memory. */
export function createDotKernel(kind: 'floats' | 'bytes', memory: WebAssembly.Memory): DotKernel {
  const module = new WebAssembly.Module(Uint8Array.from(moduleOf(kind === 'floats' ? floats : bytes)));
  const { dots } = new WebAssembly.Instance(module, { m: { m: memory } }).exports;
  if (typeof dots !== 'function') throw new Error('the kernel has no function');
  return (...addresses) => void dots(...addresses);
}
