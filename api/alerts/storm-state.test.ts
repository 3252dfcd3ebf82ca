import fc from 'fast-check';
import { expect, test } from 'vitest';
import { usualSettings } from './settings.ts';
import { isStormOver, likelyCause, ownThreads, type StormGroup, startStorm, upstreamOf } from './storm-state.ts';

const base = Date.UTC(2026, 0, 1);
const group = (title: string, labels: Record<string, string>, at = 0, system: string | null = null): StormGroup => ({
  title,
  severity: 'WARNING',
  startedAt: new Date(base + at * 1_000),
  labels,
  system,
});

test('the label most groups share is the likely cause, the narrower of two that share equally', () => {
  const groups = [
    group('PodNotReady', { cluster: 'prod', node: 'n3', severity: 'critical' }, 5),
    group('TargetDown', { cluster: 'prod', node: 'n3' }, 3),
    group('Slow', { cluster: 'prod', node: 'n3' }, 4),
    group('Other', { node: 'n7' }, 1),
  ];
  expect(likelyCause(groups, new Map())).toEqual({ kind: 'label', name: 'node', value: 'n3', groups: 3, of: 4 });
});

test('without a shared label the first alert is named, and says that it is only the first', () => {
  const groups = [group('B', { a: '1' }, 9), group('A', { b: '2' }, 2), group('C', { c: '3' }, 5)];
  expect(likelyCause(groups, new Map())).toMatchObject({ kind: 'first', value: 'A', groups: 1, of: 3 });
  expect(likelyCause([], new Map())).toBeNull();
});

test('a system that the others depend on comes before any label', () => {
  const dependsOn = new Map([
    ['web', ['api']],
    ['api', ['db']],
    ['db', ['web']],
  ]);
  const groups = [
    group('Slow', { cluster: 'prod' }, 1, 'web'),
    group('Errors', { cluster: 'prod' }, 2, 'api'),
    group('Down', { cluster: 'prod' }, 3, 'billing'),
  ];
  expect(likelyCause(groups, new Map([['web', ['api']]]))).toMatchObject({ kind: 'system', value: 'api', groups: 2 });
  expect([...upstreamOf('web', dependsOn)].sort()).toEqual(['api', 'db']);
});

test('at most three critical groups keep their own thread, the earliest ones, whatever arrives', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ critical: fc.boolean(), at: fc.nat(1000) }), { maxLength: 50 }),
      fc.nat(5),
      (shapes, used) => {
        const groups = shapes.map((one) => ({
          severity: one.critical ? ('CRITICAL' as const) : ('WARNING' as const),
          startedAt: new Date(base + one.at),
        }));
        const own = ownThreads(groups, used, usualSettings.storm);

        expect(own.length).toBeLessThanOrEqual(Math.max(0, 3 - used));
        expect(own.every((one) => one.severity === 'CRITICAL')).toBe(true);
        const latest = Math.max(0, ...own.map((one) => one.startedAt.getTime()));
        const left = groups.filter((one) => one.severity === 'CRITICAL' && !own.includes(one));
        if (own.length > 0) expect(left.every((one) => one.startedAt.getTime() >= latest)).toBe(true);
      },
    ),
  );
});

test('a storm ends when nothing new came for the quiet time, once', () => {
  const state = startStorm(null, 2, new Date(base));
  expect(isStormOver(state, new Date(base + 599_000), usualSettings.storm)).toBe(false);
  expect(isStormOver(state, new Date(base + 600_000), usualSettings.storm)).toBe(true);
  expect(isStormOver({ ...state, endedAt: 'x' }, new Date(base + 900_000), usualSettings.storm)).toBe(false);
});
