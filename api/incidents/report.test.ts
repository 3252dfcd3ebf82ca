import { expect, test } from 'vitest';
import { code, type IncidentRecord, incidentReport, plain } from './report.ts';
import { incidentSummary } from './summary.ts';
import { spoken, texts } from './words.ts';

const at = (minutes: number) => new Date(Date.UTC(2026, 10, 22, 20, minutes));
const record: IncidentRecord = {
  number: 'INC-31',
  title: 'ServiceDown',
  severity: 'CRITICAL',
  status: 'RESOLVED',
  system: 'Payment API',
  locale: 'EN',
  startedAt: at(45),
  resolvedAt: at(61),
  acknowledgedAt: at(46),
  acknowledgedBy: 'Mina',
  cause: 'the process was stopped',
  fix: 'restarted payment-api',
  approval: { number: 'APR-7', by: ['Mina'] },
  verification: 'HTTP 200 in 12 ms',
  followUps: ['INC0012345'],
  timeline: [{ at: at(45), actor: 'alerts', text: 'Opened', evidenceRefs: [] }],
  omittedEntries: 0,
  evidence: [
    {
      ref: 1,
      title: 'Health',
      asked: 'GET http://10.0.0.1/health',
      summary: 'no answer',
      capturedAt: at(46),
      digest: 'a1b2c3d4e5f6a7b8',
    },
  ],
  decisions: [
    {
      number: 'APR-7',
      title: 'Restart payment-api',
      target: 'process payment-api',
      command: 'restart payment-api',
      digest: 'ffeeddccbbaa9988',
      policy: 'single-approver-restart',
      skipped: ['a second approver'],
      people: [{ name: 'Mina', approved: true, at: at(50), reason: null }],
      endReason: null,
      effect: { status: 'DONE', accepted: true, at: at(51) },
    },
  ],
  verifications: [{ at: at(52), text: 'HTTP 200 in 12 ms', evidenceRefs: [2] }],
};

test('four lines tell time and who answered, cause, fix with its approval, and what was verified', () => {
  expect(incidentSummary(record).map((line) => `${line.label}: ${line.text}`)).toEqual([
    'Duration: 16 min · acknowledged after 1 min by Mina',
    'Cause: the process was stopped',
    'Fix: restarted payment-api · approved by Mina (APR-7)',
    'Verified: HTTP 200 in 12 ms · INC0012345',
  ]);
});

test('what is not known is said, not made up', () => {
  const bare = {
    ...record,
    locale: 'KO' as const,
    cause: null,
    fix: null,
    approval: null,
    verification: null,
    followUps: [],
    acknowledgedAt: null,
  };

  expect(incidentSummary(bare).map((line) => line.text)).toEqual([
    '16분 · 확인한 사람 없음',
    '알 수 없음',
    '조치하지 않음',
    '기록 없음',
  ]);
});

test('the report holds the exact command with its digest, who approved it, evidence and verification', () => {
  const markdown = incidentReport(record);

  for (const part of [
    'APR-7',
    '`restart payment-api`',
    '`ffeeddccbbaa`',
    'approved by Mina',
    'a second approver',
    '`a1b2c3d4e5f6`',
    'ran once',
    '\\[2\\]',
  ])
    expect(markdown).toContain(part);
});

test('words from outside cannot link, mention, format, break out of code or begin a new line', () => {
  const evil = '**x** [pay](http://evil.example) <!channel> <@U1> `tick` \n# head\n- list @here \u202e | ~s~ ```fence';
  const hostile = incidentReport({
    ...record,
    title: evil,
    cause: evil,
    timeline: [{ at: at(45), actor: evil, text: evil, evidenceRefs: [] }],
    decisions: record.decisions.map((one) => ({ ...one, command: evil, target: evil })),
  });

  expect(hostile.split('\n')).toHaveLength(incidentReport(record).split('\n').length);
  expect(hostile).not.toMatch(/<[!@]/);
  expect(hostile).not.toContain('\u202e');
  expect(plain(evil)).not.toMatch(/(?<!\\)[*`[\]|~]/);
  expect(plain('- item')).not.toMatch(/^-/);
  expect(plain('see https://evil.example')).not.toContain('://');
  expect(code('a ``b`` c')).toBe('``` a ``b`` c ```');
});

test('both languages have the same texts, and each text takes the same facts', () => {
  const shape = (texts_: Readonly<Record<string, (...facts: never[]) => string>>) =>
    Object.entries(texts_)
      .map(([key, text]) => `${key}/${text.length}`)
      .sort();

  expect(shape(texts.KO).map((one) => one.split('/')[0])).toEqual(shape(texts.EN).map((one) => one.split('/')[0]));
});

test.each([
  [12_000, 'EN', '12 s'],
  [16 * 60_000, 'KO', '16분'],
  [125 * 60_000, 'EN', '2 h 5 min'],
] as const)('%i ms in %s is %s', (ms, locale, words) => {
  expect(spoken(ms, locale)).toBe(words);
});
