import { expect, test } from 'vitest';
import { isFinished, openStates, refusalToCancel, statesBefore } from './task-state.ts';

test('nothing follows an end', () => {
  for (const status of ['SUCCEEDED', 'FAILED', 'CANCELLED', 'EXPIRED'] as const) {
    expect(isFinished(status)).toBe(true);
    expect(openStates()).not.toContain(status);
  }
  for (const open of openStates())
    for (const end of ['SUCCEEDED', 'FAILED'] as const) expect(statesBefore(open)).not.toContain(end);
});

test('every open task can fail: a dead function must be able to end its row', () => {
  expect(statesBefore('FAILED').sort()).toEqual(openStates().sort());
});

test('only a person leads out of an unknown outcome', () => {
  expect(statesBefore('CANCELLED')).not.toContain('OUTCOME_UNKNOWN');
  expect(statesBefore('SUCCEEDED')).not.toContain('OUTCOME_UNKNOWN');
  expect(refusalToCancel('OUTCOME_UNKNOWN')).toBe('outcome-unknown');
  expect(refusalToCancel('SUCCEEDED')).toBe('finished');
  expect(refusalToCancel('WAITING_APPROVAL')).toBeNull();
});
