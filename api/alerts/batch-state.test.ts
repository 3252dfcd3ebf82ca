import { expect, test } from 'vitest';
import { type IncidentState, mayCloseByItself, nextIncident } from '../incidents/incident-state.ts';
import { severityOf } from './alert.ts';
import { type Episode, foldBatch, type Group, placeAlerts } from './batch-state.ts';
import { usualSettings } from './settings.ts';
import { indexSystems } from './stages/group.ts';
import { silence } from './stages/silence.ts';
import type { StoredAlert } from './stored-alert.ts';

/** Small seeded generator: the same seed tells the same story. */
function dice(seed: number): (sides: number) => number {
  let state = seed >>> 0;
  return (sides) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}

const base = Date.UTC(2026, 0, 1);
const systems = indexSystems([]);

function stored(fingerprint: string, episode: number, status: 'FIRING' | 'RESOLVED', system: string): StoredAlert {
  const labels = { alertname: `A${fingerprint.length % 2}`, service: system };
  return {
    inboxId: `${fingerprint}-${episode}-${status}`,
    source: 'test',
    groupKey: null,
    externalUrl: null,
    truncated: 0,
    alert: {
      name: labels.alertname,
      status,
      fingerprint,
      severity: 'CRITICAL',
      labels,
      annotations: {},
      generatorUrl: null,
      startsAt: new Date(base + episode * 60_000),
      endsAt: status === 'RESOLVED' ? new Date(base + episode * 60_000 + 30_000) : null,
    },
  };
}

/** What the record keeps between batches: everything, with the marks of the batch taken off. */
function kept(groups: readonly Group[], episodes: readonly Episode[]) {
  return {
    groups: groups.map((one) => ({
      ...one,
      isNew: false,
      effects: new Set<never>(),
      wantsIncident: false,
      changed: false,
    })),
    episodes: episodes.map((one) => ({ ...one, told: null, changed: false })),
  };
}

function merge<T extends { readonly id: string }>(before: readonly T[], changed: readonly T[]): T[] {
  return [...new Map([...before, ...changed].map((one) => [one.id, one])).values()];
}

test('in any order and any cut into batches no alert is lost, no count goes wrong and the same end is reached', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const roll = dice(seed);
    const events: StoredAlert[] = [];
    const told = new Map<string, { latest: number; ended: Set<number>; all: Set<number> }>();
    for (let index = 0; index < 4 + roll(12); index++) {
      const fingerprint = 'f'.repeat(1 + roll(3));
      const system = `system-${fingerprint.length % 2}`;
      const episode = roll(4);
      const status = roll(2) === 0 ? 'FIRING' : 'RESOLVED';
      events.push(stored(fingerprint, episode, status, system));
      if (roll(3) === 0) events.push(stored(fingerprint, episode, status, system));
      const facts = told.get(fingerprint) ?? { latest: -1, ended: new Set(), all: new Set() };
      facts.latest = Math.max(facts.latest, episode);
      facts.all.add(episode);
      if (status === 'RESOLVED') facts.ended.add(episode);
      told.set(fingerprint, facts);
    }
    let groups: Group[] = [];
    let episodes: Episode[] = [];
    let ids = 0;
    for (let from = 0; from < events.length; ) {
      const size = 1 + roll(5);
      const batch = events.slice(from, from + size);
      from += size;
      const clean = kept(groups, episodes);
      const result = foldBatch(batch, {
        systems,
        silences: [],
        inhibitors: [],
        rules: usualSettings,
        places: placeAlerts(batch, systems, usualSettings.grouping),
        groups: clean.groups,
        episodes: clean.episodes,
        now: new Date(base + 3_600_000),
        newId: () => `id-${++ids}`,
      });
      groups = merge(clean.groups, result.groups);
      episodes = merge(clean.episodes, result.episodes);
    }

    for (const one of groups) {
      const mine = episodes.filter((episode) => episode.groupId === one.id);
      expect(one.state.total, `seed ${seed}: total`).toBe(mine.length);
      expect(one.state.firing, `seed ${seed}: firing`).toBe(
        mine.filter((episode) => episode.status === 'FIRING').length,
      );
      expect(one.state.status === 'RESOLVED', `seed ${seed}: status`).toBe(one.state.firing === 0);
    }
    for (const [fingerprint, facts] of told) {
      const mine = episodes.filter((episode) => episode.fingerprint === fingerprint);
      expect(mine.length, `seed ${seed}: episodes`).toBe(facts.all.size);
      const firing = mine.filter((episode) => episode.status === 'FIRING').map((episode) => episode.startsAt.getTime());
      const expected = facts.ended.has(facts.latest) ? [] : [base + facts.latest * 60_000];
      expect(firing, `seed ${seed}: what fires`).toEqual(expected);
    }
    const openKeys = groups.filter((one) => one.state.status !== 'RESOLVED').map((one) => one.key);
    expect(new Set(openKeys).size, `seed ${seed}: one open group per key`).toBe(openKeys.length);
  }
});

