import type { Severity } from '../../incidents/severity-rules.ts';
import type { Decision } from './decision.ts';

/** What fires now for one system. */
export interface Firing {
  readonly scope: string;
  readonly name: string;
  readonly severity: Severity;
}

/** A warning says nothing new while the critical alert of the same name fires for the same system. It is counted, not told. */
export function inhibit(alert: Firing, firing: readonly Firing[]): Decision<{ readonly muted: boolean }> {
  if (alert.severity === 'CRITICAL') return { muted: false, reason: 'critical-is-never-inhibited' };
  const louder = firing.some(
    (other) => other.scope === alert.scope && other.name === alert.name && other.severity === 'CRITICAL',
  );
  return louder ? { muted: true, reason: 'a-critical-one-fires' } : { muted: false, reason: 'nothing-louder' };
}
