import { describe, expect, it } from 'vitest';
import { afterAnswer, callWithinMs, type Journal, mayCall, nextMove, surelyOverMs } from './effect-state.ts';

const intent = (owner: 'me' | 'other', ownerGone: boolean, ageMs: number): Journal => ({
  state: 'intent',
  owner,
  ownerGone,
  ageMs,
});

describe('the next move on an effect', () => {
  it.each<[string, Journal, boolean, string]>([
    ['no row: it has not begun', { state: 'absent' }, false, 'write_intent'],
    ['done: the stored answer', { state: 'done' }, true, 'answer_done'],
    ['unknown stays unknown, even where the target could be asked', { state: 'unknown' }, true, 'answer_unknown'],
    ['my own intent: the call', intent('me', false, 0), false, 'call'],
    ['the intent of a living owner: wait', intent('other', false, 60_000), true, 'wait'],
    [
      'the young intent of a dead owner: its call may be on the way',
      intent('other', true, surelyOverMs - 1),
      true,
      'wait',
    ],
    ['the old intent of a dead owner: ask', intent('other', true, surelyOverMs), true, 'ask_target'],
    [
      'the old intent of a dead owner, nobody to ask: unknown',
      intent('other', true, surelyOverMs),
      false,
      'answer_unknown',
    ],
  ])('%s', (_title, journal, canAsk, move) => {
    expect(nextMove(journal, canAsk).move).toBe(move);
  });

  it('nobody looks at a dead owner’s intent as over while its owner might still call', () => {
    expect(surelyOverMs).toBeGreaterThan(callWithinMs);
  });
});

describe('the last look before the call', () => {
  it.each<[string, boolean, number, string]>([
    ['held and fresh: call', true, callWithinMs, 'call'],
    ['held up too long: the right to call is renewed first', true, callWithinMs + 1, 'renew_intent'],
    ['lease lost: wait', false, 0, 'wait'],
    ['lease lost and held up: wait', false, 60_000, 'wait'],
  ])('%s', (_title, held, sinceIntentMs, move) => {
    expect(mayCall({ held, sinceIntentMs }).move).toBe(move);
  });
});

describe('after the target’s answer', () => {
  const every = [true, false].flatMap((ownerGone) =>
    [true, false].flatMap((honoursKeys) => [0, 1].map((triesLeft) => ({ ownerGone, honoursKeys, triesLeft }))),
  );

  it('a second call follows in one case only: not arrived, owner gone, keys honoured', () => {
    for (const facts of every)
      for (const answer of ['arrived', 'not_arrived', 'unknown'] as const) {
        const calls = afterAnswer(answer, facts).move === 'call';
        expect(calls).toBe(answer === 'not_arrived' && facts.ownerGone && facts.honoursKeys);
      }
  });

  it('arrived is done, whoever asked', () => {
    for (const facts of every) expect(afterAnswer('arrived', facts).move).toBe('record_done');
  });

  it('silence is asked again while tries are left, and is unknown then', () => {
    const facts = { ownerGone: true, honoursKeys: true };
    expect(afterAnswer('unknown', { ...facts, triesLeft: 1 }).move).toBe('ask_again');
    expect(afterAnswer('unknown', { ...facts, triesLeft: 0 }).move).toBe('answer_unknown');
  });
});
