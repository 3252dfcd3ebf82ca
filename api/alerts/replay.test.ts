import { expect, test } from 'vitest';
import { readRecording } from './replay-main.ts';
import { replayAlerts } from './replay-rules.ts';
import { readAlertSettings, usualSettings } from './settings.ts';
import { indexSystems } from './stages/group.ts';

const base = Date.UTC(2026, 0, 1);
const systems = indexSystems([]);
const line = (seconds: number, service: string, status: 'firing' | 'resolved', start: number, severity = 'warning') =>
  JSON.stringify({
    at: new Date(base + seconds * 1_000).toISOString(),
    alerts: [
      {
        status,
        labels: { alertname: 'Slow', service, severity },
        startsAt: new Date(base + start * 1_000).toISOString(),
        endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : new Date(base + seconds * 1_000).toISOString(),
      },
    ],
  });

/** One that comes and goes for ten seconds four times, and one that lasts. */
const recording = [
  ...[0, 60, 120, 180].flatMap((at) => [line(at, 'shop', 'firing', at), line(at + 10, 'shop', 'resolved', at)]),
  line(30, 'pay', 'firing', 30, 'critical'),
  line(600, 'pay', 'resolved', 30, 'critical'),
  'not json',
].join('\n');

test('a recording shows what would have been opened, held and closed', () => {
  const { batches, unread } = readRecording(recording);
  const result = replayAlerts(batches, usualSettings, systems);

  expect(unread).toBe(1);
  expect(result).toMatchObject({
    alerts: 10,
    episodes: 5,
    groups: 2,
    opened: 2,
    reopened: 2,
    closed: 4,
    held: 1,
    storms: 0,
    neverTold: 0,
  });
  expect(result.lines.map((one) => one.what)).toContain('thread 1 (Slow · shop): reopened by Slow');
});

test('with changed settings it shows the difference before they are used', () => {
  const { batches } = readRecording(recording);
  const result = replayAlerts(batches, readAlertSettings('pending: PT1M'), systems);

  expect(result).toMatchObject({ opened: 1, reopened: 0, closed: 1 });
  expect(result.neverTold).toBeGreaterThan(0);
});

test('a storm in a recording is gathered, and ends', () => {
  const { batches } = readRecording(
    Array.from({ length: 20 }, (_, index) => line(0, `svc-${index}`, 'firing', 0, 'critical')).join('\n'),
  );
  const result = replayAlerts(batches, usualSettings, systems);

  expect(result).toMatchObject({ storms: 1, opened: 3, gathered: 17 });
  expect(result.lines.at(-1)?.what).toBe('storm ends: 17 groups were gathered');
});
