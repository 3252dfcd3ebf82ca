import type { Severity } from '../incidents/severity-rules.ts';
import { type GroupEffect, type GroupEvent, type GroupRules, type GroupState, nextGroup } from './group-state.ts';
import { dedupe } from './stages/dedupe.ts';
import { type GroupingRules, group, type Place, type SystemIndex } from './stages/group.ts';
import { type Firing, type InhibitionRule, inhibit } from './stages/inhibit.ts';
import { route } from './stages/route.ts';
import { type SilenceRule, silence } from './stages/silence.ts';
import type { StoredAlert } from './stored-alert.ts';

/** An episode as the record has it, or as this batch makes it. */
export interface Episode {
  readonly id: string;
  readonly groupId: string;
  readonly source: string;
  readonly fingerprint: string;
  readonly startsAt: Date;
  status: 'FIRING' | 'RESOLVED';
  endsAt: Date | null;
  severity: Severity;
  /** The alert that told of it, when this batch did; without it only status and end have changed. */
  told: StoredAlert | null;
  changed: boolean;
}

/** A group as the record has it, or as this batch makes it. */
export interface Group {
  readonly id: string;
  readonly key: string;
  readonly place: Place;
  readonly source: string;
  readonly title: string;
  readonly isNew: boolean;
  state: GroupState;
  commonLabels: Readonly<Record<string, string>>;
  /** The newest alert that speaks for it. */
  voice: StoredAlert | null;
  incidentId: string | null;
  readonly effects: Set<GroupEffect>;
  /** A new episode fires that people should know of. */
  wantsIncident: boolean;
  changed: boolean;
}

/** Everything the stages need, fetched once for the batch. */
export interface BatchFacts {
  readonly systems: SystemIndex;
  readonly silences: readonly SilenceRule[];
  readonly places: ReadonlyMap<StoredAlert, Place>;
  readonly episodes: readonly Episode[];
  readonly groups: readonly Group[];
  /** What fires elsewhere and may inhibit by a rule. */
  readonly inhibitors: readonly Firing[];
  readonly rules: BatchRules;
  readonly now: Date;
  readonly newId: () => string;
}

/** The part of the settings the fold goes by. */
export interface BatchRules extends GroupRules {
  readonly grouping: GroupingRules;
  readonly inhibition: readonly InhibitionRule[];
}

/** The batch after all stages: what is to be stored. */
export interface BatchResult {
  readonly groups: readonly Group[];
  readonly episodes: readonly Episode[];
}

/** Where each alert belongs; needed before anything is locked or fetched. */
export function placeAlerts(
  alerts: readonly StoredAlert[],
  systems: SystemIndex,
  rules: GroupingRules,
): Map<StoredAlert, Place> {
  return new Map(alerts.map((one) => [one, group(one.source, one.alert, systems, rules)]));
}

/** Runs the alerts through the stages: group, dedupe, silence, inhibit, route, and the state of their group. */
export function foldBatch(alerts: readonly StoredAlert[], facts: BatchFacts): BatchResult {
  const groupsById = new Map(facts.groups.map((one) => [one.id, one]));
  const groupsByKey = new Map(facts.groups.map((one) => [one.key, one]));
  const episodes = new Map<string, Episode[]>();
  for (const one of facts.episodes) push(episodes, conditionOf(one), one);
  const firing = firingNow(facts);

  for (const stored of alerts) {
    const { alert, source } = stored;
    const place = facts.places.get(stored);
    if (place === undefined) throw new RangeError('Every alert of the batch has its place.');
    const known = episodes.get(conditionOf({ source, fingerprint: alert.fingerprint })) ?? [];
    const same = known.find((one) => one.startsAt.getTime() === alert.startsAt.getTime());
    const earlier = known.filter((one) => one.status === 'FIRING' && one.startsAt < alert.startsAt);
    const { change } = dedupe(alert.status, {
      same: same?.status ?? null,
      laterExists: known.some((one) => one.startsAt > alert.startsAt),
      earlierFiring: earlier.length,
    });
    const home = same === undefined ? groupsByKey.get(place.groupKey) : groupsById.get(same.groupId);
    if (change === 'none') {
      if (home !== undefined) apply(home, { type: 'none' }, facts);
      continue;
    }
    if (change === 'resolved') {
      if (same === undefined || home === undefined) throw new RangeError('An episode that ends has its group.');
      same.status = 'RESOLVED';
      same.endsAt = alert.endsAt ?? facts.now;
      same.changed = true;
      apply(home, { type: 'resolved' }, facts);
      continue;
    }
    const speaks = { scope: place.scope, name: alert.name, severity: alert.severity, labels: alert.labels };
    const mutedBy = whyMuted(speaks, facts.silences, firing, facts.rules.inhibition);
    const told = route({ severity: alert.severity, mutedBy });
    const event = eventOf(change, stored, mutedBy, {
      superseded: earlier.filter((one) => one.groupId === home?.id).length,
      restart: restartOf(known, alert.startsAt),
    });
    const target = home ?? begin(stored, place, event, facts);
    if (home === undefined) {
      groupsById.set(target.id, target);
      groupsByKey.set(target.key, target);
    } else apply(home, event, facts);
    endEarlier(earlier, change === 'fired' ? target : null, groupsById, alert.startsAt, facts);
    target.commonLabels = home === undefined ? alert.labels : common(target.commonLabels, alert.labels);
    target.voice = stored;
    if (change === 'fired') {
      // A group that still waits is told when its time is up.
      target.wantsIncident ||= told.incident && target.state.status !== 'PENDING';
      firing.push(speaks);
    }
    push(episodes, conditionOf({ source, fingerprint: alert.fingerprint }), {
      id: facts.newId(),
      groupId: target.id,
      source,
      fingerprint: alert.fingerprint,
      startsAt: alert.startsAt,
      status: change === 'fired' ? 'FIRING' : 'RESOLVED',
      endsAt: change === 'fired' ? null : (alert.endsAt ?? facts.now),
      severity: alert.severity,
      told: stored,
      changed: true,
    });
  }
  return {
    groups: [...groupsById.values()].filter((one) => one.changed),
    episodes: [...episodes.values()].flat().filter((one) => one.changed),
  };
}

