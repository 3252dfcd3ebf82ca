import type { Severity } from '../../incidents/severity-rules.ts';
import type { Decision } from './decision.ts';
import { type Matcher, matchesAll } from './silence.ts';

/** What fires now. */
export interface Firing {
  readonly scope: string;
  readonly name: string;
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
}

/** While an alert that matches `source` fires, those that match `target` and have the same `equal` labels say nothing new. */
export interface InhibitionRule {
  readonly source: readonly Matcher[];
  readonly target: readonly Matcher[];
  readonly equal: readonly string[];
}

/**
 * A warning says nothing new while the critical alert of the same name fires for the same system, nor does what a rule of the settings
 * names. It is counted, not told. A label of `equal` must be there on both sides: one that both lack would mute everything.
 */
export function inhibit(
  alert: Firing,
  firing: readonly Firing[],
  rules: readonly InhibitionRule[],
): Decision<{ readonly muted: boolean }> {
  for (const [index, rule] of rules.entries()) {
    // An alert on both sides of a rule is never muted by it, or it could mute itself.
    if (!matchesAll(rule.target, alert.labels) || matchesAll(rule.source, alert.labels)) continue;
    const louder = firing.find(
      (other) =>
        matchesAll(rule.source, other.labels) && rule.equal.every((key) => same(key, other.labels, alert.labels)),
    );
    if (louder !== undefined) return { muted: true, reason: `inhibited-by-rule-${index + 1}:${louder.name}` };
  }
  if (alert.severity === 'CRITICAL') return { muted: false, reason: 'critical-is-not-inhibited-by-itself' };
  const critical = firing.some(
    (other) => other.scope === alert.scope && other.name === alert.name && other.severity === 'CRITICAL',
  );
  return critical ? { muted: true, reason: 'a-critical-one-fires' } : { muted: false, reason: 'nothing-louder' };
}

function same(key: string, one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  return Object.hasOwn(one, key) && Object.hasOwn(other, key) && one[key] !== '' && one[key] === other[key];
}
