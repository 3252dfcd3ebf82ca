import { mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type LokiServer, lokiServer } from '../../../test/servers/loki.ts';
import { temporaryHome } from '../../../test/support/temporary-home.ts';
import { logSourceSchema } from '../../ports/source-registry.ts';
import { timeOf } from './line-time.ts';
import { createLogsSource } from './logs.ts';

let loki: LokiServer;
let folder: string;
const signal = () => AbortSignal.timeout(10_000);
const from = new Date('2026-11-25T00:00:00Z');
const to = new Date('2026-11-25T02:00:00Z');
const source = () => createLogsSource({ loki: { url: loki.url }, folder });
const inLoki = logSourceSchema.parse({ kind: 'loki', name: 'shop', selector: '{app="shop"}' });
const inFiles = (pattern: string, timeZone = 'UTC') =>
  logSourceSchema.parse({ kind: 'files', name: 'shop', pattern, timeZone });

beforeAll(async () => {
  loki = await lokiServer();
  folder = temporaryHome('agentic-logs-');
  loki.push(
    { app: 'shop', pod: 'a' },
    Array.from({ length: 12_345 }, (_, n) => ({
      at: from.getTime() + Math.floor(n / 3) * 1_000,
      line: `line ${n}${n === 7 ? ' password=hunter2hunter2' : ''}`,
    })),
  );
  loki.push({ app: 'other' }, [{ at: from.getTime(), line: 'not ours' }]);
  mkdirSync(path.join(folder, 'shop'));
});
beforeEach(() => {
  loki.fault = 'none';
});
afterAll(async () => {
  await loki.close();
  rmSync(folder, { recursive: true, force: true });
});

test('all lines of a range come from Loki over several pages, in order, each once, without secrets', async () => {
  const reading = await source().query(inLoki, { from, to, limit: 20_000 }, signal());
  const later = await source().query(inLoki, { from, to: new Date('2026-11-26T00:00:00Z'), limit: 20_000 }, signal());

  expect(later.lines.map((one) => one.text.split(' ')[1])).toHaveLength(12_345);
  expect(new Set(later.lines.map((one) => one.text)).size).toBe(12_345);
  expect(later.lines.every((one, at) => at === 0 || (one.at ?? 0) >= (later.lines[at - 1]?.at ?? 0))).toBe(true);
  expect(JSON.stringify(reading)).not.toContain('hunter2hunter2');
  expect(later.cut).toBe(false);
});

test('with a limit the newest lines stay, and it is said that there were more', async () => {
  const reading = await source().query(inLoki, { from, to: new Date('2026-11-26T00:00:00Z'), limit: 6_000 }, signal());

  expect(reading.lines).toHaveLength(6_000);
  expect(reading.cut).toBe(true);
  expect(reading.lines.at(-1)?.text).toBe('line 12344');
});

test('lines that hold a word are asked for as such', async () => {
  const reading = await source().query(inLoki, { from, to, limit: 100, contains: 'line 4242' }, signal());

  expect(reading.lines.map((one) => one.text)).toEqual(['line 4242']);
  expect(loki.queries.at(-1)).toBe('{app="shop"} |= "line 4242"');
});

test.each([
  ['rate-limited', 'UPSTREAM_UNAVAILABLE'],
  ['broken', 'UPSTREAM_UNAVAILABLE'],
  ['garbage', 'UPSTREAM_UNAVAILABLE'],
] as const)('Loki that is %s is %s', async (fault, code) => {
  loki.fault = fault;
  await expect(source().query(inLoki, { from, to, limit: 10 }, signal())).rejects.toMatchObject({ code });
});

test('a selector Loki refuses, and Loki that is silent, are told apart', async () => {
  const odd = logSourceSchema.parse({ kind: 'loki', name: 'odd', selector: '{app=shop}' });
  await expect(source().query(odd, { from, to, limit: 10 }, signal())).rejects.toMatchObject({
    code: 'UPSTREAM_REJECTED',
  });
  loki.fault = 'silent';
  await expect(source().query(inLoki, { from, to, limit: 10 }, AbortSignal.timeout(300))).rejects.toMatchObject({
    code: 'UPSTREAM_UNAVAILABLE',
  });
});

