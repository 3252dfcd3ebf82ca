import { expect, test } from 'vitest';
import { until } from '../../test/support/until.ts';
import { localSlackClient } from './client.ts';
import { type Fields, fieldsOf } from './json.ts';
import { connect, workspace } from './test-support.ts';

const bytes = Buffer.from('# A page\n\nText.\n');

test('a person attaches a file to a mention: the message, the mention and the file are told to the app', async () => {
  const { slack } = await workspace();
  const events: Fields[] = [];
  await connect(slack, (envelope) => {
    events.push(fieldsOf(fieldsOf(envelope.payload).event));
    return {};
  });
  const person = localSlackClient(slack.url);

  const id = await person.attach({ user: 'U0REQUESTER', name: 'page.md', content: bytes });
  const said = await person.say({
    user: 'U0REQUESTER',
    channel: 'C0OPS',
    text: '<@U0AGENT> learn as manual',
    files: [id],
  });
  await until(() => events.length >= 3, { what: 'three events' });

  const of = (type: string) => events.find((event) => event.type === type);
  expect(of('message')).toMatchObject({ subtype: 'file_share', ts: said.ts, user: 'U0REQUESTER' });
  expect(of('app_mention')).toMatchObject({ ts: said.ts, files: [{ id, name: 'page.md', user: 'U0REQUESTER' }] });
  expect(of('file_shared')).toMatchObject({ file_id: id, user_id: 'U0REQUESTER', channel_id: 'C0OPS' });
  const [shown] = (await person.messages('C0OPS')).filter((message) => message.ts === said.ts);
  expect(shown?.files).toMatchObject([{ id, mimetype: 'text/markdown', size: bytes.length }]);
});

test('a message of files alone needs no words; without either there is nothing to send', async () => {
  const { slack } = await workspace();
  const person = localSlackClient(slack.url);
  const id = await person.attach({ user: 'U0REQUESTER', name: 'page.md', content: bytes });

  expect(await person.say({ user: 'U0REQUESTER', channel: 'C0OPS', text: '', files: [id] })).toMatchObject({
    ok: true,
  });
  expect(await person.say({ user: 'U0REQUESTER', channel: 'C0OPS', text: '' })).toMatchObject({
    ok: false,
    error: 'no_text',
  });
});

test('nobody sends a file that somebody else attached', async () => {
  const { slack } = await workspace();
  const person = localSlackClient(slack.url);
  const id = await person.attach({ user: 'U0REQUESTER', name: 'page.md', content: bytes });

  expect(await person.say({ user: 'U0VIEWER', channel: 'C0OPS', text: 'mine', files: [id] })).toMatchObject({
    ok: false,
    error: 'file_not_found',
  });
});

test('private bytes are given to the token of the app; whoever shows none is sent to sign in', async () => {
  const { slack } = await workspace();
  const id = await localSlackClient(slack.url).attach({ user: 'U0REQUESTER', name: 'page.md', content: bytes });
  const info = await fetch(`${slack.apiUrl}files.info?file=${id}`, {
    headers: { authorization: `Bearer ${slack.botToken}` },
  });
  const url = String(fieldsOf(fieldsOf(await info.json()).file).url_private_download);

  const own = await fetch(url, { headers: { authorization: `Bearer ${slack.botToken}` } });
  const none = await fetch(url, { redirect: 'manual' });

  expect(Buffer.from(await own.arrayBuffer())).toEqual(bytes);
  expect(none.status).toBe(302);
  expect(none.headers.get('location')).toContain('redir=');
});
