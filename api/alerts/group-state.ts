import { louder, type Severity } from '../incidents/severity-rules.ts';

/** How a group of alerts stands. `firing` counts the episodes that fire now, `total` all there ever were. */
export interface GroupState {
  readonly status: 'FIRING' | 'SILENCED' | 'RESOLVED';
  readonly severity: Severity;
  readonly firing: number;
  readonly total: number;
  readonly startedAt: Date;
  readonly lastSeenAt: Date;
  readonly resolvedAt: Date | null;
}

/** `superseded` counts earlier episodes of the same condition that end because this one began. */
export type GroupEvent =
  | {
      readonly type: 'fired';
      readonly severity: Severity;
      readonly startsAt: Date;
      readonly muted: boolean;
      readonly superseded: number;
    }
  | { readonly type: 'resolved' }
  | { readonly type: 'over'; readonly severity: Severity; readonly startsAt: Date }
  | { readonly type: 'none' };

export type GroupEffect = 'opened' | 'reopened' | 'fired' | 'louder' | 'resolved';

export interface GroupStep {
  readonly state: GroupState;
  readonly effects: readonly GroupEffect[];
}

/** Applies one event to a group; null is a group that does not exist yet. Counts are never lost and never below zero. */
export function nextGroup(before: GroupState | null, event: GroupEvent, now: Date): GroupStep {
  switch (event.type) {
    case 'fired':
      return fire(before, event, now);
    case 'resolved': {
      if (before === null) throw new RangeError('An episode of no group cannot end.');
      const firing = Math.max(0, before.firing - 1);
      const ends = firing === 0 && before.status !== 'RESOLVED';
      return {
        state: { ...before, firing, lastSeenAt: now, ...(ends ? { status: 'RESOLVED', resolvedAt: now } : {}) },
        effects: ends ? ['resolved'] : [],
      };
    }
    case 'over':
      return before === null
        ? {
            state: {
              status: 'RESOLVED',
              severity: event.severity,
              firing: 0,
              total: 1,
              startedAt: event.startsAt,
              lastSeenAt: now,
              resolvedAt: now,
            },
            effects: [],
          }
        : { state: { ...before, total: before.total + 1, lastSeenAt: now }, effects: [] };
    case 'none': {
      if (before === null) throw new RangeError('A repeat has a group.');
      return { state: { ...before, lastSeenAt: now }, effects: [] };
    }
    default:
      return event satisfies never;
  }
}

function fire(before: GroupState | null, event: Extract<GroupEvent, { type: 'fired' }>, now: Date): GroupStep {
  if (before === null || before.status === 'RESOLVED') {
    const status = event.muted ? 'SILENCED' : 'FIRING';
    return {
      state: {
        status,
        severity: event.severity,
        firing: 1,
        total: (before?.total ?? 0) + 1,
        startedAt: before?.startedAt ?? event.startsAt,
        lastSeenAt: now,
        resolvedAt: null,
      },
      effects: [before === null ? 'opened' : 'reopened', 'fired'],
    };
  }
  const severity = louder(before.severity, event.severity);
  const raised = severity !== before.severity;
  return {
    state: {
      ...before,
      severity,
      status: event.muted ? before.status : 'FIRING',
      firing: Math.max(0, before.firing - event.superseded) + 1,
      total: before.total + 1,
      startedAt: event.startsAt < before.startedAt ? event.startsAt : before.startedAt,
      lastSeenAt: now,
    },
    effects: raised ? ['fired', 'louder'] : ['fired'],
  };
}
