import { expect, test } from 'vitest';
import { texts } from './texts.ts';

function keysOf(value: object, path = ''): string[] {
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'object' && inner !== null ? keysOf(inner, `${path}${key}.`) : [`${path}${key}`],
  );
}

test('every text exists in both languages', () => {
  expect(keysOf(texts.KO).sort()).toEqual(keysOf(texts.EN).sort());
});

test('the labels of buttons fit into 30 characters in both languages', () => {
  const labels = [
    'acknowledge',
    'investigate',
    'release',
    'runbook',
    'stop',
    'retry',
    'tryAgain',
    'approve',
    'reject',
    'details',
    'draftReport',
    'reopen',
    'itRan',
    'itDidNotRun',
    'leaveIt',
    'linkMine',
    'back',
    'send',
    'approveAndRun',
  ] as const;
  for (const t of Object.values(texts))
    for (const label of labels) expect([...t[label]].length).toBeLessThanOrEqual(30);
});
