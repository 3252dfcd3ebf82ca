import { expect, test } from 'vitest';
import { derivedId, fromGlobalId, isUuid, newId, toGlobalId } from './ids.ts';

test('new ids are UUIDs of version 7 that never repeat and sort by time', () => {
  const ids = Array.from({ length: 10_000 }, (_, i) => newId(1_790_000_000_000 + i));

  expect(new Set(ids).size).toBe(ids.length);
  expect([...ids].sort()).toEqual(ids);
  for (const id of ids.slice(0, 100))
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('a new id begins with its time', () => {
  expect(newId(0x0123456789ab)).toMatch(/^01234567-89ab-7/);
});

test('a derived id depends on namespace and name alone', () => {
  expect(derivedId('task', 'a')).toBe(derivedId('task', 'a'));
  expect(
    new Set([derivedId('task', 'a'), derivedId('task', 'b'), derivedId('effect', 'a'), derivedId('taska', '')]).size,
  ).toBe(4);
  expect(isUuid(derivedId('task', 'a'))).toBe(true);
});

test('a global id gives back its type and id', () => {
  const id = newId();

  expect(fromGlobalId(toGlobalId('Incident', id))).toEqual({ type: 'Incident', id });
});

test.each(['', 'x', 'Incident:1', toGlobalId('Incident', ''), `${toGlobalId('Incident', '1')}=`, ' ', '한글'])(
  'what was not made here is no global id: %j',
  (text) => {
    expect(fromGlobalId(text)).toBe(null);
  },
);

test.each(['', 'x', `${newId()} `, newId().toUpperCase().replace('7', 'G')])('%j is no UUID', (text) => {
  expect(isUuid(text)).toBe(false);
});
