import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { correlated, createLogger } from './log.ts';
import { Secret } from './secret.ts';

function recorded(): { readonly lines: string[]; readonly log: ReturnType<typeof createLogger> } {
  const lines: string[] = [];
  const log = createLogger({ name: 'test', destination: { write: (line) => void lines.push(line) } });
  return { lines, log };
}

test('a line is JSON with name, level as a word, time and message', () => {
  const { lines, log } = recorded();

  log.info({ alerts: 3 }, 'alerts taken in');

  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ name: 'test', level: 'info', alerts: 3, msg: 'alerts taken in' });
  expect(Date.parse(JSON.parse(lines[0] ?? '').time)).toBeGreaterThan(0);
});

test('fields with the name of a secret are cut, three levels deep', () => {
  const { lines, log } = recorded();

  log.warn(
    { token: 'abc', request: { password: 'abc', headers: { authorization: 'abc' } }, config: { a: { apiKey: 'abc' } } },
    'x',
  );

  expect(lines[0]).not.toContain('abc');
  expect(lines[0]?.match(/\[redacted\]/g)).toHaveLength(4);
});

test('a secret value prints as [redacted] however it is shown, and is there for who asks', () => {
  const { lines, log } = recorded();
  const secret = new Secret('hunter2');

  log.info({ given: secret, nested: { given: secret } }, 'x');
  const shown = [
    lines.join(''),
    String(secret),
    `${secret}`,
    JSON.stringify({ secret }),
    inspect({ secret }, { showHidden: true }),
  ];

  for (const text of shown) {
    expect(text).toContain('[redacted]');
    expect(text).not.toContain('hunter2');
  }
  expect(secret.reveal()).toBe('hunter2');
});

test('every line of a correlated logger carries the id', () => {
  const { lines, log } = recorded();

  correlated(log, 'c-1').error('x');

  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ correlationId: 'c-1', name: 'test' });
});
