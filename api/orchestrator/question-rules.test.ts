import { expect, test } from 'vitest';
import { checkAnswers, openNames, type QuestionField, readReply } from './question-rules.ts';

const field = (name: string, schema: Record<string, unknown>, label = name): QuestionField => ({
  name,
  label,
  reason: '',
  schema,
});
const fields = [
  field('domain', { type: 'string', minLength: 3 }, '도메인'),
  field('keeper', { type: 'string' }, '키 담당자'),
  field('days', { type: 'integer', minimum: 1 }, '기간'),
];

test.each([
  ['numbers as shown', '1. pay.example\n3) 90', { domain: 'pay.example', days: 90 }],
  ['labels', '도메인: pay.example\n키 담당자： 김민수', { domain: 'pay.example', keeper: '김민수' }],
  ['names', 'days=30', { days: 30 }],
  ['a line for each', 'pay.example\n김민수\n1,095', { domain: 'pay.example', keeper: '김민수', days: 1_095 }],
  ['parts between commas', 'pay.example, 김민수, 30건', { domain: 'pay.example', keeper: '김민수', days: 30 }],
])('a reply is read by %s', (_, text, expected) => {
  expect(readReply(text, fields, {})).toEqual({ answers: expected, problems: {}, unclear: false });
});

test('with one question left the whole reply is its answer', () => {
  expect(readReply('김민수, 안 되면 이영희', fields, { domain: 'x', days: 1 }).answers).toEqual({
    keeper: '김민수, 안 되면 이영희',
  });
});

test('what cannot be told apart is unclear, and nothing is guessed', () => {
  expect(readReply('잘 모르겠는데요', fields, {})).toEqual({ answers: {}, problems: {}, unclear: true });
  expect(readReply('', fields, {})).toMatchObject({ unclear: true });
});

test('answers are checked by their schema, and what was not asked for is not taken', () => {
  const read = checkAnswers(fields, { domain: 'x', days: '삼십', other: 1, keeper: ' ' });

  expect(read.answers).toEqual({});
  expect(Object.keys(read.problems).sort()).toEqual(['days', 'domain', 'other']);
});

test.each([
  [{ type: 'boolean' }, '네', true],
  [{ type: 'boolean' }, 'no', false],
  [{ enum: ['HIGH', 'LOW'] }, 'high', 'HIGH'],
  [{ type: 'array', items: { type: 'string' } }, 'a, b、c', ['a', 'b', 'c']],
  [{ type: 'number' }, '1,234.5', 1_234.5],
])('words become what %j wants', (schema, words, expected) => {
  expect(checkAnswers([field('one', schema)], { one: words }).answers).toEqual({ one: expected });
});

test('open are the ones without an answer', () => {
  expect(openNames(fields, { keeper: 'x' })).toEqual(['domain', 'days']);
});
