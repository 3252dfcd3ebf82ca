import { expect, test } from 'vitest';
import { until } from '../../test/support/until.ts';
import { fieldsOf } from './json.ts';
import { api, connect, workspace } from './test-support.ts';

const post = (slack: Parameters<typeof api>[0], channel = 'C0OPS') =>
  api(slack, 'chat.postMessage', { channel, text: 'x' });

test('a lost answer means that the message was taken all the same', async () => {
  const { slack, people } = await workspace();
  await people.addFault({ kind: 'lost-answer', method: 'chat.postMessage' });

  await expect(post(slack)).rejects.toThrow();
  expect(slack.messages('C0OPS')).toHaveLength(1);
  expect((await post(slack)).status).toBe(200);
});

test('a hanging call takes nothing, or takes and says nothing', async () => {
  const { slack } = await workspace();
  slack.addFault({ kind: 'hang', channel: 'C0OPS' });
  slack.addFault({ kind: 'hang-after', channel: 'C0PAYMENTS' });
  const never = (channel: string) =>
    fetch(`${slack.apiUrl}chat.postMessage`, {
      method: 'POST',
      body: new URLSearchParams({ channel, text: 'x', token: slack.botToken }),
      signal: AbortSignal.timeout(150),
    });

  await expect(never('C0OPS')).rejects.toThrow('timeout');
  await expect(never('C0PAYMENTS')).rejects.toThrow('timeout');
  expect([slack.messages('C0OPS').length, slack.messages('C0PAYMENTS').length]).toEqual([0, 1]);
});

test('refusals by fault hit as often as told, where told', async () => {
  const { slack, people } = await workspace();
  slack.addFault({ kind: 'rate-limit', channel: 'C0OPS', retryAfterSeconds: 7 });
  slack.addFault({ kind: 'server-error', channel: 'C0OPS', status: 502 });
  slack.addFault({ kind: 'error', method: 'chat.postMessage', channel: 'C0OPS', error: 'fatal_error', times: 2 });

  expect((await post(slack, 'C0PAYMENTS')).status).toBe(200);
  expect(await post(slack)).toMatchObject({ status: 429, retryAfter: '7' });
  expect((await post(slack)).status).toBe(502);
  expect(await post(slack)).toMatchObject({ status: 200, ok: false, error: 'fatal_error' });
  expect(await post(slack)).toMatchObject({ error: 'fatal_error' });
  expect(await post(slack)).toMatchObject({ ok: true });
  await people.addFault({ kind: 'error', error: 'fatal_error', times: 0 });
  await people.clearFaults();
  expect(await post(slack)).toMatchObject({ ok: true });
});

test('a duplicated delivery arrives twice with the same id', async () => {
  const { slack } = await workspace();
  const app = await connect(slack, () => ({}));
  slack.addFault({ kind: 'duplicate-delivery', delivery: 'events_api' });

  const id = slack.sendEvent({ type: 'app_home_opened', user: 'U0VIEWER' });

  await until(() => app.envelopes().length === 2, { what: 'both copies' });
  expect(app.envelopes().map((envelope) => fieldsOf(envelope.payload).event_id)).toEqual([id, id]);
});

test('reordered events arrive in the other order', async () => {
  const { slack } = await workspace();
  const app = await connect(slack, () => ({}));
  slack.addFault({ kind: 'reorder-delivery' });

  const first = slack.sendEvent({ type: 'app_home_opened', user: 'U0VIEWER' });
  await api(slack, 'auth.test');
  const second = slack.sendEvent({ type: 'app_home_opened', user: 'U0VIEWER' });

  await until(() => app.envelopes().length === 2, { what: 'both events' });
  expect(app.envelopes().map((envelope) => fieldsOf(envelope.payload).event_id)).toEqual([second, first]);
});

test('a dropped command never reaches the app; a dropped event comes again', async () => {
  const { slack, people } = await workspace({ ackTimeoutMs: 40 });
  const app = await connect(slack, () => ({}));
  slack.addFault({ kind: 'drop-delivery', times: 2 });

  expect(await people.command({ user: 'U0VIEWER', channel: 'C0OPS' })).toMatchObject({ error: 'operation_timeout' });
  expect(app.envelopes()).toEqual([]);
  slack.sendEvent({ type: 'app_home_opened', user: 'U0VIEWER' });
  await until(() => app.envelopes().length === 1, { what: 'the repeat' });
  expect(app.envelopes()[0]).toMatchObject({ retry_attempt: 1 });
});