/** Why an alert that fires is told to nobody: a person's silence, or another alert; null when people should know. */
export function whyMuted(
  alert: Firing,
  silences: readonly SilenceRule[],
  firing: readonly Firing[],
  inhibition: readonly InhibitionRule[],
): string | null {
  const silenced = silence(alert.labels, silences);
  if (silenced.muted) return silenced.reason;
  const inhibited = inhibit(alert, firing, inhibition);
  return inhibited.muted ? inhibited.reason : null;
}

/** When, by this start, a condition is now known to have begun again; the earliest of its starts is none. */
function restartOf(known: readonly Episode[], startsAt: Date): Date | null {
  const first = known.reduce<Date | null>(
    (min, one) => (min === null || one.startsAt < min ? one.startsAt : min),
    null,
  );
  if (first === null) return null;
  return startsAt < first ? first : startsAt;
}

function eventOf(
  change: 'fired' | 'over',
  stored: StoredAlert,
  mutedBy: string | null,
  facts: { readonly superseded: number; readonly restart: Date | null },
): GroupEvent {
  const { severity, startsAt } = stored.alert;
  return change === 'fired'
    ? { type: 'fired', severity, startsAt, mutedBy, ...facts }
    : { type: 'over', severity, startsAt, restart: facts.restart };
}

function begin(stored: StoredAlert, place: Place, event: GroupEvent, facts: BatchFacts): Group {
  const { state, effects } = nextGroup(null, event, facts.now, facts.rules);
  return {
    id: facts.newId(),
    key: place.groupKey,
    place,
    source: stored.source,
    title: stored.alert.name,
    isNew: true,
    state,
    commonLabels: stored.alert.labels,
    voice: stored,
    incidentId: null,
    effects: new Set(effects),
    wantsIncident: false,
    changed: true,
  };
}

/** Applies one event to a group of the batch. */
export function apply(target: Group, event: GroupEvent, facts: Pick<BatchFacts, 'now' | 'rules'>): void {
  const { state, effects } = nextGroup(target.state, event, facts.now, facts.rules);
  target.state = state;
  target.changed = true;
  for (const effect of effects) target.effects.add(effect);
}

/** One condition fires once: a later start means the earlier episode has ended, told or not. `counted` has its end in its own event. */
function endEarlier(
  earlier: readonly Episode[],
  counted: Group | null,
  groups: ReadonlyMap<string, Group>,
  startsAt: Date,
  facts: Pick<BatchFacts, 'now' | 'rules'>,
): void {
  for (const one of earlier) {
    one.status = 'RESOLVED';
    one.endsAt = startsAt;
    one.changed = true;
    const its = groups.get(one.groupId);
    if (its !== undefined && its !== counted) apply(its, { type: 'resolved' }, facts);
  }
}

function firingNow(facts: BatchFacts): Firing[] {
  const here = facts.groups
    .filter((one) => one.state.firing > 0 && one.state.mutedBy === null)
    .map((one) => ({
      scope: one.place.scope,
      name: one.title,
      severity: one.state.severity,
      labels: { alertname: one.title, ...one.commonLabels },
    }));
  return [...here, ...facts.inhibitors];
}

function conditionOf(one: { readonly source: string; readonly fingerprint: string }): string {
  return `${one.source}\n${one.fingerprint}`;
}

function common(
  one: Readonly<Record<string, string>>,
  other: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(one).filter(([key, value]) => Object.hasOwn(other, key) && other[key] === value),
  );
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
