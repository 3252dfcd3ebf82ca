import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { until } from '../../test/support/until.ts';
import { fieldsOf } from './json.ts';
import { api, connect, workspace } from './test-support.ts';

const C = 'C0OPS';
const user = 'U0REQUESTER';

test('a ticket opens one connection only', async () => {
  const { slack } = await workspace();
  const first = await connect(slack);

  const second = new WebSocket(first.url);
  const error = await new Promise<Error>((resolve) => second.once('error', resolve));

  expect(error.message).toContain('408');
  expect(slack.connectionCount()).toBe(1);
});

test('each envelope goes to one of the open connections, in turn', async () => {
  const { slack } = await workspace();
  const connections = [await connect(slack, () => ({})), await connect(slack, () => ({}))];

  for (let index = 0; index < 4; index++) slack.sendEvent({ type: 'app_home_opened', user });

  await until(() => slack.pendingEvents() === 0, { what: 'all acknowledged' });
  expect(connections.map((connection) => connection.envelopes().length)).toEqual([2, 2]);
});

test('an event that was not acknowledged comes again with its number and reason, on another connection', async () => {
  const { slack } = await workspace({ ackTimeoutMs: 50 });
  const silent = await connect(slack);
  const good = await connect(slack, () => ({}));

  slack.sendEvent({ type: 'app_home_opened', user });

  const [again] = await until(() => (good.envelopes().length > 0 ? good.envelopes() : undefined), {
    what: 'the repeat',
  });
  expect(silent.envelopes()[0]).toMatchObject({
    type: 'events_api',
    retry_attempt: 0,
    accepts_response_payload: false,
  });
  expect(again).toMatchObject({ retry_attempt: 1, retry_reason: 'timeout' });
  expect(fieldsOf(again?.payload).event_id).toBe(fieldsOf(silent.envelopes()[0]?.payload).event_id);
});

test('an event in flight on a connection that breaks is not lost', async () => {
  const { slack } = await workspace();
  const broken = await connect(slack);
  slack.sendEvent({ type: 'app_home_opened', user });
  await until(() => broken.envelopes().length === 1, { what: 'the first delivery' });
  const good = await connect(slack, () => ({}));

  broken.socket.terminate();

  await until(() => good.envelopes().length === 1, { what: 'the second delivery' });
  await until(() => slack.pendingEvents() === 0, { what: 'the acknowledgement' });
});

test('an event nobody acknowledges is delivered four times, then given up', async () => {
  const { slack } = await workspace({ ackTimeoutMs: 20, retryTimeScale: 0.0001 });
  const silent = await connect(slack);

  slack.sendEvent({ type: 'app_home_opened', user });

  await until(() => slack.pendingEvents() === 0, { what: 'giving up' });
  expect(silent.envelopes().map((envelope) => envelope.retry_attempt)).toEqual([0, 1, 2, 3]);
});

test('a command is sent once; what the person reads depends on the acknowledgement', async () => {
  const { slack, people } = await workspace({ ackTimeoutMs: 50 });
  expect(await people.command({ user, channel: C })).toMatchObject({ ok: false, error: 'dispatch_failed' });
  const silent = await connect(slack);
  const late = await people.command({ user, channel: C, text: 'x' });
  silent.socket.close();
  await until(() => slack.connectionCount() === 0, { what: 'the close' });
  await connect(slack, (envelope) => ({ payload: { text: `got ${String(fieldsOf(envelope.payload).text)}` } }));
  const good = await people.command({ user, channel: C, text: 'y' });

  expect(late).toMatchObject({
    ok: false,
    error: 'operation_timeout',
    text: '/agent failed with the error "operation_timeout"',
  });
  expect(silent.envelopes()).toHaveLength(1);
  expect(good).toMatchObject({ ok: true, text: 'got y' });
  expect((await people.messages(C, user)).map((message) => message.text)).toContain('got y');
  expect(await people.messages(C, 'U0VIEWER')).toEqual([]);
});

test('a connection told to leave gets nothing new', async () => {
  const { slack } = await workspace();
  const leaving = await connect(slack, () => ({}));
  slack.refreshConnections('refresh_requested');
  await until(() => leaving.received.some((message) => message.type === 'disconnect'), {
    what: 'the request to leave',
  });
  const good = await connect(slack, () => ({}));

  slack.sendEvent({ type: 'app_home_opened', user });
  slack.sendEvent({ type: 'app_home_opened', user });

  await until(() => good.envelopes().length === 2, { what: 'both events' });
  expect(leaving.envelopes()).toEqual([]);
});

test('pressing reports what the message shows; what is not there cannot be pressed', async () => {
  const { slack, people } = await workspace();
  const pressed: unknown[] = [];
  await connect(slack, (envelope) => {
    if (envelope.type === 'interactive') pressed.push(envelope.payload);
    return {};
  });
  const button = { type: 'button', action_id: 'go', value: 'v1', text: { type: 'plain_text', text: 'Go' } };
  const { ts } = await api(slack, 'chat.postMessage', {
    channel: C,
    text: 'a',
    blocks: [{ type: 'actions', block_id: 'b', elements: [button] }],
  });
  const press = { user, channel: C, ts: String(ts) };

  expect(await people.press({ ...press, action_id: 'other' })).toMatchObject({ ok: false, error: 'action_not_found' });
  expect(await people.press({ ...press, action_id: 'go' })).toMatchObject({ ok: true });
  expect(await people.press({ ...press, action_id: 'gone', value: 'old', stale: true })).toMatchObject({ ok: true });
  expect(pressed).toMatchObject([
    {
      type: 'block_actions',
      user: { id: user },
      channel: { id: C },
      message: { ts },
      actions: [{ action_id: 'go', block_id: 'b', value: 'v1' }],
    },
    { actions: [{ action_id: 'gone', value: 'old' }] },
  ]);
});

test('a mention reaches the app as message and as app_mention with one timestamp', async () => {
  const { slack, people } = await workspace();
  const app = await connect(slack, () => ({}));

  const said = await people.say({ user, channel: C, text: '<@U0AGENT> hi' });

  await until(() => app.envelopes().length === 2, { what: 'both events' });
  const events = app.envelopes().map((envelope) => fieldsOf(fieldsOf(envelope.payload).event));
  expect(events.map((event) => [event.type, event.ts, event.channel]).sort()).toEqual([
    ['app_mention', said.ts, C],
    ['message', said.ts, C],
  ]);
});
