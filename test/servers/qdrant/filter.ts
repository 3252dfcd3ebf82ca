import type { Condition, Filter } from './requests.ts';

/** A stored point as filters see it. */
export interface Filtered {
  readonly id: string | number;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly vectors: ReadonlyMap<string, unknown>;
}

const listOf = (conditions: Filter['must']): readonly Condition[] =>
  conditions === null || conditions === undefined
    ? []
    : Array.isArray(conditions)
      ? conditions
      : [conditions as Condition];

/** must: all · should: at least one, if there are any · must_not: none. */
export function matches(filter: Filter | null | undefined, point: Filtered): boolean {
  if (!filter) return true;
  const should = listOf(filter.should);
  return (
    listOf(filter.must).every((one) => holds(one, point)) &&
    (should.length === 0 || should.some((one) => holds(one, point))) &&
    !listOf(filter.must_not).some((one) => holds(one, point))
  );
}

function holds(condition: Condition, point: Filtered): boolean {
  if ('key' in condition) {
    const { match } = condition;
    const value = point.payload[condition.key];
    const values = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
    if ('value' in match) return values.includes(match.value);
    if ('any' in match) return values.some((one) => match.any.includes(one as string));
    return values.some((one) => !match.except.includes(one as string));
  }
  if ('is_empty' in condition) {
    const value = point.payload[condition.is_empty.key];
    return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
  }
  if ('is_null' in condition) {
    const { key } = condition.is_null;
    return Object.hasOwn(point.payload, key) && point.payload[key] === null;
  }
  if ('has_id' in condition) return condition.has_id.includes(point.id);
  if ('has_vector' in condition) return point.vectors.has(condition.has_vector);
  return matches(condition, point);
}
