import type { Severity } from '../incidents/severity-rules.ts';

/** When a channel is in a storm. */
export interface StormRules {
  /** More new groups than this within the time begin a storm. */
  readonly groups: number;
  readonly withinMs: number;
  /** So many critical groups keep threads of their own. */
  readonly ownThreads: number;
  readonly quietMs: number;
}

/** What a storm incident keeps. Times are ISO, since it is stored as JSON. */
export interface StormState {
  readonly startedAt: string;
  /** When the last new group was folded in. */
  readonly lastNewAt: string;
  readonly endedAt: string | null;
  /** Critical groups with threads of their own. */
  readonly ownThreads: number;
  readonly cause: StormCause | null;
  /** Alerts that were accepted during the storm and are not in the record; counted, never assumed. */
  readonly dropped: number | null;
}

/** The most likely common cause, by what is shared and what began first. */
export interface StormCause {
  readonly kind: 'system' | 'label' | 'first';
  readonly name: string;
  readonly value: string;
  /** How many of all groups of the storm it covers. */
  readonly groups: number;
  readonly of: number;
}

/** A group as a storm sees it. */
export interface StormGroup {
  readonly title: string;
  readonly severity: Severity;
  readonly startedAt: Date;
  readonly labels: Readonly<Record<string, string>>;
  /** Name of the registered system, when there is one. */
  readonly system: string | null;
}

/** Whether so many new groups, after those the channel has seen lately, are a storm. */
export function beginsStorm(recent: number, added: number, rules: StormRules): boolean {
  return recent + added > rules.groups;
}

/** The first moment of a storm, or a storm that goes on after it had ended. */
export function startStorm(before: StormState | null, ownThreads: number, now: Date): StormState {
  return {
    startedAt: before === null ? now.toISOString() : before.startedAt,
    lastNewAt: now.toISOString(),
    endedAt: null,
    ownThreads: (before?.ownThreads ?? 0) + ownThreads,
    cause: before?.cause ?? null,
    dropped: null,
  };
}

/** Another group was folded in, or got a thread of its own. */
export function grownStorm(state: StormState, ownThreads: number, now: Date): StormState {
  return { ...state, lastNewAt: now.toISOString(), ownThreads: state.ownThreads + ownThreads };
}

/** A storm is over when no new group came for the quiet time. */
export function isStormOver(state: StormState, now: Date, rules: StormRules): boolean {
  return state.endedAt === null && now.getTime() - Date.parse(state.lastNewAt) >= rules.quietMs;
}

/** Which of the new groups keep a thread of their own: critical ones, earliest first, as long as there is room. */
export function ownThreads<T extends Pick<StormGroup, 'severity' | 'startedAt'>>(
  added: readonly T[],
  used: number,
  rules: StormRules,
): readonly T[] {
  return added
    .filter((one) => one.severity === 'CRITICAL')
    .sort((one, other) => one.startedAt.getTime() - other.startedAt.getTime())
    .slice(0, Math.max(0, rules.ownThreads - used));
}

/** Labels that say what kind of alert it is, not where. */
const sayNothing = new Set(['alertname', 'severity', 'alertgroup', 'prometheus', 'replica', 'monitor', 'team']);

/**
 * The most likely common cause: a system others depend on whose own alert fires, else the label most groups share (the narrower one
 * of two that share equally), else what began first. A guess that says what it rests on.
 */
export function likelyCause(
  groups: readonly StormGroup[],
  dependsOn: ReadonlyMap<string, readonly string[]>,
): StormCause | null {
  const [first] = [...groups].sort(
    (one, other) => one.startedAt.getTime() - other.startedAt.getTime() || (one.title < other.title ? -1 : 1),
  );
  if (first === undefined) return null;
  const upstream = sharedUpstream(groups, dependsOn);
  if (upstream !== null) return { kind: 'system', name: 'system', ...upstream, of: groups.length };
  const shared = sharedLabel(groups);
  if (shared !== null) return { kind: 'label', ...shared, of: groups.length };
  return { kind: 'first', name: 'alertname', value: first.title, groups: 1, of: groups.length };
}

function sharedUpstream(
  groups: readonly StormGroup[],
  dependsOn: ReadonlyMap<string, readonly string[]>,
): { readonly value: string; readonly groups: number } | null {
  const firing = new Set(groups.flatMap((one) => (one.system === null ? [] : [one.system])));
  let best: { value: string; groups: number } | null = null;
  for (const candidate of [...firing].sort()) {
    const reached = groups.filter(
      (one) => one.system !== null && (one.system === candidate || upstreamOf(one.system, dependsOn).has(candidate)),
    );
    const others = new Set(reached.map((one) => one.system)).size - 1;
    if (others < 1 || reached.length * 2 < groups.length) continue;
    if (best === null || reached.length > best.groups) best = { value: candidate, groups: reached.length };
  }
  return best;
}

/** All systems this one depends on, directly or through others; a circle ends. */
export function upstreamOf(system: string, dependsOn: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const found = new Set<string>();
  const next = [...(dependsOn.get(system) ?? [])];
  for (let name = next.pop(); name !== undefined; name = next.pop()) {
    if (found.has(name) || name === system) continue;
    found.add(name);
    next.push(...(dependsOn.get(name) ?? []));
  }
  return found;
}

function sharedLabel(
  groups: readonly StormGroup[],
): { readonly name: string; readonly value: string; readonly groups: number } | null {
  if (groups.length < 2) return null;
  const counts = new Map<string, { name: string; value: string; groups: number; first: number }>();
  for (const one of groups)
    for (const [name, value] of Object.entries(one.labels)) {
      if (sayNothing.has(name) || value === '') continue;
      const key = `${name}\n${value}`;
      const seen = counts.get(key) ?? { name, value, groups: 0, first: Number.POSITIVE_INFINITY };
      seen.groups += 1;
      seen.first = Math.min(seen.first, one.startedAt.getTime());
      counts.set(key, seen);
    }
  /** How many values a label has among these groups: more values make one of them a narrower statement. */
  const spread = new Map<string, number>();
  for (const { name } of counts.values()) spread.set(name, (spread.get(name) ?? 0) + 1);
  const [best] = [...counts.values()]
    .filter((one) => one.groups >= 2 && one.groups * 2 >= groups.length)
    .sort(
      (one, other) =>
        other.groups - one.groups ||
        (spread.get(other.name) ?? 0) - (spread.get(one.name) ?? 0) ||
        one.first - other.first ||
        (one.name < other.name ? -1 : 1),
    );
  return best === undefined ? null : { name: best.name, value: best.value, groups: best.groups };
}
