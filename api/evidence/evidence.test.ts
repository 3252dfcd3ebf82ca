import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RecordCore, recordCore } from '../../test/support/record-core.ts';
import { evidenceDigest, storeEvidence } from './store.ts';
import { storeFinding } from './store-finding.ts';

let core: RecordCore;
beforeEach(async () => {
  core = await recordCore();
});
afterEach(() => core.close());

const reply = (over: object = {}) => ({
  outcome: 'success' as const,
  kind: 'health',
  title: 'Health of payment-api',
  asked: 'GET http://127.0.0.1:8090/health',
  summary: '503 in 12 ms',
  data: { statusCode: 503, list: [1, 2, 3] },
  ...over,
});

test('evidence counts up without gaps in the incident, whatever tasks and processes write at once', async () => {
  const incident = await core.incident();
  const tasks = await Promise.all([core.task({ incidentId: incident.id }), core.task({ incidentId: incident.id })]);
  const store = (n: number) =>
    storeEvidence(core, {
      taskId: tasks[n % 2]?.id ?? '',
      incidentId: incident.id,
      stepKey: `s${n % 10}`,
      tool: 'probe',
      reply: reply(),
    });

  const stored = await Promise.all(Array.from({ length: 20 }, (_, n) => store(n)));

  const rows = await core.db.evidence.findMany({ orderBy: { ref: 'asc' } });
  expect(rows.map((row) => row.ref)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(new Set(stored.map((row) => `${row.stepKey}:${row.ref}`)).size).toBe(10);
  expect(await core.db.incident.findUnique({ where: { id: incident.id } })).toMatchObject({ nextEvidenceRef: 11 });
});

test('a stored reply has no secrets and odd characters, and its digest can be made again from the row', async () => {
  const task = await core.task();
  const stored = await storeEvidence(core, {
    taskId: task.id,
    incidentId: null,
    stepKey: 's',
    tool: 'probe',
    reply: reply({
      summary: 'Authorization: Bearer abcdefghijklmnop',
      url: 'javascript:alert(1)',
      rangeFrom: '2026-11-24T00:00:00Z',
      data: {
        password: 'hunter2hunter2',
        body: 'x\u0000y',
        'postgres://u:pw1234@h/d': 'postgres://u:pw1234@h/d',
        at: new Date(0),
      },
    }),
  });

  const row = await core.db.evidence.findUniqueOrThrow({ where: { id: stored.id } });
  expect(row).toMatchObject({ ref: 1, url: null, data: { kind: 'health', cut: null, reply: { body: 'x\uFFFDy' } } });
  expect(JSON.stringify(row.data)).not.toContain('hunter2');
  expect(row.summary).not.toContain('abcdefghijklmnop');
  expect(evidenceDigest(row)).toBe(row.digest);
});

test('a huge reply is cut to its limit and says so', async () => {
  const task = await core.task();
  for (const [n, data] of [
    { text: 'é'.repeat(500_000) },
    Array.from({ length: 50_000 }, (_, i) => ({ i, name: `pod-${i}` })),
    Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`key-${i}`, 'v'.repeat(50)])),
    Array.from({ length: 8 }).reduce<unknown>((inner) => Array.from({ length: 4 }, () => inner), 'leaf'),
  ].entries()) {
    const row = await storeEvidence(core, {
      taskId: task.id,
      incidentId: null,
      stepKey: `s${n}`,
      tool: 't',
      reply: reply({ data }),
    });
    expect(Buffer.byteLength(JSON.stringify(row.data))).toBeLessThanOrEqual(66 * 1024);
    expect(row.data).toMatchObject({ cut: expect.stringMatching(/^\d+ bytes; /) });
  }
});

test('a finding keeps what its own evidence carries, in the language of its reader, once per step', async () => {
  const incident = await core.incident();
  const foreign = await core.incident();
  const task = await core.task({ incidentId: incident.id });
  const store = (incidentId: string, stepKey: string, tool: string) =>
    storeEvidence(core, { taskId: task.id, incidentId, stepKey, tool, reply: reply() });
  await store(incident.id, 'a', 'probe');
  await store(incident.id, 'b', 'process');
  for (const key of ['c', 'd', 'e']) await store(foreign.id, key, 'probe');
  const input = {
    taskId: task.id,
    incidentId: incident.id,
    stepKey: `${task.id}:conclude`,
    locale: 'KO' as const,
    finding: {
      headline: { en: 'It stopped', ko: '멈췄습니다' },
      verdict: 'FOUND' as const,
      confidence: 'HIGH' as const,
      situation: [{ text: { en: 'It answers 503', ko: '503을 답합니다' }, evidenceRefs: [1] }],
      reasons: [
        {
          text: 'checked',
          evidenceRefs: [2],
          check: { kind: 'equals' as const, ref: 2, path: ['statusCode'], value: 503 },
        },
        {
          text: 'wrong',
          evidenceRefs: [2],
          check: { kind: 'above' as const, ref: 2, path: ['statusCode'], limit: 503 },
        },
        { text: 'of another incident', evidenceRefs: [3] },
      ],
      against: [],
      notChecked: ['password=hunter2hunter2 in the log'],
      needed: [],
      writtenByModel: true,
    },
  };

  const first = await storeFinding(core, input);
  const again = await storeFinding(core, input);

  expect(again.id).toBe(first.id);
  expect(first).toMatchObject({
    headline: '멈췄습니다',
    verdict: 'FOUND',
    confidence: 'HIGH',
    droppedClaims: 2,
    situation: [{ text: '503을 답합니다', evidenceRefs: [1], checkPassed: null }],
    reasons: [{ text: 'checked', evidenceRefs: [2], checkPassed: true }],
  });
  expect(first.notChecked.join()).not.toContain('hunter2');
  const second = await storeFinding(core, {
    ...input,
    stepKey: 'later',
    finding: { ...input.finding, situation: [], reasons: [{ text: 'guess', evidenceRefs: [] }] },
  });
  expect(second).toMatchObject({
    supersedesId: first.id,
    headline: '원인을 찾지 못했습니다.',
    verdict: 'INCONCLUSIVE',
    confidence: 'NONE',
  });
});
