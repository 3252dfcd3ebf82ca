import fc from 'fast-check';
import { expect, test } from 'vitest';
import { apply } from './batch-state.ts';
import { heldUntil, withRestart } from './flap-rules.ts';
import { emptyMemory, forgotMarks, type MachineMemory, stepMachine } from './machine.ts';
import { readAlertSettings, usualSettings } from './settings.ts';
import { indexSystems } from './stages/group.ts';
import { inhibit } from './stages/inhibit.ts';
import type { StoredAlert } from './stored-alert.ts';

const base = Date.UTC(2026, 0, 1);
const minute = 60_000;
const systems = indexSystems([]);
/** Long after the last event, so that no hold is left by accident. */
const now = new Date(base + 24 * 60 * minute);

interface Told {
  readonly condition: number;
  readonly episode: number;
  readonly status: 'FIRING' | 'RESOLVED';
}

function stored({ condition, episode, status }: Told): StoredAlert {
  const labels = { alertname: `A${condition % 2}`, service: `s${condition % 3}`, pod: `p${condition}` };
  const startsAt = new Date(base + episode * 2 * minute);
  return {
    inboxId: `${condition}-${episode}-${status}`,
    source: 'test',
    groupKey: null,
    externalUrl: null,
    truncated: 0,
    alert: {
      name: labels.alertname,
      status,
      fingerprint: `f${condition}`,
      severity: 'CRITICAL',
      labels,
      annotations: {},
      generatorUrl: null,
      startsAt,
      endsAt: status === 'RESOLVED' ? new Date(startsAt.getTime() + minute) : null,
    },
  };
}

const told = fc.record({
  condition: fc.nat(5),
  episode: fc.nat(5),
  status: fc.constantFrom('FIRING' as const, 'RESOLVED' as const),
});
const stream = fc.array(told, { minLength: 1, maxLength: 40 });

/** Feeds a stream in batches of the given sizes. */
function run(events: readonly Told[], sizes: readonly number[]): MachineMemory {
  let memory = emptyMemory;
  let ids = 0;
  let turn = 0;
  for (let from = 0; from < events.length; turn++) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1);
    const batch = events.slice(from, from + size).map(stored);
    from += size;
    memory = stepMachine(memory, batch, {
      systems,
      silences: [],
      settings: usualSettings,
      now,
      newId: () => `id-${++ids}`,
    }).memory;
  }
  return memory;
}

/** What must not depend on the order: per key what fires, how many there were, whether it is open, and when it flapped. */
function summary(memory: MachineMemory) {
  const keys = [...new Set(memory.groups.map((one) => one.key))].sort();
  return keys.map((key) => {
    const groups = memory.groups.filter((one) => one.key === key);
    const ids = new Set(groups.map((one) => one.id));
    const episodes = memory.episodes.filter((one) => ids.has(one.groupId));
    return {
      key,
      firing: episodes
        .filter((one) => one.status === 'FIRING')
        .map((one) => `${one.fingerprint}@${one.startsAt.toISOString()}`)
        .sort(),
      total: episodes.length,
      open: groups.some((one) => one.state.status !== 'RESOLVED'),
      restarts: [...new Set(groups.flatMap((one) => one.state.restarts))].sort(),
    };
  });
}

test('permutations, repeats and any cut into batches of a stream end in the same state', () => {
  fc.assert(
    fc.property(
      stream,
      fc.infiniteStream(fc.nat()),
      fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 }),
      (events, order, sizes) => {
        const unique = [...new Map(events.map((one) => [stored(one).inboxId, one])).values()];
        const shuffled = [...events, ...events.slice(0, Math.ceil(events.length / 2))]
          .map((one) => ({ one, at: order.next().value ?? 0 }))
          .sort((one, other) => one.at - other.at)
          .map(({ one }) => one);

        expect(summary(run(shuffled, sizes))).toEqual(summary(run(unique, [1])));
      },
    ),
    { numRuns: 300 },
  );
});

test('no alert is lost, no count goes wrong, and a key has at most one open group', () => {
  fc.assert(
    fc.property(stream, fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 }), (events, sizes) => {
      const memory = run(events, sizes);

      const told = new Set(events.map(({ condition, episode }) => `f${condition}@${episode}`));
      expect(memory.episodes).toHaveLength(told.size);
      for (const one of memory.groups) {
        const mine = memory.episodes.filter((episode) => episode.groupId === one.id);
        expect(one.state.total).toBe(mine.length);
        expect(one.state.firing).toBe(mine.filter((episode) => episode.status === 'FIRING').length);
        if (one.state.firing > 0) expect(one.state.status).not.toBe('RESOLVED');
      }
      const open = memory.groups.filter((one) => one.state.status !== 'RESOLVED').map((one) => one.key);
      expect(new Set(open).size).toBe(open.length);
      for (const condition of new Set(events.map((one) => one.condition))) {
        const mine = events.filter((one) => one.condition === condition);
        const latest = Math.max(...mine.map((one) => one.episode));
        const ended = mine.some((one) => one.episode === latest && one.status === 'RESOLVED');
        const firing = memory.episodes.filter((one) => one.fingerprint === `f${condition}` && one.status === 'FIRING');
        expect(firing.map((one) => one.startsAt.getTime())).toEqual(ended ? [] : [base + latest * 2 * minute]);
      }
    }),
    { numRuns: 300 },
  );
});

