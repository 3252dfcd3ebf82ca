import type { Severity } from '../../incidents/severity-rules.ts';
import type { Decision } from './decision.ts';

/** Whether an episode that has just fired becomes something people work on. */
export function route(alert: {
  readonly severity: Severity;
  readonly mutedBy: string | null;
}): Decision<{ readonly incident: boolean }> {
  if (alert.severity === 'INFO') return { incident: false, reason: 'info-opens-no-incident' };
  if (alert.mutedBy !== null) return { incident: false, reason: alert.mutedBy };
  return { incident: true, reason: 'people-should-know' };
}
