import { expect, test } from 'vitest';
import { cronProblem, dueTimes, judgeRuns } from './job-schedule.ts';

const at = (iso: string): number => Date.parse(iso);
const due = (cron: string, zone: string, from: string, to: string) =>
  dueTimes(cron, zone, new Date(from), new Date(to)).map((one) => one.toISOString().slice(0, 16));

test('a job is due by the clock of its own zone', () => {
  expect(due('0 2 * * *', 'Asia/Seoul', '2026-11-24T00:00:00Z', '2026-11-26T00:00:00Z')).toEqual([
    '2026-11-24T17:00',
    '2026-11-25T17:00',
  ]);
  expect(due('0 2 * * *', 'UTC', '2026-11-24T00:00:00Z', '2026-11-26T00:00:00Z')).toEqual([
    '2026-11-24T02:00',
    '2026-11-25T02:00',
  ]);
});

test('a time the clock change skips is due right after the gap, and one that comes twice is due once', () => {
  // Berlin: 02:30 on 29 March does not exist, 02:30 on 25 October comes twice.
  expect(due('30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', '2026-03-30T12:00:00Z')).toHaveLength(2);
  expect(due('30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', '2026-03-30T12:00:00Z')[1]).toBe(
    '2026-03-30T00:30',
  );
  expect(due('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', '2026-10-25T12:00:00Z')).toHaveLength(1);
  // The distance between two runs is 23 hours in spring and 25 in autumn.
  const noon = dueTimes(
    '0 12 * * *',
    'Europe/Berlin',
    new Date('2026-03-28T00:00:00Z'),
    new Date('2026-03-30T00:00:00Z'),
  );
  expect(((noon[1]?.getTime() ?? 0) - (noon[0]?.getTime() ?? 0)) / 3_600_000).toBe(23);
});

const judged = (runs: readonly { at: number; failed: boolean }[], now = '2026-11-25T12:00:00Z') =>
  judgeRuns({
    cron: '0 * * * *',
    timeZone: 'UTC',
    graceMinutes: 10,
    from: new Date('2026-11-25T08:00:00Z'),
    now: new Date(now),
    runs,
  });

test('a run within its grace counts, a late one does not, a failed one is told, and what is not yet late is only due', () => {
  const verdict = judged(
    [
      { at: at('2026-11-25T07:59:40Z'), failed: false },
      { at: at('2026-11-25T09:11:00Z'), failed: false },
      { at: at('2026-11-25T10:05:00Z'), failed: true },
      { at: at('2026-11-25T11:00:02Z'), failed: false },
    ],
    '2026-11-25T12:05:00Z',
  );

  expect(verdict.expected.map((one) => one.state)).toEqual(['ran', 'missed', 'failed', 'ran', 'due']);
  expect(verdict).toMatchObject({ missed: 1, failed: 1, extra: 1, nextDueAt: at('2026-11-25T13:00:00Z') });
});

test('one run counts for one time only', () => {
  const verdict = judgeRuns({
    cron: '*/5 * * * *',
    timeZone: 'UTC',
    graceMinutes: 30,
    from: new Date('2026-11-25T08:00:00Z'),
    now: new Date('2026-11-25T09:00:00Z'),
    runs: [{ at: at('2026-11-25T08:10:01Z'), failed: false }],
  });

  expect(verdict.expected.filter((one) => one.state === 'ran')).toHaveLength(1);
});

test('a job that never ran is missed every time', () => {
  expect(judged([])).toMatchObject({ missed: 4, lastRunAt: null });
});

test('a schedule that cannot be read is said to be that', () => {
  expect(cronProblem('every day', 'UTC')).not.toBe(null);
  expect(cronProblem('0 2 * * *', 'Mars/Olympus')).not.toBe(null);
  expect(cronProblem('0 2 * * *', 'Asia/Seoul')).toBe(null);
});
