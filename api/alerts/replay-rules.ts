import { type IncidentState, nextIncident } from '../incidents/incident-state.ts';
import { apply, type Group } from './batch-state.ts';
import { dueAt } from './group-state.ts';
import { emptyMemory, forgotMarks, type MachineMemory, stepMachine } from './machine.ts';
import type { AlertSettings } from './settings.ts';
import type { SystemIndex } from './stages/group.ts';
import { route } from './stages/route.ts';
import type { StoredAlert } from './stored-alert.ts';
import { beginsStorm, grownStorm, isStormOver, ownThreads, type StormState, startStorm } from './storm-state.ts';

/** One recorded moment: what came in then. */
export interface RecordedBatch {
  readonly at: Date;
  readonly alerts: readonly StoredAlert[];
}

/** What people would have seen at one moment. */
export interface ReplayLine {
  readonly at: Date;
  readonly what: string;
}

/** What the machine would have done. */
export interface ReplayResult {
  readonly alerts: number;
  readonly episodes: number;
  readonly groups: number;
  readonly opened: number;
  readonly reopened: number;
  readonly closed: number;
  readonly storms: number;
  /** Groups gathered in storms instead of threads of their own. */
  readonly gathered: number;
  readonly held: number;
  /** Groups that ended while they waited, and were told to nobody. */
  readonly neverTold: number;
  readonly muted: number;
  readonly lines: readonly ReplayLine[];
}

interface Thread {
  readonly name: string;
  state: IncidentState;
  readonly createdAt: Date;
  readonly members: Set<string>;
}

/**
 * Runs a recorded stream through the same pure machine the product uses, with the given settings: groups, waits, holds, threads and
 * storms of one channel. People, silences of the time and systems' dependencies are left out.
 */
