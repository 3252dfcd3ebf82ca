import { once } from 'node:events';
import { request } from 'node:http';
import { expect, test } from 'vitest';
import { localSlackClient } from './client.ts';
import { api, connect, workspace } from './test-support.ts';

/** Asks with headers fetch would not let us set. */
async function ask(
  url: string,
  path: string,
  headers: Record<string, string>,
  method = 'GET',
): Promise<number | undefined> {
  const asked = request(new URL(path, url), { method, headers });
  asked.end(method === 'POST' ? '{}' : undefined);
  const [response] = await once(asked, 'response');
  response.resume();
  return response.statusCode;
}

test('the doors for people answer only this machine’s own pages', async () => {
  const { slack } = await workspace();

  expect(await ask(slack.url, '/local/state', {})).toBe(200);
  expect(await ask(slack.url, '/local/state', { host: 'localhost:3000' })).toBe(200);
  expect(await ask(slack.url, '/local/state', { host: 'evil.example' })).toBe(403);
  expect(await ask(slack.url, '/slack', { host: 'evil.example' })).toBe(403);
  expect(await ask(slack.url, '/slack/local/message', { origin: 'http://localhost:3000' }, 'POST')).toBe(400);
  expect(await ask(slack.url, '/local/message', { origin: 'https://evil.example' }, 'POST')).toBe(403);
  expect(await ask(slack.url, '/local/message', { origin: 'null' }, 'POST')).toBe(403);
});

test('the page allows nothing but its own files', async () => {
  const { slack } = await workspace();

  const page = await fetch(`${slack.url}/slack`);
  const policy = page.headers.get('content-security-policy') ?? '';
  const files = [...(await page.text()).matchAll(/(?:href|src)="(\/slack\/[^"]+)"/g)].map((match) => match[1] ?? '');

  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain('unsafe');
  expect(files.length).toBeGreaterThan(3);
  for (const file of files) expect((await fetch(slack.url + file)).status, file).toBe(200);
  for (const path of ['/slack/../server.ts', '/slack/%2e%2e/server.ts', '/slack/nothing.js'])
    expect((await fetch(slack.url + path)).status).toBe(404);
});

test('odd requests are refused and the workspace lives', async () => {
  const { slack, people } = await workspace();

  expect(
    (
      await fetch(`${slack.apiUrl}chat.postMessage`, {
        method: 'POST',
        body: '{',
        headers: { 'content-type': 'application/json' },
      })
    ).status,
  ).toBe(200);
  expect(
    (
      await fetch(`${slack.apiUrl}chat.postMessage`, { method: 'POST', body: 'x'.repeat(2_100_000) }).catch(() => ({
        status: 413,
      }))
    ).status,
  ).toBe(413);
  expect((await fetch(`${slack.url}/local/action`, { method: 'POST', body: 'null' })).status).toBe(400);
  expect(await people.command({ user: 'U0NONE', channel: 'C0OPS' })).toMatchObject({ error: 'user_not_found' });
  expect(await people.command({ user: 'U0VIEWER', channel: 'C0OPS', command: '/other' })).toMatchObject({
    error: 'unknown_command',
  });
  expect((await fetch(`${slack.url}/healthz`)).status).toBe(200);
});

test('a form is checked before it is sent, and its values have Slack’s shape', async () => {
  const { slack } = await workspace();
  const people = localSlackClient(slack.url);
  const sent: unknown[] = [];
  await connect(slack, (envelope) => {
    sent.push(envelope.payload);
    return {};
  });
  const text = (words: string) => ({ type: 'plain_text', text: words });
  const element = (more: object) => ({ type: 'input', label: text('L'), ...more });
  const options = [{ text: text('One'), value: '1' }];
  const view = {
    type: 'modal',
    callback_id: 'f',
    title: text('T'),
    submit: text('S'),
    blocks: [
      element({ block_id: 'why', element: { type: 'plain_text_input', action_id: 'value', max_length: 5 } }),
      element({ block_id: 'pick', optional: true, element: { type: 'static_select', action_id: 'value', options } }),
    ],
  };
  await api(slack, 'views.open', { trigger_id: slack.newTrigger('U0VIEWER'), view });
  const [open] = (await people.views('U0VIEWER')).views;
  const submit = (values: Record<string, unknown>) =>
    people.submit({ user: 'U0VIEWER', view_id: open?.id ?? '', values });

  expect((await submit({})).errors).toEqual({ why: 'Please complete this required field.' });
  expect((await submit({ why: 'too long' })).errors).toEqual({ why: 'Please use at most 5 characters.' });
  expect(sent).toEqual([]);
  expect(await submit({ why: 'fine', pick: '1' })).toMatchObject({ ok: true, views: [] });
  expect(sent).toMatchObject([
    {
      type: 'view_submission',
      view: {
        callback_id: 'f',
        state: { values: { why: { value: { value: 'fine' } }, pick: { value: { selected_option: { value: '1' } } } } },
      },
    },
  ]);
});
