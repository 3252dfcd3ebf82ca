import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { expect, test } from 'vitest';
import { until } from '../../test/support/until.ts';
import { readBody } from './http.ts';
import { stopLater, workspace } from './test-support.ts';

interface Got {
  headers: IncomingHttpHeaders;
  body: string;
}

/** An app's request URL that answers what it is told to. */
async function requestUrl(
  answer: (got: Got, count: number) => { status: number; body?: string; headers?: Record<string, string> } | undefined,
) {
  const got: Got[] = [];
  const server = createServer(async (request, response) => {
    const one = { headers: request.headers, body: (await readBody(request, 1_000_000)).toString() };
    got.push(one);
    const reply = answer(one, got.length);
    if (reply) response.writeHead(reply.status, reply.headers ?? {}).end(reply.body ?? '');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stopLater(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { got, url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/slack/events` };
}

test('requests carry Slack’s signature of exactly the posted body', async () => {
  const { got, url } = await requestUrl(() => ({ status: 200 }));
  const { people, slack } = await workspace({ eventsUrl: url, signingSecret: 'shh' });

  await people.command({ user: 'U0REQUESTER', channel: 'C0OPS', text: '알림 & list' });
  slack.sendEvent({ type: 'app_home_opened', user: 'U0REQUESTER' });
  await until(() => got.length === 2, { what: 'both requests' });

  for (const { headers, body } of got) {
    const timestamp = String(headers['x-slack-request-timestamp']);
    expect(timestamp).toMatch(/^\d{10}$/);
    expect(headers['x-slack-signature']).toBe(
      `v0=${createHmac('sha256', 'shh').update(`v0:${timestamp}:${body}`).digest('hex')}`,
    );
  }
  expect(new URLSearchParams(got[0]?.body).get('text')).toBe('알림 & list');
  expect(got.map(({ headers }) => headers['content-type'])).toEqual([
    'application/x-www-form-urlencoded',
    'application/json',
  ]);
});

test('a refused event comes again with number and reason until it is taken', async () => {
  const { got, url } = await requestUrl((_got, count) => ({ status: count < 3 ? 500 : 200 }));
  const { slack } = await workspace({ eventsUrl: url, retryTimeScale: 0.0001 });

  slack.sendEvent({ type: 'app_home_opened', user: 'U0REQUESTER' });

  await until(() => slack.pendingEvents() === 0, { what: 'acceptance' });
  expect(got.map(({ headers }) => [headers['x-slack-retry-num'], headers['x-slack-retry-reason']])).toEqual([
    [undefined, undefined],
    ['1', 'http_error'],
    ['2', 'http_error'],
  ]);
  expect(new Set(got.map(({ body }) => body)).size).toBe(1);
});

test('an app that says so gets no repeat', async () => {
  const { got, url } = await requestUrl(() => ({ status: 400, headers: { 'x-slack-no-retry': '1' } }));
  const { slack } = await workspace({ eventsUrl: url, retryTimeScale: 0 });

  slack.sendEvent({ type: 'app_home_opened', user: 'U0REQUESTER' });

  await until(() => slack.pendingEvents() === 0, { what: 'giving up' });
  expect(got).toHaveLength(1);
});

test('a command is never repeated: late, refused and unreachable are told to the person', async () => {
  const silent = await requestUrl(() => undefined);
  const refusing = await requestUrl(() => ({ status: 500 }));
  const { slack, people } = await workspace({ eventsUrl: silent.url, ackTimeoutMs: 60 });
  const command = () => people.command({ user: 'U0REQUESTER', channel: 'C0OPS' });

  expect(await command()).toMatchObject({ ok: false, error: 'operation_timeout' });
  slack.deliverTo(refusing.url);
  expect(await command()).toMatchObject({ ok: false, error: 'dispatch_failed' });
  slack.deliverTo('http://127.0.0.1:1/');
  expect(await command()).toMatchObject({ ok: false, error: 'dispatch_failed' });
  expect([silent.got.length, refusing.got.length]).toEqual([1, 1]);
});
