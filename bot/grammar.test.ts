import { beforeAll, describe, expect, test } from 'vitest';
import { loadCommands } from './command.ts';
import { type NounWords, readCommand, readDuration } from './grammar.ts';
import { distance, jamo } from './jamo.ts';

let nouns: readonly NounWords[] = [];
beforeAll(async () => {
  const set = await loadCommands();
  // Silences come with a later command file; the grammar reads them as it reads everything else.
  nouns = set.nouns.map((noun) =>
    noun.name === 'alert'
      ? {
          ...noun,
          verbs: [
            ...noun.verbs,
            { name: 'silence', words: ['silence', '음소거'], changes: true, args: 'optional-id' as const },
          ],
        }
      : noun,
  );
});

const read = (text: string, thread: string | null = null) => readCommand(text, nouns, thread);

describe('must be read as', () => {
  test.each([
    ['ack INC-31', null],
    ['INC-31 확인해줘', null],
    ['INC-31 확인', null],
    ['확인', 'INC-31'],
    ['incident ack INC-31', null],
    ['장애 확인 inc-31', null],
  ])('%s acknowledges INC-31', (text, thread) => {
    expect(read(text, thread)).toMatchObject({ kind: 'command', noun: 'incident', verb: 'ack', ids: ['INC-31'] });
  });

  test.each([
    ['alert silence AG-218 30m', '30m', {}],
    ['알림 AG-218 30분 음소거해줘', '30분', {}],
    ['알림 30분 AG-218 음소거 해 주세요', '30분', {}],
    ['알림 음소거 AG-218 —duration 30분', undefined, { duration: '30분' }],
    ['알림 음소거 AG-218 –duration=30m', undefined, { duration: '30m' }],
    ['alert silence AG-218 --duration "30m"', undefined, { duration: '30m' }],
  ])('%s silences AG-218 for half an hour', (text, arg, flags) => {
    const reading = read(text);

    expect(reading).toMatchObject({ kind: 'command', noun: 'alert', verb: 'silence', ids: ['AG-218'], flags });
    const word = reading.kind === 'command' ? (reading.flags.duration ?? reading.args[0]) : '';
    expect(readDuration(word ?? '')).toBe('PT30M');
    if (arg !== undefined && reading.kind === 'command') expect(reading.args).toEqual([arg]);
  });

  test.each(['approve', '승인', 'approv', '승인 목록'])('%s lists what waits', (text) => {
    expect(read(text)).toMatchObject({ kind: 'command', noun: 'approve', ids: [] });
  });

  test.each([
    '알림이 왜 이렇게 많아?',
    'approve 버튼이 안 보여요',
    '결제 서버 재시작해줘',
    'report is late',
    'why is payment-api slow?',
    '상태가 왜 이래요?',
    'tell me why it broke yesterday evening',
  ])('%s is a question', (text) => {
    expect(read(text)).toEqual({ kind: 'question', text });
  });

  test.each([
    ['alrt list', 'alert list'],
    ['알륌 목록', '알림 목록'],
    ['alert lst', 'alert list'],
    ['investigat INC-31', 'investigate INC-31'],
  ])('%s is offered as %s and runs nothing', (text, command) => {
    expect(read(text)).toMatchObject({ kind: 'did-you-mean', command });
  });

  test.each([
    ['', 'help', null],
    ['?', 'help', null],
    ['도움말', 'help', null],
    ['INC-31', 'incident', 'show'],
    ['AG-218', 'alert', 'show'],
    ['T-1042', 'task', 'show'],
    ['APR-7', 'approve', null],
    ['INC-31 조사', 'investigate', null],
    ['APR-7 반려', 'reject', null],
    ['incidents', 'incident', 'list'],
    ['inc list', 'incident', 'list'],
    ['release INC-31', 'incident', 'release'],
    ['INC-31 확인해제', 'incident', 'release'],
    ['check health payment-api', 'check', 'health'],
    ['매뉴얼 결제 재시작', 'manual', null],
    ['작업 취소 T-12', 'task', 'cancel'],
    ['보고서 장애 INC-31', 'report', 'incident'],
  ])('%s is %s %s', (text, noun, verb) => {
    expect(read(text)).toMatchObject({ kind: 'command', noun, verb });
  });
});

test('decomposed Hangul of a Mac is read like any other', () => {
  expect(read('알림 목록'.normalize('NFD'))).toMatchObject({ kind: 'command', noun: 'alert', verb: 'list' });
});

test('full-width letters are read as letters, and a note keeps the original', () => {
  expect(read('ａｃｋ ＩＮＣ-31')).toMatchObject({ noun: 'incident', verb: 'ack', ids: ['INC-31'] });
  expect(read('incident note INC-31 “Ａ server” rebooted')).toMatchObject({
    verb: 'note',
    ids: ['INC-31'],
    rest: 'Ａ server rebooted',
  });
});

test.each([
  ['30m', 'PT30M'],
  ['2시간', 'PT2H'],
  ['1일', 'P1D'],
  ['30x', null],
  ['0m', null],
  ['m', null],
])('%s lasts %s', (word, duration) => {
  expect(readDuration(word)).toBe(duration);
});

/** A small generator with a fixed seed: the same words on every run. */
function* numbers(seed: number): Generator<number> {
  for (let state = seed; ; ) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    yield state;
  }
}

test('whatever is written, reading ends, and nothing that changes comes from a prefix or a guess', () => {
  const source = numbers(7);
  const next = (below: number) => Number(source.next().value) % below;
  const pieces = [
    'ack',
    'alert',
    '알림',
    'INC-31',
    'T-1',
    'res',
    'invest',
    '음소',
    '확인',
    '—',
    '--x',
    '"',
    '해줘',
    '30분',
    '<!channel>',
    '\u202e',
    '🔥',
    'cancel',
    'releas',
    'APR-7',
    'rej',
  ];

  for (let round = 0; round < 3_000; round++) {
    const text = Array.from({ length: 1 + next(5) }, () => pieces[next(pieces.length)] ?? '').join(' ');
    const reading = read(text);
    if (reading.kind !== 'command') continue;
    const noun = nouns.find(({ name }) => name === reading.noun);
    const verb = noun?.verbs.find(({ name }) => name === reading.verb);
    if (!(verb?.changes ?? noun?.bare.changes)) continue;
    const known = [...(noun?.words ?? []), ...(verb?.words ?? [])];
    const words = text.normalize('NFKC').toLowerCase().split(/\s+/);
    expect(
      words.some((word) => known.some((one) => word === one || (word.startsWith(one) && /[가-힣]/.test(word)))),
      text,
    ).toBe(true);
  }
});

test('distance counts letters, in Hangul the jamo', () => {
  expect(distance(jamo('알륌'), jamo('알림'), 2)).toBe(1);
  expect(distance(jamo('alrt'), jamo('alert'), 2)).toBe(1);
  expect(distance(jamo('abc'), jamo('xyz'), 1)).toBe(2);
});
