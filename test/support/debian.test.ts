import { expect, test } from 'vitest';
import { findProgram, installLine, requireProgram } from './debian.ts';

test('an installed program is found by its path, any other is not', () => {
  expect(findProgram('sh')).toMatch(/^\/.*sh$/);
  expect(findProgram('no-such-program')).toBe(null);
});

test('a missing program is named with the line that installs it', () => {
  expect(() => requireProgram('no-such-program')).toThrow('apt-get install -y --no-install-recommends no-such-program');
  expect(installLine(['promtool', 'prometheus', 'etcd'])).toBe(
    'apt-get install -y --no-install-recommends prometheus etcd-server',
  );
});
