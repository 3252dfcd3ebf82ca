import { describe, expect, test } from 'vitest';
import { conditionHolds, type HealthWord, type TriageFacts, triage, type WorkloadWord } from './triage-rules.ts';

const runbook: NonNullable<TriageFacts['runbook']> = {
  code: 'OPS-01',
  title: 'A service does not answer',
  revision: 2,
  section: 'Look first',
  found: 'alert-name',
  automation: [
    {
      action: 'workload.restart',
      when: 'unhealthy and workload stopped/running',
      arguments: { policy: 'single-approver-restart' },
    },
  ],
  ref: 5,
};
const facts = (over: Partial<TriageFacts> = {}): TriageFacts => ({
  system: 'orders-api',
  alert: { name: 'ServiceDown', firing: true, startedAt: '2026-11-24T10:00:00.000Z', occurrences30d: 2, ref: 1 },
  health: { state: 'UNHEALTHY', message: 'connection refused', ref: 2 },
  workload: { name: 'orders-api', status: 'stopped', exit: 'exit code 1', ref: 3 },
  metric: { result: 'empty', summary: 'orders-api works: no series', ref: 4 },
  runbook,
  unread: [],
  ...over,
});
const healths: HealthWord[] = ['HEALTHY', 'SLOW', 'UNHEALTHY', 'UNKNOWN'];
const workloads: WorkloadWord[] = ['running', 'degraded', 'stopped', 'missing', 'unknown'];

describe('a condition of a runbook', () => {
  test.each([
    ['unhealthy and workload stopped/running', 'UNHEALTHY', 'stopped', true],
    ['unhealthy and workload stopped/running', 'UNHEALTHY', 'running', true],
    ['unhealthy and workload stopped/running', 'UNHEALTHY', 'missing', false],
    ['unhealthy and workload stopped/running', 'HEALTHY', 'running', false],
    ['Unhealthy AND workload stopped / degraded', 'UNHEALTHY', 'degraded', true],
    ['workload stopped', 'HEALTHY', 'stopped', true],
    ['unhealthy or anything', 'UNHEALTHY', 'stopped', false],
    ['unhealthy and moon full', 'UNHEALTHY', 'stopped', false],
    ['', 'UNHEALTHY', 'stopped', false],
    [null, 'UNHEALTHY', 'stopped', false],
  ] as const)('%s with %s and %s: %s', (when, health, workload, expected) => {
    expect(conditionHolds(when, health, workload)).toBe(expected);
  });
});

test('a stopped process behind a failing health check is the cause, with checked reasons and a restart', () => {
  const { finding, proposal } = triage(facts());

  expect(finding).toMatchObject({
    verdict: 'FOUND',
    confidence: 'HIGH',
    headline: { en: 'orders-api has stopped (exit code 1)' },
  });
  expect(finding.reasons.slice(0, 2).every((one) => one.check !== undefined)).toBe(true);
  expect(proposal).toMatchObject({ named: { policy: 'single-approver-restart', namedBy: 'OPS-01 rev 2' } });
});

test('a system that answers normally is left alone, whatever the runbook allows', () => {
  const { finding, proposal } = triage(facts({ health: { state: 'HEALTHY', message: 'answered 200', ref: 2 } }));

  expect(finding).toMatchObject({ verdict: 'INCONCLUSIVE', headline: { en: 'orders-api answers normally now' } });
  expect(proposal).toBeNull();
});

test('what was not read is said, and no cause is invented', () => {
  const { finding, proposal } = triage(
    facts({
      system: null,
      health: null,
      workload: null,
      metric: null,
      unread: [{ what: { en: 'Health', ko: '상태' }, reason: 'no registered system' }],
    }),
  );

  expect(finding).toMatchObject({ verdict: 'INCONCLUSIVE', notChecked: [{ en: 'Health: no registered system' }] });
  expect(finding.needed.length).toBeGreaterThan(0);
  expect(proposal).toBeNull();
});

test('Prometheus that still counts it as working argues against', () => {
  const { finding } = triage(facts({ metric: { result: 'value', summary: 'orders-api works: 1', ref: 4 } }));

  expect(finding.against).toMatchObject([{ evidenceRefs: [4] }]);
});

test.each([
  ['a manual that was only found by search', { runbook: { ...runbook, found: 'search' as const } }],
  ['no runbook', { runbook: null }],
  ['a runbook without steps that may run', { runbook: { ...runbook, automation: [] } }],
  [
    'another action',
    { runbook: { ...runbook, automation: [{ action: 'disk.format', when: 'unhealthy', arguments: {} }] } },
  ],
  ['no registered workload', { workload: null }],
])('%s proposes nothing', (_, over) => {
  expect(triage(facts(over)).proposal).toBeNull();
});

test('of all readings, only unhealthy ones with a workload the runbook names lead to a restart, and every claim cites evidence', () => {
  for (const health of healths) {
    for (const status of workloads) {
      for (const metric of [null, facts().metric]) {
        const judged = triage(
          facts({
            health: { state: health, message: 'm', ref: 2 },
            workload: { name: 'w', status, exit: null, ref: 3 },
            metric,
          }),
        );
        const allowed = health === 'UNHEALTHY' && (status === 'stopped' || status === 'running');
        expect(judged.proposal !== null).toBe(allowed);
        const claims = [...judged.finding.situation, ...judged.finding.reasons, ...judged.finding.against];
        expect(
          claims.every((one) => one.evidenceRefs.length > 0 && one.evidenceRefs.every((ref) => ref >= 1 && ref <= 5)),
        ).toBe(true);
        expect(judged.finding.verdict === 'FOUND').toBe(judged.finding.reasons.length > 0);
      }
    }
  }
});
