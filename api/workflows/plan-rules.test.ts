import fc from 'fast-check';
import { expect, test } from 'vitest';
import { conditionHolds, type EndedStatus, judgeStep, type Plan, readPlan, resolveParams } from './plan-rules.ts';

const check = (agentId: string, taskType: string, params: unknown) =>
  agentId !== 'a' || taskType !== 't'
    ? null
    : params !== null && JSON.stringify(params).includes('bad')
      ? ['x: is bad']
      : [];
const step = (name: string, over: object = {}) => ({ name, agentId: 'a', taskType: 't', ...over });
const read = (...steps: object[]) => readPlan({ title: 'Plan', steps }, check);
const problems = (...steps: object[]) => {
  const answer = read(...steps);
  return 'problems' in answer ? answer.problems.map((one) => `${one.path.join('.')}: ${one.message}`).join('; ') : '';
};
const planOf = (...steps: object[]): Plan => {
  const answer = read(...steps);
  if ('problems' in answer) throw new Error(problems(...steps));
  return answer.plan;
};

test('a step waits for the one before it, a parallel one for none', () => {
  const plan = planOf(
    step('one'),
    step('two'),
    step('three', { mode: 'PARALLEL' }),
    step('four', { needs: ['one', 'three'] }),
  );

  expect(plan.steps.map((one) => one.needs)).toEqual([[], ['one'], [], ['one', 'three']]);
});

test.each([
  ['two of one name', [step('one'), step('one')], 'the name one is taken'],
  ['an unknown task', [step('one', { taskType: 'x' })], 'there is no task a · x'],
  ['inputs that do not fit', [step('one', { params: { x: 'bad' } })], 'x: is bad'],
  ['an unknown need', [step('one', { needs: ['two'] })], 'there is no step two'],
  ['a step that waits for itself', [step('one', { needs: ['one'] })], 'cannot wait for itself'],
  [
    'a circle',
    [step('one', { needs: ['three'] }), step('two', { needs: ['one'] }), step('three', { needs: ['two'] })],
    'one → three → two → one',
  ],
  ['a condition that is missing', [step('one'), step('two', { mode: 'CONDITIONAL' })], 'needs a condition'],
  [
    'a condition on a later step',
    [step('one', { when: { step: 'two', status: 'FAILED' } }), step('two')],
    'does not end before',
  ],
  [
    'a reference to a step that has not ended',
    [step('one', { params: { x: { $from: 'steps.two.result.y' } } }), step('two')],
    'does not end before',
  ],
  ['a reference to anything else', [step('one', { params: { x: { $from: 'env.SECRET' } } })], 'must begin with input.'],
  ['a delegation from nowhere', [step('one', { mode: 'DELEGATED' })], 'needs the step that delegates'],
  ['a field nobody knows', [step('one', { approve: true })], 'Unrecognized key'],
  ['no steps', [], 'Too small'],
])('%s is refused and named', (_, steps, told) => {
  expect(problems(...steps)).toContain(told);
});

test('references are replaced wherever they stand; one that leads nowhere is left out', () => {
  const results = { input: { system: 'pay' }, steps: { one: { result: { list: [{ name: 'x' }] } } } };

  expect(
    resolveParams(
      {
        systems: [{ $from: 'input.system' }],
        first: { $from: 'steps.one.result.list.0.name' },
        none: { $from: 'input.no' },
        keep: [1, { a: null }],
      },
      results,
    ),
  ).toEqual({ systems: ['pay'], first: 'x', keep: [1, { a: null }] });
  expect(resolveParams({ $from: 'input.constructor' }, results)).toBeUndefined();
});

test('conditions read statuses and results', () => {
  const results = { input: {}, steps: { one: { result: { count: 3 } } } };
  const statuses = { one: 'SUCCEEDED' as const };
  const holds = (is: 'above' | 'below' | 'equals' | 'notEquals' | 'exists', value?: number) =>
    conditionHolds({ step: 'one', path: ['count'], is, ...(value === undefined ? {} : { value }) }, statuses, results);

  expect([holds('above', 2), holds('below', 2), holds('equals', 3), holds('notEquals', 3), holds('exists')]).toEqual([
    true,
    false,
    true,
    false,
    true,
  ]);
  expect(conditionHolds({ step: 'one', status: 'FAILED' }, statuses, results)).toBe(false);
});

test('after a failure that stops, nothing begins; a branch nobody took is left out; a repair for a failure runs', () => {
  const none = { input: {}, steps: {} };
  const plan = planOf(
    step('try', { onFailure: 'continue' }),
    step('repair', { when: { step: 'try', status: 'FAILED' } }),
    step('after', { needs: ['repair'] }),
  );
  const judge = (name: string, statuses: Record<string, EndedStatus>, cancelled = false) => {
    const found = plan.steps.find((one) => one.name === name);
    return found && judgeStep(found, plan, statuses, none, cancelled);
  };

  expect(judge('repair', { try: 'FAILED' })).toEqual({ run: true });
  expect(judge('repair', { try: 'SUCCEEDED' })).toEqual({ run: false, reason: 'condition' });
  expect(judge('after', { try: 'SUCCEEDED', repair: 'SKIPPED' })).toEqual({ run: false, reason: 'not-reached' });
  expect(judge('after', { try: 'SUCCEEDED', repair: 'FAILED' })).toEqual({ run: false, reason: 'stopped' });
  expect(judge('repair', { try: 'FAILED' }, true)).toEqual({ run: false, reason: 'cancelled' });
});

test('whatever needs are given, a plan that is taken has no circle', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  fc.assert(
    fc.property(fc.array(fc.subarray(names), { minLength: 5, maxLength: 5 }), (needs) => {
      const answer = read(...names.map((name, i) => step(name, { needs: needs[i] ?? [] })));
      if ('problems' in answer) return;
      const left = new Map(answer.plan.steps.map((one) => [one.name, new Set(one.needs)]));
      for (let round = 0; round < names.length; round++)
        for (const [name, open] of left)
          if (open.size === 0) {
            left.delete(name);
            for (const other of left.values()) other.delete(name);
          }
      expect(left.size).toBe(0);
    }),
  );
});
