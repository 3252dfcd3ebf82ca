import { expect, test } from 'vitest';
import { errorLabels, labelledLogs } from '../../test/support/labelled-logs.ts';
import { findPatterns, isContinuation, maskValues, severityOf } from './log-pattern-rules.ts';

const from = Date.parse('2026-11-25T00:00:00Z');

test.each([1, 2, 3])('over 98 % of the error lines of a labelled log fall in a reported pattern (seed %i)', (seed) => {
  const labelled = labelledLogs(seed, 20_000, from);
  const lines = labelled.flatMap((one) => one.text.split('\n').map((text) => ({ at: one.at, text })));
  const begun = performance.now();

  const found = findPatterns(lines, 60);

  expect(performance.now() - begun).toBeLessThan(8_000);
  const errors = labelled.filter((one) => one.isError);
  const reported = found.patterns.filter((one) => one.severity === 'error' || one.severity === 'fatal');
  const covered = reported.reduce((sum, one) => sum + one.count, 0);
  // Neither lost nor made up: what is called an error is an error by its label.
  expect(covered / errors.length).toBeGreaterThan(0.98);
  expect(covered / errors.length).toBeLessThan(1.02);
  // One kind of event stands in few patterns, so that a person can read them.
  expect(reported.length).toBeLessThanOrEqual(errorLabels.length * 2);
});

test('a pattern holds lines of one kind', () => {
  const labelled = labelledLogs(7, 5_000, from).filter((one) => one.isError);
  const byKind = new Map<string, number>();
  for (const label of new Set(labelled.map((one) => one.label))) {
    const own = labelled
      .filter((one) => one.label === label)
      .map((one) => ({ at: one.at, text: one.text.split('\n')[0] ?? '' }));
    const largest = Math.max(...findPatterns(own, 100).patterns.map((one) => one.count));
    byKind.set(label, largest / own.length);
  }

  for (const [label, share] of byKind) expect([label, share > 0.6]).toEqual([label, true]);
});

test('counts, first and last time of a pattern are those of its lines', () => {
  const lines = [3, 1, 2].map((n) => ({
    at: from + n * 1_000,
    text: `2026-11-25T00:00:0${n}Z ERROR cannot reach 10.0.0.${n} after ${n * 10} ms`,
  }));

  expect(findPatterns(lines, 10).patterns).toEqual([
    expect.objectContaining({
      count: 3,
      severity: 'error',
      firstAt: from + 1_000,
      lastAt: from + 3_000,
      template: '<*> ERROR cannot reach <*> after <*> <*>'.replace('<*> <*>', '<*> ms'),
    }),
  ]);
});

test.each([
  ['2026-01-01 ERROR broken', 'error'],
  ['level=warn msg="slow"', 'warning'],
  ['{"level":"fatal","msg":"x"}', 'fatal'],
  ['INFO handled 3 errors without failure', 'info'],
  ['GET /error HTTP/1.1" 200 512', 'info'],
  ['"GET /x HTTP/1.1" 503 12', 'error'],
  ['java.lang.IllegalStateException: closed', 'error'],
  ['결제 승인 실패', 'error'],
  ['결제 승인 완료', 'info'],
  ['connection refused', 'error'],
  ['the mirror is fine', 'info'],
] as const)('%s is %s', (line, severity) => {
  expect(severityOf(line)).toBe(severity);
});

test('stack traces belong to the line before them', () => {
  expect(
    ['\tat a.b(C.java:1)', '    at f (x.js:1:2)', 'Caused by: x', '  File "a.py", line 1', '... 3 more'].map(
      isContinuation,
    ),
  ).toEqual([true, true, true, true, true]);
  expect(isContinuation('ERROR at start')).toBe(false);
});

test('no line, however odd, takes long', () => {
  const begun = performance.now();
  for (const line of [
    '"'.repeat(50_000),
    'a/'.repeat(30_000),
    '0x'.repeat(30_000),
    `${"'a".repeat(20_000)}`,
    '1.'.repeat(30_000),
    ':f'.repeat(30_000),
    '@a.'.repeat(20_000),
  ]) {
    maskValues(line);
    severityOf(line);
  }
  expect(performance.now() - begun).toBeLessThan(1_500);
});
