/**
 * An inverted index over some slots that never changes: for each of the rising terms the slots that hold it and their weights.
 * Points that went are still in it; whoever reads it asks whether a slot is live.
 */
export interface Segment {
  readonly slots: Uint32Array;
  readonly terms: Uint32Array;
  /** Term i has the postings from starts[i] to below starts[i + 1]. */
  readonly starts: Uint32Array;
  readonly postings: Uint32Array;
  readonly weights: Float32Array;
  /** How many of its slots are no longer live; kept by the index. */
  dead: number;
}

/** Makes a segment of one batch: entries are sorted by term, then by their place in the batch. */
export function buildSegment(
  slots: Uint32Array,
  offsets: Uint32Array,
  terms: Uint32Array,
  weights: Float32Array,
): Segment {
  const entries = terms.length;
  // One number sorts by term and remembers the place: 32 bits of term, 20 bits of place.
  if (entries > 1 << 20) throw new Error('a batch has too many terms for one segment');
  const keys = new Float64Array(entries);
  const slotOf = new Uint32Array(entries);
  for (let point = 0; point < slots.length; point++)
    for (let at = offsets[point] ?? 0; at < (offsets[point + 1] ?? 0); at++) {
      keys[at] = (terms[at] ?? 0) * 1_048_576 + at;
      slotOf[at] = slots[point] ?? 0;
    }
  keys.sort();
  const postings = new Uint32Array(entries);
  const sorted = new Float32Array(entries);
  const found: number[] = [];
  const starts: number[] = [];
  let last = -1;
  for (let i = 0; i < entries; i++) {
    const key = keys[i] ?? 0;
    const term = Math.floor(key / 1_048_576);
    const place = key - term * 1_048_576;
    if (term !== last) {
      found.push(term);
      starts.push(i);
      last = term;
    }
    postings[i] = slotOf[place] ?? 0;
    sorted[i] = weights[place] ?? 0;
  }
  starts.push(entries);
  return {
    slots,
    terms: Uint32Array.from(found),
    starts: Uint32Array.from(starts),
    postings,
    weights: sorted,
    dead: 0,
  };
}

/** Place of a term, or -1. */
export function findTerm(segment: Segment, term: number): number {
  let low = 0;
  let high = segment.terms.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const here = segment.terms[middle] ?? 0;
    if (here === term) return middle;
    if (here < term) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

const termsBetweenPauses = 512;

/**
 * Puts several segments together and leaves out what is dead now. A generator, so that searches run in between: it pauses after
 * some hundred terms.
 */
export function* mergeSegments(sources: readonly Segment[], live: () => Uint8Array): Generator<void, Segment> {
  const before = live();
  const kept = new Uint8Array(before.length);
  const slots = keepLive(sources, before, kept);
  yield;
  const most = sources.reduce((sum, one) => sum + one.postings.length, 0);
  const mostTerms = sources.reduce((sum, one) => sum + one.terms.length, 0);
  const terms = new Uint32Array(mostTerms);
  const starts = new Uint32Array(mostTerms + 1);
  const postings = new Uint32Array(most);
  const weights = new Float32Array(most);
  const cursors = new Uint32Array(sources.length);
  let count = 0;
  let at = 0;
  for (let done = 1; ; done++) {
    if (done % termsBetweenPauses === 0) yield;
    let term = Number.POSITIVE_INFINITY;
    for (let s = 0; s < sources.length; s++) {
      const next = sources[s]?.terms[cursors[s] ?? 0];
      if (next !== undefined && next < term) term = next;
    }
    if (term === Number.POSITIVE_INFINITY) break;
    const begin = at;
    for (let s = 0; s < sources.length; s++) {
      const source = sources[s];
      const cursor = cursors[s] ?? 0;
      if (source === undefined || source.terms[cursor] !== term) continue;
      cursors[s] = cursor + 1;
      const end = source.starts[cursor + 1] ?? 0;
      for (let i = source.starts[cursor] ?? 0; i < end; i++) {
        const slot = source.postings[i] ?? 0;
        if (kept[slot] !== 1) continue;
        postings[at] = slot;
        weights[at] = source.weights[i] ?? 0;
        at++;
      }
    }
    if (at === begin) continue;
    terms[count] = term;
    starts[count] = begin;
    count++;
  }
  starts[count] = at;
  yield;
  const whole = count === mostTerms && at === most;
  return {
    slots,
    terms: whole ? terms : terms.slice(0, count),
    starts: whole ? starts : starts.slice(0, count + 1),
    postings: at === most ? postings : postings.slice(0, at),
    weights: at === most ? weights : weights.slice(0, at),
    dead: 0,
  };
}

/** The slots of the sources that are live, marked in `kept`. */
function keepLive(sources: readonly Segment[], live: Uint8Array, kept: Uint8Array): Uint32Array {
  const slots = new Uint32Array(sources.reduce((sum, one) => sum + one.slots.length, 0));
  let count = 0;
  for (const source of sources)
    for (const slot of source.slots) {
      if (live[slot] !== 1) continue;
      kept[slot] = 1;
      slots[count++] = slot;
    }
  return slots.slice(0, count);
}
