import type { PointFilter } from '../../../ports/vector-store.ts';
import { type PointAttributes, readId } from './pack.ts';
import type { Segment } from './segment.ts';

/**
 * The points by number. A number is given again only when no part of the index holds it any more, so postings may name points that
 * went. Filters are decided once for each distinct set of attributes and then looked up for each point.
 */
export function createSlots() {
  let ids = new Uint8Array(16 * 1_024);
  let attributeOf = new Uint32Array(1_024);
  let alive = new Uint8Array(1_024);
  let terms = new Uint8Array(1_024);
  const segments: (Segment | null)[] = [];
  const free: number[] = [];
  let used = 0;
  let count = 0;
  let withTerms = 0;
  const byId = new Map<string, number>();
  const byManual = new Map<string, Set<number>>();
  const sets: (PointAttributes & { holders: number; readonly key: string })[] = [];
  const setOf = new Map<string, number>();
  const freeSets: number[] = [];

  const reserve = (): void => {
    if (used < alive.length) return;
    const length = Math.ceil(alive.length * 1.5);
    const grow = <T extends Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>(old: T, made: T): T => {
      made.set(old);
      return made;
    };
    ids = grow(ids, new Uint8Array(length * 16));
    attributeOf = grow(attributeOf, new Uint32Array(length));
    alive = grow(alive, new Uint8Array(length));
    terms = grow(terms, new Uint8Array(length));
  };
  const isBefore = (one: number, other: number): boolean => {
    for (let i = 0; i < 16; i++) {
      const [a, b] = [ids[one * 16 + i] ?? 0, ids[other * 16 + i] ?? 0];
      if (a !== b) return a < b;
    }
    return false;
  };

  return {
    capacity: () => alive.length,
    count: () => count,
    withTerms: () => withTerms,
    live: () => alive,
    isLive: (slot: number) => alive[slot] === 1,
    isBefore,
    idOf: (slot: number) => readId(ids, slot),
    find: (id: string) => byId.get(id),
    ofManual: (manualId: string): readonly number[] => [...(byManual.get(manualId) ?? [])],
    segmentOf: (slot: number) => segments[slot] ?? null,
    setSegment: (slot: number, segment: Segment) => {
      segments[slot] = segment;
    },

    /** Number of a set of attributes; equal ones share it. */
    attributes(one: PointAttributes): number {
      const key = JSON.stringify([one.manualId, one.locale, one.systems, one.team, one.visibility]);
      const known = setOf.get(key);
      if (known !== undefined) return known;
      const index = freeSets.pop() ?? sets.length;
      sets[index] = { ...one, holders: 0, key };
      setOf.set(key, index);
      return index;
    },

    add(from: Uint8Array, index: number, attribute: number, hasTerms: boolean): number {
      const slot = free.pop() ?? used++;
      reserve();
      ids.set(from.subarray(index * 16, index * 16 + 16), slot * 16);
      attributeOf[slot] = attribute;
      alive[slot] = 1;
      terms[slot] = hasTerms ? 1 : 0;
      count++;
      if (hasTerms) withTerms++;
      byId.set(readId(ids, slot), slot);
      const set = sets[attribute];
      if (set === undefined) throw new Error('a point has unknown attributes');
      set.holders++;
      const siblings = byManual.get(set.manualId) ?? new Set();
      byManual.set(set.manualId, siblings.add(slot));
      return slot;
    },

    /** The point is no longer found; its number stays taken. */
    kill(slot: number): void {
      if (alive[slot] !== 1) return;
      alive[slot] = 0;
      count--;
      if (terms[slot] === 1) withTerms--;
      const id = readId(ids, slot);
      if (byId.get(id) === slot) byId.delete(id);
      const attribute = attributeOf[slot] ?? 0;
      const set = sets[attribute];
      if (set === undefined) return;
      const siblings = byManual.get(set.manualId);
      siblings?.delete(slot);
      if (siblings?.size === 0) byManual.delete(set.manualId);
      set.holders--;
      if (set.holders > 0) return;
      setOf.delete(set.key);
      freeSets.push(attribute);
    },

    /** No part of the index holds the number any more. */
    release(slot: number): void {
      segments[slot] = null;
      free.push(slot);
    },

    /** One for every point that is live and passes the filter. */
    mask(filter: PointFilter): Uint8Array {
      const passes = Uint8Array.from(sets, (set) => (set.holders > 0 && passesFilter(set, filter) ? 1 : 0));
      const mask = new Uint8Array(alive.length);
      for (let slot = 0; slot < used; slot++) mask[slot] = (alive[slot] ?? 0) & (passes[attributeOf[slot] ?? 0] ?? 0);
      return mask;
    },
  };
}

/** Whether a person may see the point, and asked for such points. */
function passesFilter(point: PointAttributes, { reader, locale, system, team, manualIds }: PointFilter): boolean {
  if (point.visibility === 'OPERATORS' && !reader.operator && !reader.admin) return false;
  if (point.visibility === 'TEAM' && !reader.admin && (point.team === null || !reader.teams.includes(point.team)))
    return false;
  if (locale && point.locale !== locale) return false;
  if (system && point.systems.length > 0 && !point.systems.includes(system)) return false;
  if (team && point.team !== team) return false;
  return manualIds === undefined || manualIds.includes(point.manualId);
}
