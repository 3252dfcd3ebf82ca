import type { PointQuery } from '../../../ports/vector-store.ts';
import { createDenseRows, type DenseRows } from './dense.ts';
import { type EngineHit, fuse } from './fusion.ts';
import { type PackedPoints, readId } from './pack.ts';
import { createRanking } from './ranking.ts';
import { buildSegment, findTerm, mergeSegments, type Segment } from './segment.ts';
import { createSlots } from './slots.ts';

/** What a query looks like once it is in the thread. */
export type EngineQuery = Omit<PointQuery, 'dense'> & { readonly dense: Float32Array | null };

/** The whole index, in one thread: every change is applied between two searches, so each search sees one state. */
export interface Engine {
  /** Writes points. With `manuals`, those documents have no other points afterwards. */
  put(packs: readonly PackedPoints[], manuals: readonly string[] | null): void;
  removeManuals(manualIds: readonly string[]): void;
  search(query: EngineQuery): EngineHit[];
  count(): number;
  /** Puts small parts of the index together, a little at a time; false when there is nothing left to do. */
  tidy(): boolean;
}

const mergeFactor = 4;
const smallest = 256;
const tierOf = (segment: Segment) =>
  Math.max(0, Math.ceil(Math.log(segment.slots.length / smallest) / Math.log(mergeFactor)));

export function createEngine(denseSize: number | null): Engine {
  const slots = createSlots();
  const dense: DenseRows | null = denseSize === null ? null : createDenseRows(denseSize);
  let segments: Segment[] = [];
  let merging: { readonly sources: readonly Segment[]; readonly work: Generator<void, Segment> } | null = null;
  let scores = new Float32Array(0);
  let touched = new Uint32Array(0);

  const drop = (slot: number): void => {
    slots.kill(slot);
    dense?.remove(slot);
    const segment = slots.segmentOf(slot);
    if (segment !== null) segment.dead++;
  };
  const add = (segment: Segment): void => {
    if (segment.slots.length === 0) return;
    segments.push(segment);
    for (const slot of segment.slots) slots.setSegment(slot, segment);
  };

  /** Segments that are worth putting together: several of one size, or one of which much is dead. */
  const chooseMerge = (): readonly Segment[] | null => {
    const wasted = segments.find((one) => one.dead * 4 > one.slots.length);
    if (wasted !== undefined) return [wasted];
    const tiers = Map.groupBy(segments, tierOf);
    return [...tiers.values()].find((tier) => tier.length >= mergeFactor) ?? null;
  };
  const finishMerge = (sources: readonly Segment[], merged: Segment): void => {
    segments = segments.filter((one) => !sources.includes(one));
    const kept = new Set(merged.slots);
    for (const source of sources) for (const slot of source.slots) if (!kept.has(slot)) slots.release(slot);
    merged.dead = merged.slots.filter((slot) => !slots.isLive(slot)).length;
    add(merged);
  };

  const sparseHits = (query: EngineQuery, mask: Uint8Array) => {
    if (scores.length < slots.capacity()) scores = new Float32Array(slots.capacity());
    const live = slots.live();
    if (touched.length < scores.length) touched = new Uint32Array(scores.length);
    let reachedCount = 0;
    const reached = new Uint8Array(scores.length);
    const total = slots.withTerms();
    for (const [i, term] of query.sparse.indices.entries()) {
      const places = segments.map((segment) => findTerm(segment, term));
      let holders = 0;
      for (const [s, segment] of segments.entries()) {
        const place = places[s] ?? -1;
        if (place < 0) continue;
        const [from, to] = [segment.starts[place] ?? 0, segment.starts[place + 1] ?? 0];
        if (segment.dead === 0) holders += to - from;
        else for (let at = from; at < to; at++) holders += live[segment.postings[at] ?? 0] ?? 0;
      }
      if (holders === 0) continue;
      const idf = Math.log((total - holders + 0.5) / (holders + 0.5) + 1);
      const weight = Math.fround((query.sparse.values[i] ?? 0) * idf);
      for (const [s, segment] of segments.entries()) {
        const place = places[s] ?? -1;
        if (place < 0) continue;
        const { postings, weights } = segment;
        const to = segment.starts[place + 1] ?? 0;
        for (let at = segment.starts[place] ?? 0; at < to; at++) {
          const slot = postings[at] ?? 0;
          if (mask[slot] !== 1) continue;
          if (reached[slot] === 0) {
            reached[slot] = 1;
            touched[reachedCount++] = slot;
            scores[slot] = 0;
          }
          scores[slot] = (scores[slot] ?? 0) + (weights[at] ?? 0) * weight;
        }
      }
    }
    const ranking = createRanking(query.limit, slots.isBefore);
    for (let i = 0; i < reachedCount; i++) ranking.offer(touched[i] ?? 0, scores[touched[i] ?? 0] ?? 0);
    return ranking.take();
  };

  const addPack = (pack: PackedPoints): void => {
    const count = pack.attributeOf.length;
    // The last of several points with one id is the one that stays.
    const lastOf = new Map(Array.from({ length: count }, (_, index) => [readId(pack.ids, index), index]));
    for (const id of lastOf.keys()) {
      const old = slots.find(id);
      if (old !== undefined) drop(old);
    }
    const attributeOf = pack.attributes.map(slots.attributes);
    const made = new Uint32Array(count);
    let row = 0;
    for (let index = 0; index < count; index++) {
      const hasTerms = (pack.offsets[index + 1] ?? 0) > (pack.offsets[index] ?? 0);
      const slot = slots.add(pack.ids, index, attributeOf[pack.attributeOf[index] ?? 0] ?? 0, hasTerms);
      made[index] = slot;
      if (pack.hasDense[index] !== 1) continue;
      dense?.add(slot, pack.dense.subarray(row * pack.denseSize, (row + 1) * pack.denseSize));
      row++;
    }
    add(buildSegment(made, pack.offsets, pack.terms, pack.weights));
    for (let index = 0; index < count; index++)
      if (lastOf.get(readId(pack.ids, index)) !== index) drop(made[index] ?? 0);
  };

  return {
    put(packs, manuals) {
      for (const manualId of manuals ?? []) for (const slot of slots.ofManual(manualId)) drop(slot);
      for (const pack of packs) addPack(pack);
    },
    removeManuals(manualIds) {
      for (const manualId of manualIds) for (const slot of slots.ofManual(manualId)) drop(slot);
    },
    search(query) {
      if (query.limit < 1) return [];
      const mask = slots.mask(query.filter);
      const asksSparse = query.sparse.indices.length > 0;
      const sparse = asksSparse ? sparseHits(query, mask) : null;
      const near =
        query.dense === null || dense === null ? null : dense.search(query.dense, query.limit, mask, slots.isBefore);
      return fuse(sparse, query.dense === null ? null : (near ?? []), query.fusion?.k ?? null, query.limit, slots);
    },
    count: () => slots.count(),
    tidy() {
      if (merging === null) {
        const sources = chooseMerge();
        if (sources === null) return false;
        merging = { sources, work: mergeSegments(sources, slots.live) };
      }
      const step = merging.work.next();
      if (step.done) {
        finishMerge(merging.sources, step.value);
        merging = null;
      }
      return true;
    },
  };
}
