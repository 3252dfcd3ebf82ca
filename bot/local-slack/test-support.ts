import { once } from 'node:events';
import { afterEach } from 'vitest';
import { WebSocket } from 'ws';
import { type LocalSlackClient, localSlackClient } from './client.ts';
import { type Fields, fieldsOf, listOf, parseJson } from './json.ts';
import type { LocalSlackOptions } from './options.ts';
import { type LocalSlack, startLocalSlack } from './server.ts';

const stops: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** Remembers something to stop after the test. */
export function stopLater(stop: () => Promise<unknown> | unknown): void {
  stops.push(stop);
}

/** Starts a workspace that stops after the test. */
export async function workspace(
  options: LocalSlackOptions = {},
): Promise<{ slack: LocalSlack; people: LocalSlackClient }> {
  const slack = await startLocalSlack(options);
  stopLater(() => slack.stop());
  return { slack, people: localSlackClient(slack.url) };
}

/** Calls a Web API method as the app. */
export async function api(
  slack: LocalSlack,
  method: string,
  args: Fields = {},
  token = slack.botToken,
): Promise<Fields & { status: number; retryAfter: string | null }> {
  const response = await fetch(slack.apiUrl + method, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(args),
    signal: AbortSignal.timeout(2000),
  });
  return {
    ...fieldsOf(await response.json()),
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
  };
}

/** Slack's complaints in an answer. */
export function complaints(answer: Fields): string[] {
  return listOf(fieldsOf(answer.response_metadata).messages).map(String);
}

/** A bare Socket Mode connection that keeps what it gets and acknowledges only when told how. */
export async function connect(
  slack: LocalSlack,
  acknowledge: (envelope: Fields) => Fields | undefined = () => undefined,
) {
  const opened = await api(slack, 'apps.connections.open', {}, slack.appToken);
  const socket = new WebSocket(String(opened.url));
  const received: Fields[] = [];
  socket.on('message', (data) => {
    const message = fieldsOf(parseJson(data.toString()));
    received.push(message);
    const answer = message.envelope_id === undefined ? undefined : acknowledge(message);
    if (answer) socket.send(JSON.stringify({ envelope_id: message.envelope_id, ...answer }));
  });
  stopLater(() => socket.terminate());
  await once(socket, 'message');
  return {
    socket,
    received,
    envelopes: () => received.filter((message) => message.envelope_id !== undefined),
    url: String(opened.url),
  };
}
