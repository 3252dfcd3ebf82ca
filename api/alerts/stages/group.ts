import { sha256Hex } from '../../../lib/canonical-json.ts';
import type { Decision } from './decision.ts';

/** A registered system as grouping needs it. */
export interface KnownSystem {
  readonly id: string;
  readonly name: string;
  readonly metricLabels: Readonly<Record<string, string>>;
  /** Names of the systems it cannot work without. */
  readonly dependsOn: readonly string[];
}

/** Where an alert belongs. One incident is open per scope; alerts of one group key travel together. */
export interface Place {
  readonly scope: string;
  readonly groupKey: string;
  readonly systemId: string | null;
  /** What to call the thing that is affected, when it is not registered. */
  readonly subject: string | null;
}

/** Which labels name the affected thing, and which ones besides the alert's name separate its groups. */
export interface GroupingRules {
  readonly systemLabels: readonly string[];
  readonly labels: readonly string[];
}

/** Finds the system by the usual labels, then by its metric labels; an unknown one still groups by its label's value. */
export function group(
  source: string,
  alert: { readonly name: string; readonly labels: Readonly<Record<string, string>> },
  systems: SystemIndex,
  rules: GroupingRules,
): Decision<Place> {
  const { labels } = alert;
  const { systemLabels } = rules;
  const tail = [source, alert.name, ...rules.labels.map((key) => label(labels, key) ?? '')].map(part).join('|');
  const named = systemLabels.flatMap((key) => {
    const system = systems.byName.get(label(labels, key) ?? '');
    return system === undefined ? [] : [{ key, system }];
  })[0];
  if (named !== undefined) return inSystem(named.system, tail, `label-${named.key}`);
  const selected = systems.byLabels.find((system) =>
    Object.entries(system.metricLabels).every(([key, value]) => label(labels, key) === value),
  );
  if (selected !== undefined) return inSystem(selected, tail, 'metric-labels');
  for (const key of systemLabels) {
    const value = label(labels, key);
    if (value === undefined || value === '') continue;
    const scope = `label:${part(value)}`;
    return { scope, groupKey: `${scope}|${tail}`, systemId: null, subject: value, reason: `unregistered-${key}` };
  }
  const scope = `group:${tail}`;
  return { scope, groupKey: scope, systemId: null, subject: null, reason: 'no-system-label' };
}

/** The place a stored group was given; the inverse of its key. */
export function placeFromKey(groupKey: string, systemId: string | null): Place {
  if (groupKey.startsWith('group:')) return { scope: groupKey, groupKey, systemId, subject: null };
  const scope = groupKey.split('|')[0] ?? groupKey;
  const subject = scope.startsWith('label:') ? scope.slice('label:'.length) : null;
  return { scope, groupKey, systemId, subject };
}

/** Systems prepared for many look-ups. */
export interface SystemIndex {
  readonly byId: ReadonlyMap<string, KnownSystem>;
  readonly byName: ReadonlyMap<string, KnownSystem>;
  readonly byLabels: readonly KnownSystem[];
}

/** Prepares the registered systems once per batch. */
export function indexSystems(systems: readonly KnownSystem[]): SystemIndex {
  return {
    byId: new Map(systems.map((system) => [system.id, system])),
    byName: new Map(systems.map((system) => [system.name, system])),
    byLabels: systems.filter((system) => Object.keys(system.metricLabels).length > 0),
  };
}

function label(labels: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

function inSystem(system: KnownSystem, tail: string, reason: string): Decision<Place> {
  const scope = `system:${system.id}`;
  return { scope, groupKey: `${scope}|${tail}`, systemId: system.id, subject: null, reason };
}

/** Keys are indexed, so a long part is replaced by its hash. */
function part(text: string): string {
  return text.length <= 100 ? text.replaceAll('|', '¦') : `#${sha256Hex(text).slice(0, 32)}`;
}
