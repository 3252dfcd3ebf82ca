import { louder, type Severity } from '../incidents/severity-rules.ts';
import { type FlapRules, heldUntil, withRestart } from './flap-rules.ts';

/** How a group of alerts stands. `firing` counts the episodes that fire now, `total` all there ever were. */
export interface GroupState {
  readonly status: 'PENDING' | 'FIRING' | 'FLAPPING' | 'SILENCED' | 'RESOLVED';
  readonly severity: Severity;
  readonly firing: number;
  readonly total: number;
  readonly startedAt: Date;
  readonly lastSeenAt: Date;
  readonly resolvedAt: Date | null;
  /** Why all that fires in it is told to nobody; null when something fires that people should know of. */
  readonly mutedBy: string | null;
  /** When conditions in it began again, in ms, oldest first. */
  readonly restarts: readonly number[];
  readonly pendingUntil: Date | null;
  readonly heldUntil: Date | null;
}

/** `superseded` counts earlier episodes that end because this one began; `restart` is when a condition is now known to have begun again. */
export type GroupEvent =
  | {
      readonly type: 'fired';
      readonly severity: Severity;
      readonly startsAt: Date;
      readonly mutedBy: string | null;
      readonly superseded: number;
      readonly restart: Date | null;
    }
  | { readonly type: 'resolved' }
  | { readonly type: 'over'; readonly severity: Severity; readonly startsAt: Date; readonly restart: Date | null }
  | { readonly type: 'none' }
  /** Time has passed: a wait, a hold or a mute may be over. `mutedBy` is judged afresh for what fires now. */
  | { readonly type: 'tick'; readonly mutedBy: string | null };

export type GroupEffect = 'opened' | 'reopened' | 'fired' | 'louder' | 'held' | 'stable' | 'told' | 'resolved';

export interface GroupStep {
  readonly state: GroupState;
  readonly effects: readonly GroupEffect[];
}

/** What the machine is tuned by. */
export interface GroupRules {
  readonly pendingMs: number;
  readonly flapping: FlapRules;
}

/** Applies one event to a group; null is a group that does not exist yet. Counts are never lost and never below zero. */
export function nextGroup(before: GroupState | null, event: GroupEvent, now: Date, rules: GroupRules): GroupStep {
  switch (event.type) {
    case 'fired':
      return fire(before, event, now, rules);
    case 'resolved': {
      if (before === null) throw new RangeError('An episode of no group cannot end.');
      return settled(before, { ...before, firing: Math.max(0, before.firing - 1), lastSeenAt: now }, [], now, rules);
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
              mutedBy: null,
              restarts: [],
              pendingUntil: null,
              heldUntil: null,
            },
            effects: [],
          }
        : settled(
            before,
            {
              ...before,
              total: before.total + 1,
              lastSeenAt: now,
              restarts: event.restart === null ? before.restarts : withRestart(before.restarts, event.restart),
            },
            [],
            now,
            rules,
          );
    case 'none': {
      if (before === null) throw new RangeError('A repeat has a group.');
      return { state: { ...before, lastSeenAt: now }, effects: [] };
    }
    case 'tick': {
      if (before === null) throw new RangeError('Time passes for groups that exist.');
      return settled(before, { ...before, mutedBy: before.firing === 0 ? null : event.mutedBy }, [], now, rules);
    }
    default:
      return event satisfies never;
  }
}

/** When time alone will change this group; null: never. */
export function dueAt(state: GroupState): Date | null {
  if (state.status === 'PENDING') return state.pendingUntil;
  return state.status === 'FLAPPING' ? state.heldUntil : null;
}

function fire(
  before: GroupState | null,
  event: Extract<GroupEvent, { type: 'fired' }>,
  now: Date,
  rules: GroupRules,
): GroupStep {
  const restarts =
    event.restart === null ? (before?.restarts ?? []) : withRestart(before?.restarts ?? [], event.restart);
  if (before === null || before.status === 'RESOLVED')
    return settled(
      before,
      {
        status: 'FIRING',
        severity: event.severity,
        firing: 1,
        total: (before?.total ?? 0) + 1,
        startedAt: before?.startedAt ?? event.startsAt,
        lastSeenAt: now,
        resolvedAt: null,
        mutedBy: event.mutedBy,
        restarts,
        pendingUntil: rules.pendingMs === 0 ? null : new Date(now.getTime() + rules.pendingMs),
        heldUntil: before?.heldUntil ?? null,
      },
      [before === null ? 'opened' : 'reopened', 'fired'],
      now,
      rules,
    );
  const severity = louder(before.severity, event.severity);
  return settled(
    before,
    {
      ...before,
      severity,
      firing: Math.max(0, before.firing - event.superseded) + 1,
      total: before.total + 1,
      startedAt: event.startsAt < before.startedAt ? event.startsAt : before.startedAt,
      lastSeenAt: now,
      mutedBy: event.mutedBy === null ? null : before.firing === 0 ? event.mutedBy : before.mutedBy,
      restarts,
    },
    severity === before.severity ? ['fired'] : ['fired', 'louder'],
    now,
    rules,
  );
}

/** The status follows from the facts: what fires, whether it is muted, waits or flaps. */
function settled(
  before: GroupState | null,
  facts: GroupState,
  effects: readonly GroupEffect[],
  now: Date,
  rules: GroupRules,
): GroupStep {
  const until = heldUntil(facts.restarts, rules.flapping, now);
  const held = until !== null && until > now.getTime();
  const waits = facts.pendingUntil !== null && facts.pendingUntil.getTime() > now.getTime();
  const was = before?.status ?? 'RESOLVED';
  const status = (): GroupState['status'] => {
    // What nobody was told of simply ends; what people see is held until it is quiet.
    if (facts.firing === 0) return held && (was === 'FIRING' || was === 'FLAPPING') ? 'FLAPPING' : 'RESOLVED';
    if (facts.mutedBy !== null) return 'SILENCED';
    if (waits) return 'PENDING';
    return held ? 'FLAPPING' : 'FIRING';
  };
  const next = status();
  const more: GroupEffect[] = [];
  const hidden = was === 'PENDING' || was === 'SILENCED';
  if ((next === 'FIRING' || next === 'FLAPPING') && hidden) more.push('told');
  if (next === 'FLAPPING' && was !== 'FLAPPING') more.push('held');
  if (next === 'FIRING' && was === 'FLAPPING') more.push('stable');
  if (next === 'RESOLVED' && was !== 'RESOLVED') more.push('resolved');
  return {
    state: {
      ...facts,
      status: next,
      heldUntil: until === null ? null : new Date(until),
      pendingUntil: next === 'PENDING' ? facts.pendingUntil : null,
      ...(next === 'RESOLVED'
        ? { resolvedAt: was === 'RESOLVED' ? (facts.resolvedAt ?? now) : now }
        : { resolvedAt: null }),
    },
    effects: [...effects, ...more],
  };
}
