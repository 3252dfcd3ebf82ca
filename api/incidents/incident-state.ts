import { louder, type Severity } from './severity-rules.ts';

/** What decides about an incident: nothing here reads a clock or a database. */
export interface IncidentState {
  readonly status: 'TRIGGERED' | 'ACKNOWLEDGED' | 'RESOLVED';
  readonly severity: Severity;
  readonly acknowledgedById: string | null;
  readonly acknowledgedUntil: Date | null;
  readonly acknowledgedAt: Date | null;
  readonly resolvedAt: Date | null;
}

export type IncidentEvent =
  | { readonly type: 'acknowledge'; readonly personId: string; readonly until: Date }
  | { readonly type: 'release' }
  /** The acknowledgement's time may have run out. */
  | { readonly type: 'tick' }
  | { readonly type: 'resolve' }
  | { readonly type: 'reopen' }
  /** A new episode of a condition that belongs here. */
  | { readonly type: 'episode'; readonly severity: Severity };

export type IncidentEffect = 'acknowledged' | 'extended' | 'released' | 'ended' | 'resolved' | 'reopened' | 'louder';

export type IncidentStep =
  | { readonly ok: true; readonly state: IncidentState; readonly effects: readonly IncidentEffect[] }
  | {
      readonly ok: false;
      readonly reason: 'already-resolved' | 'not-resolved' | 'held-by-another' | 'not-acknowledged' | 'too-late';
    };

/** Firing again within this time reopens the incident; later a new one is opened. */
export const reopenWithinMs = 30 * 60_000;

/** Applies one event. A refused one changes nothing and says why. */
export function nextIncident(state: IncidentState, event: IncidentEvent, now: Date): IncidentStep {
  const open = state.status !== 'RESOLVED';
  switch (event.type) {
    case 'acknowledge': {
      if (!open) return { ok: false, reason: 'already-resolved' };
      const held = state.status === 'ACKNOWLEDGED' && !isPast(state.acknowledgedUntil, now);
      if (held && state.acknowledgedById !== event.personId) return { ok: false, reason: 'held-by-another' };
      return {
        ok: true,
        state: {
          ...state,
          status: 'ACKNOWLEDGED',
          acknowledgedById: event.personId,
          acknowledgedUntil: event.until,
          acknowledgedAt: state.acknowledgedAt ?? now,
        },
        effects: [held ? 'extended' : 'acknowledged'],
      };
    }
    case 'release':
      if (!open) return { ok: false, reason: 'already-resolved' };
      if (state.status !== 'ACKNOWLEDGED') return { ok: false, reason: 'not-acknowledged' };
      return { ok: true, state: freed(state), effects: ['released'] };
    case 'tick':
      return state.status === 'ACKNOWLEDGED' && isPast(state.acknowledgedUntil, now)
        ? { ok: true, state: freed(state), effects: ['ended'] }
        : { ok: true, state, effects: [] };
    case 'resolve':
      if (!open) return { ok: false, reason: 'already-resolved' };
      return {
        ok: true,
        state: { ...state, status: 'RESOLVED', acknowledgedUntil: null, resolvedAt: now },
        effects: ['resolved'],
      };
    case 'reopen':
      return open ? { ok: false, reason: 'not-resolved' } : { ok: true, state: reopened(state), effects: ['reopened'] };
    case 'episode': {
      if (!open && !reopens(state.resolvedAt, now)) return { ok: false, reason: 'too-late' };
      const base = open ? state : reopened(state);
      const severity = louder(base.severity, event.severity);
      const effects: IncidentEffect[] = open ? [] : ['reopened'];
      if (severity !== base.severity) effects.push('louder');
      return { ok: true, state: { ...base, severity }, effects };
    }
    default:
      return event satisfies never;
  }
}

/** Whether something that was resolved then is still the same trouble when it fires again now. */
export function reopens(resolvedAt: Date | null, now: Date): boolean {
  return resolvedAt !== null && now.getTime() - resolvedAt.getTime() <= reopenWithinMs;
}

function isPast(time: Date | null, now: Date): boolean {
  return time !== null && time.getTime() <= now.getTime();
}

function freed(state: IncidentState): IncidentState {
  return { ...state, status: 'TRIGGERED', acknowledgedById: null, acknowledgedUntil: null };
}

function reopened(state: IncidentState): IncidentState {
  return {
    ...state,
    status: 'TRIGGERED',
    acknowledgedById: null,
    acknowledgedUntil: null,
    acknowledgedAt: null,
    resolvedAt: null,
  };
}

/** A task of an incident, as far as closing the incident by itself is concerned. */
export interface TaskFacts {
  readonly finished: boolean;
  /** An approved action of it that is to run, is running, has run and is being verified, or whose outcome is unknown. */
  readonly actionInHand: boolean;
}

/** All alerts are gone: may the incident be closed by itself, or does a task's own check close it? */
export function mayCloseByItself(
  groups: { readonly total: number; readonly open: number },
  tasks: readonly TaskFacts[],
): { readonly close: boolean; readonly reason: string } {
  if (groups.total === 0) return { close: false, reason: 'opened-by-a-person' };
  if (groups.open > 0) return { close: false, reason: 'still-firing' };
  if (tasks.some((task) => !task.finished && task.actionInHand)) return { close: false, reason: 'action-in-hand' };
  return { close: true, reason: 'all-alerts-gone' };
}
