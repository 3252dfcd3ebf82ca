/**
 * Dot products of one query of 16-bit numbers with many rows of 8-bit ones, as a WebAssembly function with 128-bit arithmetic:
 * JavaScript computes one product at a time. Rows are padded to a multiple of 16 values. Asked with addresses in bytes: query, first
 * row, number of rows, bytes of a row, where the results (32-bit floats) go.
 */
export type DotKernel = (query: number, rows: number, count: number, rowBytes: number, out: number) => void;

const [block, loop, end, br, brIf, get, set, constant, none] = [
  0x02, 0x03, 0x0b, 0x0c, 0x0d, 0x20, 0x21, 0x41, 0x40,
] as const;
const [add, sub, lessThan, isZero, storeF32, toF32] = [0x6a, 0x6b, 0x49, 0x45, 0x38, 0xb2] as const;
const vector = 0xfd;
const zeroVector = [vector, 0x0c, ...Array.from({ length: 16 }, () => 0)];
const addVector = [vector, 0xae, 0x01];
const mulAndAddPairs = [vector, 0xba, 0x01];
const widen = { low: 0x87, high: 0x88 } as const;
const load = (local: number, offset: number) => [get, local, vector, 0x00, 4, offset];
const laneOf = (local: number, lane: number) => [get, local, vector, 0x1b, lane];

// Parameters, then local variables.
const [query, rows, count, rowBytes, out, rowEnd, at] = [0, 1, 2, 3, 4, 5, 6] as const;
const [lowSum, highSum] = [7, 8] as const;

const addHalf = (sum: number, half: 'low' | 'high', queryOffset: number) => [
  ...[get, sum, ...load(rows, 0), vector, widen[half], 0x01, ...load(at, queryOffset)],
  ...[...mulAndAddPairs, ...addVector, set, sum],
];
const body = [
  // local variables: two integers, two vectors
  ...[2, 2, 0x7f, 2, 0x7b],
  ...[block, none, loop, none],
  ...[get, count, isZero, brIf, 1],
  ...[get, query, set, at, get, rows, get, rowBytes, add, set, rowEnd],
  ...[...zeroVector, set, lowSum, ...zeroVector, set, highSum],
  ...[loop, none, ...addHalf(lowSum, 'low', 0), ...addHalf(highSum, 'high', 16)],
  ...[get, at, constant, 32, add, set, at],
  ...[get, rows, constant, 16, add, set, rows],
  ...[get, rows, get, rowEnd, lessThan, brIf, 0, end],
  ...[get, lowSum, get, highSum, ...addVector, set, lowSum],
  ...[get, out, ...laneOf(lowSum, 0), ...laneOf(lowSum, 1), add, ...laneOf(lowSum, 2), add],
  ...[...laneOf(lowSum, 3), add, toF32, storeF32, 2, 0],
  ...[get, out, constant, 4, add, set, out, get, count, constant, 1, sub, set, count],
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
const module = [
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, ...sized([1, 0x60, ...sized([0x7f, 0x7f, 0x7f, 0x7f, 0x7f]), 0])],
  ...[2, ...sized([1, ...text('m'), ...text('m'), 2, 0, 1])],
  ...[3, ...sized([1, 0])],
  ...[7, ...sized([1, ...text('dots'), 0, 0])],
  ...[10, ...sized([1, ...sized(body)])],
];

/** The function over that memory. */
export function createDotKernel(memory: WebAssembly.Memory): DotKernel {
  const compiled = new WebAssembly.Module(Uint8Array.from(module));
  const { dots } = new WebAssembly.Instance(compiled, { m: { m: memory } }).exports;
  if (typeof dots !== 'function') throw new Error('the kernel has no function');
  return (...addresses) => void dots(...addresses);
}
