import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { Secret } from '../lib/secret.ts';
import { replayMemory, verifySignature } from './signature.ts';

const secret = new Secret('a-signing-secret');
const now = 1_795_529_345;
const sign = (body: string, timestamp: string, key = 'a-signing-secret') =>
  `v0=${createHmac('sha256', key).update(`v0:${timestamp}:${body}`).digest('hex')}`;
const check = (body: string, timestamp: string | undefined, signature: string | undefined, memory = replayMemory()) =>
  verifySignature({ rawBody: Buffer.from(body), timestamp, signature }, secret, memory, now);

test('a request of Slack is taken, once', () => {
  const memory = replayMemory();
  const signature = sign('payload=1', String(now));

  expect(check('payload=1', String(now), signature, memory)).toMatchObject({ ok: true });
  expect(check('payload=1', String(now), signature, memory)).toEqual({ ok: false, reason: 'replay' });
});

test.each([-301, 301, -3_000, 86_400])('a request %i s away from now is refused', (offset) => {
  const timestamp = String(now + offset);

  expect(check('x', timestamp, sign('x', timestamp))).toEqual({ ok: false, reason: 'stale' });
});

test.each([-300, -1, 0, 300])('a request %i s away from now is taken', (offset) => {
  const timestamp = String(now + offset);

  expect(check('x', timestamp, sign('x', timestamp))).toMatchObject({ ok: true });
});

test.each([
  ['no signature', String(now), undefined],
  ['no timestamp', undefined, sign('x', String(now))],
  ['another secret', String(now), sign('x', String(now), 'other')],
  ['another body', String(now), sign('y', String(now))],
  ['another version', String(now), sign('x', String(now)).replace('v0=', 'v1=')],
  ['a cut signature', String(now), sign('x', String(now)).slice(0, -1)],
  ['upper case', String(now), sign('x', String(now)).toUpperCase()],
  ['nine digits', '179552934', sign('x', '179552934')],
  ['eleven digits', `0${now}`, sign('x', `0${now}`)],
  ['a sign', `+${String(now).slice(1)}`, sign('x', `+${String(now).slice(1)}`)],
  ['a fraction', '1795529345.0', sign('x', '1795529345.0')],
  ['other digits', '１795529345', sign('x', '１795529345')],
])('%s is refused', (_, timestamp, signature) => {
  expect(check('x', timestamp, signature)).toEqual({ ok: false, reason: 'signature' });
});
