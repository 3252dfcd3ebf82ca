import { spawn } from 'node:child_process';
import { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { checkLines } from './check-lines.ts';
import { projectPath } from './project-path.ts';

async function run(program: string, lines: readonly string[]): Promise<Record<string, unknown>[]> {
  const child = spawn(process.execPath, [projectPath(program)], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(lines.join('\n'));
  return (await text(child.stdout))
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}
const request = (id: unknown, input: unknown, more: object = {}) => JSON.stringify({ id, input, ...more });

test('every line is answered in order, whatever it holds', async () => {
  const written: string[] = [];
  const output = new Writable({
    write: (part, _, done) => {
      written.push(String(part));
      done();
    },
  });
  const lines = [
    request(1, 'a'),
    'garbage',
    '',
    '{"id":2}',
    '[]',
    'null',
    request('x', 'throw'),
    request(3, 'b'),
    '\u0000',
    `{"id":4,"input":"${'x'.repeat(1_100_000)}"}`,
  ];

  await checkLines(Readable.from([lines.join('\n')]), output, (input) => {
    if (input === 'throw') throw new Error('inside');
    return { verdict: 'allow', input };
  });

  const answers = written.map((line) => JSON.parse(line));
  expect(answers.map(({ id, verdict, code }) => [id, verdict, code ?? null])).toEqual([
    [1, 'allow', null],
    [null, 'refuse', 'not-a-request'],
    [2, 'refuse', 'not-a-request'],
    [null, 'refuse', 'not-a-request'],
    [null, 'refuse', 'not-a-request'],
    ['x', 'refuse', 'not-judged'],
    [3, 'allow', null],
    [null, 'refuse', 'not-a-request'],
    [null, 'refuse', 'not-a-request'],
  ]);
});

test('check:sql judges statements, with the reach of a database when a line brings one', async () => {
  const relations = { 'public.orders': ['id'] };
  const answers = await run('api/tools/check-sql-main.ts', [
    request(1, 'select 1'),
    request(2, 'drop table x'),
    request(3, 'select id from orders', { relations }),
    request(4, 'select id from others', { relations }),
  ]);

  expect(answers.map(({ id, verdict, code }) => [id, verdict, code])).toEqual([
    [1, 'allow', undefined],
    [2, 'refuse', 'not-a-read'],
    [3, 'allow', undefined],
    [4, 'refuse', 'relation'],
  ]);
});

test('check:url judges addresses and what a name resolved to', async () => {
  const answers = await run('lib/check-url-main.ts', [
    request(1, 'https://example.com/'),
    request(2, 'http://169.254.169.254/'),
    request(3, 'https://a.example.com/', { addresses: ['8.8.8.8', '::ffff:10.0.0.1'] }),
    request(4, 'https://8.8.8.8/'),
    request(5, 'http://127.1/'),
  ]);

  expect(answers.map(({ verdict, code }) => [verdict, code])).toEqual([
    ['allow', undefined],
    ['refuse', 'metadata-address'],
    ['refuse', 'inside-address'],
    ['allow', undefined],
    ['refuse', 'inside-address'],
  ]);
});

test('check:render shows an inert message for any text', async () => {
  const hostile = [
    '<!channel> <@U1> <https://evil|bank>',
    '```\n<!here>\n```',
    '*bold* _x_ &lt;',
    '\u202etxt.exe',
    'plain 한국어',
    '<!date^1^{date}|x>',
    '',
  ];
  const answers = await run(
    'bot/check-render-main.ts',
    hostile.map((input, id) => request(id, input)),
  );

  expect(answers.map(({ verdict }) => verdict)).toEqual(hostile.map(() => 'allow'));
  expect(JSON.stringify(answers)).not.toContain('\u202e');
});

test('check:redact tells a secret from a name', async () => {
  const answers = await run('lib/check-redact-main.ts', [
    request(1, 'password=hunter2hunter2'),
    request(2, 'order 42 of payment-api'),
  ]);

  expect(answers.map(({ verdict }) => verdict)).toEqual(['refuse', 'allow']);
  expect(JSON.stringify(answers)).not.toContain('hunter2hunter2');
});