test('an episode that is over never asks for an incident again', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const roll = dice(seed);
    const seen = [stored('f', 1, 'FIRING', 's'), stored('f', 1, 'RESOLVED', 's')];
    const facts = (batch: StoredAlert[], groups: Group[], episodes: Episode[]) =>
      foldBatch(batch, {
        ...kept(groups, episodes),
        systems,
        silences: [],
        inhibitors: [],
        rules: usualSettings,
        places: placeAlerts(batch, systems, usualSettings.grouping),
        now: new Date(base),
        newId: () => `${seed}-${Math.floor(base / 1)}-${roll(1_000_000)}`,
      });
    const first = facts(seen, [], []);
    const late = Array.from({ length: 1 + roll(4) }, () => stored('f', roll(2), 'FIRING', 's'));

    const second = facts(late, [...first.groups], [...first.episodes]);

    expect(
      second.groups.some((one) => one.wantsIncident),
      `seed ${seed}`,
    ).toBe(false);
  }
});

test('an incident is open or resolved as its events say, and a refused event changes nothing', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const roll = dice(seed);
    let state: IncidentState = {
      status: 'TRIGGERED',
      severity: 'WARNING',
      acknowledgedById: null,
      acknowledgedUntil: null,
      acknowledgedAt: null,
      resolvedAt: null,
    };
    let now = base;
    for (let step = 0; step < 30; step++) {
      now += roll(20) * 60_000;
      const at = new Date(now);
      const event = [
        { type: 'acknowledge', personId: `p${roll(2)}`, until: new Date(now + 3_600_000) } as const,
        { type: 'release' } as const,
        { type: 'tick' } as const,
        { type: 'resolve' } as const,
        { type: 'reopen' } as const,
        { type: 'episode', severity: 'CRITICAL' } as const,
      ][roll(6)];
      if (event === undefined) throw new Error('no event');
      const before = state;
      const next = nextIncident(before, event, at);
      if (!next.ok) continue;
      state = next.state;
      expect(state.status === 'RESOLVED').toBe(state.resolvedAt !== null);
      if (state.status === 'TRIGGERED') expect(state.acknowledgedUntil).toBeNull();
      if (state.status === 'ACKNOWLEDGED') expect(state.acknowledgedById).not.toBeNull();
      if (before.status === 'RESOLVED' && state.status !== 'RESOLVED') {
        expect(['reopen', 'episode']).toContain(event.type);
        if (event.type === 'episode')
          expect(now - (before.resolvedAt?.getTime() ?? 0)).toBeLessThanOrEqual(30 * 60_000);
      }
    }
  }
});

test('what closes an incident by itself: all alerts gone and no action in hand', () => {
  const gone = { total: 2, open: 0 };

  expect(mayCloseByItself(gone, [{ finished: false, actionInHand: false }]).close).toBe(true);
  expect(mayCloseByItself(gone, [{ finished: true, actionInHand: true }]).close).toBe(true);
  expect(mayCloseByItself(gone, [{ finished: false, actionInHand: true }])).toEqual({
    close: false,
    reason: 'action-in-hand',
  });
  expect(mayCloseByItself({ total: 2, open: 1 }, []).close).toBe(false);
  expect(mayCloseByItself({ total: 0, open: 0 }, []).close).toBe(false);
});

test('a silence mutes what all its matchers say, and a broken or empty one mutes nothing', () => {
  const labels = { alertname: 'Down', env: 'prod' };
  const rule = (matchers: { name: string; value: string; isRegex?: boolean; isEqual?: boolean }[]) => [
    { id: 's', matchers: matchers.map((one) => ({ isRegex: false, isEqual: true, ...one })) },
  ];

  expect(silence(labels, rule([{ name: 'alertname', value: 'D.*', isRegex: true }])).muted).toBe(true);
  expect(silence(labels, rule([{ name: 'alertname', value: 'D', isRegex: true }])).muted).toBe(false);
  expect(silence(labels, rule([{ name: 'team', value: 'x', isEqual: false }])).muted).toBe(true);
  expect(silence(labels, rule([{ name: 'alertname', value: '(', isRegex: true }])).muted).toBe(false);
  expect(silence(labels, rule([])).muted).toBe(false);
});

test.each([
  ['page', 'CRITICAL'],
  ['Fatal', 'CRITICAL'],
  ['major', 'HIGH'],
  [' warn ', 'WARNING'],
  ['debug', 'INFO'],
  ['constructor', 'UNKNOWN'],
  [null, 'UNKNOWN'],
])('severity %s is %s', (word, expected) => {
  expect(severityOf(word)).toBe(expected);
});