export function replayAlerts(
  recorded: readonly RecordedBatch[],
  settings: AlertSettings,
  systems: SystemIndex,
): ReplayResult {
  let memory: MachineMemory = emptyMemory;
  let ids = 0;
  const threads = new Map<string, Thread>();
  const lines: ReplayLine[] = [];
  const seen = new Set<string>();
  const counts = {
    alerts: 0,
    opened: 0,
    reopened: 0,
    closed: 0,
    storms: 0,
    gathered: 0,
    held: 0,
    neverTold: 0,
    muted: 0,
  };
  let storm: StormState | null = null;
  const inStorm = new Set<string>();
  const say = (at: Date, what: string) => void lines.push({ at, what });

  const settle = (at: Date, changed: readonly Group[]) => {
    const wanting = changed.filter((one) => one.wantsIncident);
    const fresh: Group[] = [];
    for (const group of wanting) {
      const thread = threads.get(group.place.scope);
      if (inStorm.has(group.id)) continue;
      if (thread !== undefined && thread.state.status !== 'RESOLVED') {
        const step = nextIncident(thread.state, { type: 'episode', severity: group.state.severity }, at);
        if (step.ok) thread.state = step.state;
        if (step.ok && step.effects.includes('louder'))
          say(at, `${thread.name}: severity raised to ${step.state.severity}`);
        if (!thread.members.has(group.id)) say(at, `${thread.name}: joined by ${group.title}`);
        thread.members.add(group.id);
      } else fresh.push(group);
    }
    const scopes = Map.groupBy(fresh, (one) => one.place.scope);
    const active: boolean = storm !== null && storm.endedAt === null;
    const recent = [...threads.values()].filter(
      (one) => at.getTime() - one.createdAt.getTime() < settings.storm.withinMs,
    );
    if (scopes.size > 0 && (active || beginsStorm(recent.length, scopes.size, settings.storm))) {
      const places = [...scopes.values()].map((members) => ({
        members,
        severity: members[0]?.state.severity ?? ('UNKNOWN' as const),
        startedAt: members[0]?.state.startedAt ?? at,
      }));
      const own = ownThreads(places, storm?.ownThreads ?? 0, settings.storm);
      if (!active) {
        counts.storms += 1;
        say(at, `storm begins: ${recent.length + scopes.size} threads within the time`);
      }
      storm = active && storm !== null ? grownStorm(storm, own.length, at) : startStorm(storm, own.length, at);
      for (const place of places) {
        if (own.includes(place)) continue;
        for (const one of place.members) inStorm.add(one.id);
        counts.gathered += place.members.length;
        scopes.delete(place.members[0]?.place.scope ?? '');
      }
    }
    for (const [scope, members] of scopes) open(at, scope, members);
    for (const group of changed) {
      if (group.effects.has('held')) {
        counts.held += 1;
        say(at, `${group.title} flaps, held until ${group.state.heldUntil?.toISOString() ?? '?'}`);
      }
      if (group.effects.has('stable')) say(at, `${group.title} no longer flaps and still fires`);
      if (group.state.status === 'SILENCED' && group.effects.has('fired')) counts.muted += 1;
      if (group.effects.has('resolved') && !inStorm.has(group.id)) {
        const thread = threads.get(group.place.scope);
        if (thread === undefined || !thread.members.has(group.id))
          counts.neverTold += group.state.severity === 'INFO' ? 0 : 1;
      }
    }
    for (const thread of threads.values()) {
      if (thread.state.status === 'RESOLVED') continue;
      const members = memory.groups.filter((one) => thread.members.has(one.id));
      if (members.length === 0 || members.some((one) => one.state.status !== 'RESOLVED')) continue;
      const step = nextIncident(thread.state, { type: 'resolve' }, at);
      if (!step.ok) continue;
      thread.state = step.state;
      counts.closed += 1;
      say(at, `${thread.name}: closed, all alerts ended`);
    }
  };

  const open = (at: Date, scope: string, members: readonly Group[]) => {
    const [first] = members;
    if (first === undefined) return;
    const before = threads.get(scope);
    const step =
      before === undefined ? null : nextIncident(before.state, { type: 'episode', severity: first.state.severity }, at);
    if (before !== undefined && step?.ok === true) {
      before.state = step.state;
      for (const one of members) before.members.add(one.id);
      counts.reopened += 1;
      say(at, `${before.name}: reopened by ${first.title}`);
      return;
    }
    const name = `thread ${counts.opened + 1} (${first.title}${first.place.subject === null ? '' : ` · ${first.place.subject}`})`;
    threads.set(scope, {
      name,
      createdAt: at,
      members: new Set(members.map((one) => one.id)),
      state: {
        status: 'TRIGGERED',
        severity: first.state.severity,
        acknowledgedById: null,
        acknowledgedUntil: null,
        acknowledgedAt: null,
        resolvedAt: null,
      },
    });
    counts.opened += 1;
    say(at, `${name}: opened, ${first.state.severity}`);
  };

  /** Lets time pass up to a moment: waits and holds that end before it. */
  const passTime = (until: Date) => {
    for (;;) {
      const due = memory.groups
        .flatMap((one) => {
          const at = dueAt(one.state);
          return at === null ? [] : [at.getTime()];
        })
        .sort((one, other) => one - other)[0];
      const quiet: number =
        storm !== null && storm.endedAt === null
          ? Date.parse(storm.lastNewAt) + settings.storm.quietMs
          : Number.POSITIVE_INFINITY;
      const next = Math.min(due ?? Number.POSITIVE_INFINITY, quiet);
      if (next > until.getTime()) return;
      const at = new Date(next);
      if (storm !== null && isStormOver(storm, at, settings.storm)) {
        storm = { ...storm, endedAt: at.toISOString() };
        say(at, `storm ends: ${counts.gathered} groups were gathered`);
      }
      const clean = forgotMarks(memory);
      const changed: Group[] = [];
      for (const group of clean.groups) {
        const when = dueAt(group.state);
        if (when === null || when > at) continue;
        apply(group, { type: 'tick', mutedBy: group.state.mutedBy }, { now: at, rules: settings });
        group.wantsIncident =
          group.effects.has('told') && route({ severity: group.state.severity, mutedBy: null }).incident;
        changed.push(group);
      }
      memory = clean;
      settle(at, changed);
    }
  };

  for (const { at, alerts } of recorded) {
    passTime(at);
    counts.alerts += alerts.length;
    for (const one of alerts) seen.add(`${one.source}:${one.alert.fingerprint}:${one.alert.startsAt.getTime()}`);
    const step = stepMachine(memory, alerts, {
      systems,
      silences: [],
      settings,
      now: at,
      newId: () => `g${++ids}`,
    });
    memory = step.memory;
    settle(at, step.changed);
  }
  const last = recorded.at(-1)?.at;
  if (last !== undefined) passTime(new Date(last.getTime() + 24 * 3_600_000));
  return { ...counts, episodes: seen.size, groups: memory.groups.length, lines };
}