test('files of a pattern are read within the range; lines without a time follow the one before', async () => {
  writeFileSync(
    path.join(folder, 'shop', 'a.log'),
    '2026-11-24 23:59:59 early\n2026-11-25 00:00:01 ERROR one\n\tat trace\n2026-11-25 03:00:00 late\n',
  );
  writeFileSync(path.join(folder, 'shop', 'b.log'), '2026-11-25T00:30:00Z two secret=abcdefgh1234\n');
  writeFileSync(path.join(folder, 'shop', 'c.txt'), '2026-11-25T00:40:00Z not this one\n');
  const reading = await source().query(inFiles('shop/*.log'), { from, to, limit: 100 }, signal());

  expect(reading.lines.map((one) => one.text)).toEqual([
    '2026-11-25 00:00:01 ERROR one',
    '\tat trace',
    expect.stringMatching(/two secret=\[redacted\]/),
  ]);
  const seoul = await source().query(
    inFiles('shop/a.log', 'Asia/Seoul'),
    { from: new Date('2026-11-24T15:00:00Z'), to: new Date('2026-11-24T16:00:00Z'), limit: 100 },
    signal(),
  );
  expect(seoul.lines.map((one) => one.text)).toContain('2026-11-25 00:00:01 ERROR one');
});

test('nothing outside the folder is read', async () => {
  writeFileSync(path.join(folder, '..', 'outside-of-logs.log'), '2026-11-25T00:30:00Z secret\n');
  symlinkSync('/etc', path.join(folder, 'etc'));
  symlinkSync('/etc/passwd', path.join(folder, 'shop', 'passwd.log'));
  for (const pattern of ['../outside-of-logs.log', 'shop/../../outside-of-logs.log', 'etc/passwd'])
    await expect(
      source().query({ kind: 'files', name: 'x', pattern, timeZone: 'UTC' }, { from, to, limit: 10 }, signal()),
    ).rejects.toMatchObject({ code: 'UPSTREAM_REJECTED' });
  expect(
    JSON.stringify(await source().query(inFiles('shop/passwd.log'), { from: new Date(0), to, limit: 10 }, signal())),
  ).not.toContain('root:');
  expect(() => logSourceSchema.parse({ kind: 'files', name: 'x', pattern: '/etc/passwd' })).toThrow();
  rmSync(path.join(folder, '..', 'outside-of-logs.log'));
});

test('a file that was last written before the range is not opened, and a missing one is an empty answer', async () => {
  const file = path.join(folder, 'shop', 'old.log');
  writeFileSync(file, '2026-11-25T00:30:00Z old\n');
  utimesSync(file, new Date('2026-11-01'), new Date('2026-11-01'));

  expect((await source().query(inFiles('shop/old.log'), { from, to, limit: 10 }, signal())).lines).toEqual([]);
  expect((await source().query(inFiles('nowhere/x.log'), { from, to, limit: 10 }, signal())).lines).toEqual([]);
});

test('what is not configured says so', async () => {
  const none = createLogsSource({ loki: null, folder: null });
  await expect(async () => none.query(inLoki, { from, to, limit: 1 }, signal())).rejects.toMatchObject({
    code: 'NOT_CONFIGURED',
  });
  await expect(async () => none.query(inFiles('a.log'), { from, to, limit: 1 }, signal())).rejects.toMatchObject({
    code: 'NOT_CONFIGURED',
  });
});

const now = Date.parse('2026-11-26T00:00:00Z');
test.each([
  ['2026-11-25T01:02:03.456Z x', 'UTC', '2026-11-25T01:02:03.456Z'],
  ['2026-11-25 10:02:03,5 x', 'Asia/Seoul', '2026-11-25T01:02:03.500Z'],
  ['[2026-11-25 01:02:03] x', 'UTC', '2026-11-25T01:02:03.000Z'],
  ['2026-11-25T01:02:03+0900 x', 'UTC', '2026-11-24T16:02:03.000Z'],
  ['2026/11/25 01:02:03 [error] x', 'UTC', '2026-11-25T01:02:03.000Z'],
  ['Nov 25 01:02:03 web x', 'UTC', '2026-11-25T01:02:03.000Z'],
  ['Dec 31 23:00:00 web x', 'UTC', '2025-12-31T23:00:00.000Z'],
  ['1.1.1.1 - - [25/Nov/2026:01:02:03 +0900] "GET"', 'UTC', '2026-11-24T16:02:03.000Z'],
  ['{"ts":1764032523,"msg":"x"}', 'UTC', '2025-11-25T01:02:03.000Z'],
  ['{"msg":"x","time":"2026-11-25T01:02:03Z"}', 'UTC', '2026-11-25T01:02:03.000Z'],
  ['2026-03-29 02:30:00 x', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
])('%s in %s is %s', (line, zone, expected) => {
  expect(new Date(timeOf(line, zone, now) ?? 0).toISOString()).toBe(expected);
});