test('the holds of restarts depend on their set, never shrink by another restart, and have an upper end', () => {
  const rules = usualSettings.flapping;
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 120 }), { minLength: 1, maxLength: 25 }), (minutes) => {
      const add = (list: readonly number[]) =>
        list.reduce<readonly number[]>((all, at) => withRestart(all, new Date(base + at * minute)), []);
      const sorted = add([...minutes].sort((one, other) => one - other));

      expect(add([...minutes].reverse())).toEqual(sorted);
      const held = heldUntil(sorted, rules, now);
      const last = sorted.at(-1) ?? 0;
      if (held !== null) expect(held - last).toBeLessThanOrEqual(rules.longestHoldMs);
      const more = heldUntil(withRestart(sorted, new Date(last + minute)), rules, now);
      if (held !== null && more !== null) expect(more).toBeGreaterThanOrEqual(held);
    }),
  );
});

const flow = (steps: readonly (readonly [minutes: number, status: 'FIRING' | 'RESOLVED', episode: number])[]) => {
  let memory = emptyMemory;
  const seen: string[] = [];
  let ids = 0;
  for (const [minutes, status, episode] of steps) {
    const at = new Date(base + minutes * minute);
    const one = stored({ condition: 0, episode: 0, status });
    const startsAt = new Date(base + episode * minute);
    const step = stepMachine(
      memory,
      [{ ...one, alert: { ...one.alert, startsAt, endsAt: status === 'RESOLVED' ? at : null } }],
      {
        systems,
        silences: [],
        settings: usualSettings,
        now: at,
        newId: () => `id-${++ids}`,
      },
    );
    memory = step.memory;
    seen.push(memory.groups.map((group) => group.state.status).join());
  }
  return { memory, seen };
};

test('what comes and goes is held as flapping and ends only after it has been quiet', () => {
  const { memory, seen } = flow([
    [0, 'FIRING', 0],
    [1, 'RESOLVED', 0],
    [2, 'FIRING', 2],
    [3, 'RESOLVED', 2],
    [4, 'FIRING', 4],
    [5, 'RESOLVED', 4],
    [6, 'FIRING', 6],
    [7, 'RESOLVED', 6],
  ]);
  expect(seen).toEqual(['FIRING', 'RESOLVED', 'FIRING', 'RESOLVED', 'FLAPPING', 'FLAPPING', 'FLAPPING', 'FLAPPING']);
  const [group] = forgotMarks(memory).groups;
  if (group === undefined) throw new Error('there is a group');
  // The second restart within the hold doubled it: from 06:00 ten minutes.
  expect(group.state.heldUntil).toEqual(new Date(base + 16 * minute));

  apply(group, { type: 'tick', mutedBy: null }, { now: new Date(base + 15 * minute), rules: usualSettings });
  expect(group.state.status).toBe('FLAPPING');
  apply(group, { type: 'tick', mutedBy: null }, { now: new Date(base + 16 * minute), rules: usualSettings });
  expect([group.state.status, [...group.effects]]).toEqual(['RESOLVED', ['resolved']]);
});

test('a group that waits and ends within its wait is never told; one that stays is told when the time is up', () => {
  const settings = readAlertSettings('pending: PT2M');
  const facts = (minutes: number) => ({
    systems,
    silences: [],
    settings,
    now: new Date(base + minutes * minute),
    newId: () => `id-${minutes}-${Math.floor(minutes * 1e6)}`,
  });
  const fired = stepMachine(emptyMemory, [stored({ condition: 0, episode: 0, status: 'FIRING' })], facts(0));
  expect(fired.changed.map((one) => [one.state.status, one.wantsIncident])).toEqual([['PENDING', false]]);

  const ended = stepMachine(fired.memory, [stored({ condition: 0, episode: 0, status: 'RESOLVED' })], facts(1));
  expect(ended.changed.map((one) => [one.state.status, one.wantsIncident])).toEqual([['RESOLVED', false]]);

  const [group] = forgotMarks(fired.memory).groups;
  if (group === undefined) throw new Error('there is a group');
  apply(group, { type: 'tick', mutedBy: null }, { now: new Date(base + 2 * minute), rules: settings });
  expect([group.state.status, [...group.effects]]).toEqual(['FIRING', ['told']]);
});

test('a label that both alerts lack does not count as equal, and an alert never mutes itself', () => {
  const rules = readAlertSettings(`
inhibition:
  - source: { alertname: NodeDown }
    target: { severity: warning }
    equal: [node]
  - source: { severity: { regex: 'warning|critical' } }
    target: { alertname: NodeDown }
`).inhibition;
  const one = (name: string, labels: Record<string, string>, severity: 'CRITICAL' | 'WARNING') => ({
    scope: name,
    name,
    severity,
    labels: { alertname: name, severity: severity.toLowerCase(), ...labels },
  });
  const down = one('NodeDown', { node: 'n1' }, 'CRITICAL');

  expect(inhibit(one('Slow', { node: 'n1' }, 'WARNING'), [down], rules).muted).toBe(true);
  expect(inhibit(one('Slow', { node: 'n2' }, 'WARNING'), [down], rules).muted).toBe(false);
  expect(inhibit(one('Slow', {}, 'WARNING'), [one('NodeDown', {}, 'CRITICAL')], rules).muted).toBe(false);
  expect(inhibit(down, [down, one('Slow', { node: 'n1' }, 'WARNING')], rules).muted).toBe(false);
});

test('settings name every wrong part', () => {
  expect(() => readAlertSettings('flapping: { restarts: 0, hold: soon }\nstorms: {}')).toThrow(
    /flapping\.restarts[\s\S]*flapping\.hold[\s\S]*storms/,
  );
});
