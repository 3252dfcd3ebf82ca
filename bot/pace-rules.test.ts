import { expect, test } from 'vitest';
import {
  dueAt,
  editsPerMinute,
  ended,
  idlePace,
  limited,
  nextSends,
  type PaceState,
  priorities,
  sending,
  type Waiting,
} from './pace-rules.ts';

const one = (id: string, more: Partial<Waiting> = {}): Waiting => ({
  id,
  channel: 'C0OPS',
  method: 'post',
  priority: 'FINDING',
  isParent: false,
  order: 0,
  ...more,
});

test('an approval goes before a finding, and the parent before both', () => {
  const waiting = [one('finding'), one('approval', { priority: 'APPROVAL', order: 1 })];

  expect(nextSends(idlePace, waiting, 0).send.map(({ id }) => id)).toEqual(['approval']);
  expect(
    nextSends(idlePace, [...waiting, one('card', { priority: 'NEW_CRITICAL', isParent: true })], 0).send.map(
      ({ id }) => id,
    ),
  ).toEqual(['card']);
});

test('a channel that must rest holds up no other', () => {
  const state = limited(idlePace, 'post', 'C0OPS', 5_000, 0);
  const { send, lookAgainAt } = nextSends(state, [one('a'), one('b', { channel: 'C0PAYMENTS' })], 100);

  expect(send.map(({ id }) => id)).toEqual(['b']);
  expect(lookAgainAt).toBe(5_000);
});

test('one call at a time is on its way to a channel', () => {
  const busy = sending(idlePace, one('a'), 0);

  expect(nextSends(busy, [one('b')], 0).send).toEqual([]);
  expect(nextSends(ended(busy, 'C0OPS'), [one('b')], 0).send.map(({ id }) => id)).toEqual(['b']);
});

/** A small generator with a fixed seed. */
function* numbers(seed: number): Generator<number> {
  for (let state = seed; ; ) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    yield state;
  }
}

test('in any order of arrivals no channel gets more than its posts, the workspace no more than its edits, and all are sent', () => {
  const source = numbers(11);
  const next = (below: number) => Number(source.next().value) % below;
  let state: PaceState = idlePace;
  let waiting: Waiting[] = [];
  const sent: { at: number; one: Waiting }[] = [];

  for (let now = 0; now < 600_000; now += 100) {
    if (now < 60_000 && next(4) === 0)
      waiting.push(
        one(`m${next(30)}-${now}`, {
          channel: `C${next(3)}`,
          method: next(2) === 0 ? 'post' : 'update',
          priority: priorities[next(5)] ?? 'PROGRESS',
          order: now,
        }),
      );
    const { send } = nextSends(state, waiting, now);
    for (const each of send) {
      expect(dueAt(state, each, now)).toBeLessThanOrEqual(now);
      state = ended(sending(state, each, now), each.channel);
      sent.push({ at: now, one: each });
    }
    waiting = waiting.filter((each) => !send.includes(each));
  }

  expect(waiting).toEqual([]);
  for (const { at } of sent) {
    const edits = sent.filter((each) => each.one.method === 'update' && each.at > at - 60_000 && each.at <= at);
    expect(edits.length).toBeLessThanOrEqual(editsPerMinute);
    for (const channel of ['C0', 'C1', 'C2']) {
      const posts = sent.filter(
        (each) => each.one.method === 'post' && each.one.channel === channel && each.at > at - 10_000 && each.at <= at,
      );
      expect(posts.length).toBeLessThanOrEqual(14);
    }
  }
});
