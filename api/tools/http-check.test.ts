import { expect, test } from 'vitest';
import { judgeProbe } from './http-check.ts';

const reply = (over: object = {}) => ({
  reached: true,
  statusCode: 200,
  latencyMs: 20,
  body: 'status ok',
  error: null,
  ...over,
});

test.each([
  ['an answer as expected', reply(), { status: 200, bodyContains: 'ok' }, 'HEALTHY'],
  ['any good answer when nothing is expected', reply({ statusCode: 204 }), null, 'HEALTHY'],
  ['an error', reply({ statusCode: 500 }), null, 'UNHEALTHY'],
  ['another status than expected', reply({ statusCode: 204 }), { status: 200 }, 'UNHEALTHY'],
  ['an answer without the expected words', reply({ body: 'maintenance' }), { bodyContains: 'ok' }, 'UNHEALTHY'],
  ['an answer above its limit', reply({ latencyMs: 900 }), { maxLatencyMs: 500 }, 'SLOW'],
  ['an answer above the usual limit', reply({ latencyMs: 2_600 }), null, 'SLOW'],
  ['no answer', reply({ reached: false, statusCode: null, error: 'connection refused' }), null, 'UNHEALTHY'],
] as const)('%s is %4$s', (_, probe, expectation, state) => {
  expect(judgeProbe(probe, expectation).state).toBe(state);
});
