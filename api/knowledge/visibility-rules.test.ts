import { describe, expect, test } from 'vitest';
import { maySee, readerOf, sharedReader, visibleWhere } from './visibility-rules.ts';

const none = new Set<string>();
const person = (roles: readonly string[], teams: readonly string[] = []) =>
  readerOf({ person: { roles, teams }, permissions: none, keyPermissions: new Set(['ACT_AS']) });
const key = (...permissions: string[]) =>
  readerOf({ person: null, permissions: new Set(permissions), keyPermissions: new Set(permissions) });
const manuals = {
  everyone: { visibility: 'EVERYONE', team: null },
  operators: { visibility: 'OPERATORS', team: null },
  payments: { visibility: 'TEAM', team: 'payments' },
  nobodys: { visibility: 'TEAM', team: null },
} as const;

describe.each([
  ['places everybody sees', sharedReader, ['everyone']],
  ['a viewer', person(['VIEWER']), ['everyone']],
  ['somebody without any role', person([]), ['everyone']],
  ['a requester of the team', person(['REQUESTER'], ['payments']), ['everyone', 'payments']],
  ['an operator', person(['OPERATOR']), ['everyone', 'operators']],
  ['an approver of another team', person(['APPROVER'], ['ledger']), ['everyone', 'operators']],
  ['an administrator', person(['ADMIN']), ['everyone', 'operators', 'payments', 'nobodys']],
  ['the bot for nobody', key('ACT_AS', 'USER_ADMIN'), ['everyone']],
  ['a reading key', key('MANUAL_READ'), ['everyone']],
  ['a writing key', key('MANUAL_READ', 'MANUAL_WRITE'), ['everyone', 'operators']],
  ['an administrator’s key', key('USER_ADMIN'), ['everyone', 'operators', 'payments', 'nobodys']],
])('%s', (_, reader, expected) => {
  test(`sees ${expected.join(', ')} and nothing else`, () => {
    const seen = Object.entries(manuals).filter(([, manual]) => maySee(reader, manual));

    expect(seen.map(([name]) => name)).toEqual(expected);
  });

  test('is given the same by the condition on rows', () => {
    const { OR } = visibleWhere(reader);
    const matches = (manual: (typeof manuals)[keyof typeof manuals]): boolean =>
      OR.some(
        (one) =>
          one.visibility === manual.visibility &&
          (one.team === undefined || (manual.team !== null && one.team.in.includes(manual.team))),
      );

    for (const manual of Object.values(manuals)) expect(matches(manual)).toBe(maySee(reader, manual));
  });
});
