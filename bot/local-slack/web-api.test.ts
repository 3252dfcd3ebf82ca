import { expect, test } from 'vitest';
import { until } from '../../test/support/until.ts';
import { fieldsOf, listOf } from './json.ts';
import { defaultUsers } from './options.ts';
import { api, complaints, workspace } from './test-support.ts';

const C = 'C0OPS';

test('a call without, with a wrong, or with the other token is refused by name', async () => {
  const { slack } = await workspace();

  expect(await api(slack, 'auth.test', {}, '')).toMatchObject({ ok: false, error: 'not_authed' });
  expect(await api(slack, 'auth.test', {}, 'xoxb-wrong')).toMatchObject({ error: 'invalid_auth' });
  expect(await api(slack, 'apps.connections.open')).toMatchObject({ error: 'not_allowed_token_type' });
  expect(await api(slack, 'chat.nothing')).toMatchObject({ error: 'unknown_method' });
  expect(await api(slack, 'auth.test')).toMatchObject({ ok: true, user_id: 'U0AGENT', team_id: 'T0LOCAL' });
});

test('posts are refused with the error that says why', async () => {
  const { slack } = await workspace();
  const away = {
    id: 'C0AWAY',
    name: 'away',
    topic: '',
    isDirect: false,
    isPrivate: false,
    isArchived: false,
    members: [],
  };
  slack.saveChannel(away);
  slack.saveChannel({ ...away, id: 'C0OLD', name: 'old', isArchived: true, members: ['U0AGENT'] });
  const refused: [object, string][] = [
    [{ channel: 'C0NONE', text: 'x' }, 'channel_not_found'],
    [{ channel: 'C0AWAY', text: 'x' }, 'not_in_channel'],
    [{ channel: 'C0OLD', text: 'x' }, 'is_archived'],
    [{ channel: C }, 'no_text'],
    [{ channel: C, text: 'x'.repeat(40_001) }, 'msg_too_long'],
    [{ channel: C, text: 'x', thread_ts: '1.000001' }, 'thread_not_found'],
    [{ channel: C, text: 'x', blocks: 'no' }, 'invalid_blocks_format'],
    [{ channel: C, text: 'x', blocks: [{ type: 'wrong' }] }, 'invalid_blocks'],
    [{ channel: C, text: 'x', metadata: { event_type: 'a' } }, 'invalid_metadata_format'],
    [
      { channel: C, text: 'x', metadata: { event_type: 'a', event_payload: { a: 'x'.repeat(17_000) } } },
      'metadata_too_large',
    ],
  ];

  for (const [args, error] of refused)
    expect(await api(slack, 'chat.postMessage', { ...args })).toMatchObject({ ok: false, error });

  expect(slack.messages(C)).toEqual([]);
});

test('the timestamps of a burst are unique and rise', async () => {
  const { slack } = await workspace({ now: () => 1_795_000_000_000 });

  const posts = await Promise.all(
    Array.from({ length: 50 }, (_, index) => api(slack, 'chat.postMessage', { channel: C, text: `${index}` })),
  );

  const stamps = slack.messages(C).map((message) => Number(message.ts));
  expect(new Set(posts.map((post) => post.ts)).size).toBe(50);
  expect(stamps).toEqual([...stamps].sort((one, other) => one - other));
});

test('metadata comes back only when it is asked for', async () => {
  const { slack } = await workspace();
  const metadata = { event_type: 'agentic_notification', event_payload: { key: 'k' } };
  const parent = await api(slack, 'chat.postMessage', { channel: C, text: 'a', metadata });
  await api(slack, 'chat.postMessage', { channel: C, text: 'b', thread_ts: parent.ts, metadata });

  const plain = await api(slack, 'conversations.replies', { channel: C, ts: parent.ts });
  const full = await api(slack, 'conversations.replies', { channel: C, ts: parent.ts, include_all_metadata: true });
  const history = await api(slack, 'conversations.history', { channel: C, include_all_metadata: true });

  expect(listOf(plain.messages).map((message) => fieldsOf(message).metadata)).toEqual([undefined, undefined]);
  expect(listOf(full.messages).map((message) => fieldsOf(message).metadata)).toEqual([metadata, metadata]);
  expect(listOf(history.messages)).toMatchObject([{ text: 'a', metadata, reply_count: 1 }]);
});

test('a long history comes in pages, newest first, and within its limits', async () => {
  const { slack } = await workspace();
  const stamps: unknown[] = [];
  for (let index = 0; index < 5; index++)
    stamps.push((await api(slack, 'chat.postMessage', { channel: C, text: `${index}` })).ts);

  const first = await api(slack, 'conversations.history', { channel: C, limit: 2 });
  const cursor = fieldsOf(first.response_metadata).next_cursor;
  const second = await api(slack, 'conversations.history', { channel: C, limit: 2, cursor });
  const part = await api(slack, 'conversations.history', { channel: C, oldest: stamps[1], latest: stamps[3] });
  const withEnds = await api(slack, 'conversations.history', {
    channel: C,
    oldest: stamps[1],
    latest: stamps[3],
    inclusive: true,
  });

  const texts = (answer: Record<string, unknown>) => listOf(answer.messages).map((message) => fieldsOf(message).text);
  expect([texts(first), first.has_more, texts(second)]).toEqual([['4', '3'], true, ['2', '1']]);
  expect([texts(part), texts(withEnds)]).toEqual([['2'], ['3', '2', '1']]);
  expect(await api(slack, 'conversations.history', { channel: C, cursor: 'junk' })).toMatchObject({
    error: 'invalid_cursor',
  });
});

test('only the app’s own living messages can be edited or deleted', async () => {
  const { slack, people } = await workspace();
  const own = await api(slack, 'chat.postMessage', { channel: C, text: 'a' });
  const foreign = await people.say({ user: 'U0VIEWER', channel: C, text: 'hi' });
  const secret = await api(slack, 'chat.postEphemeral', { channel: C, user: 'U0VIEWER', text: 'psst' });

  const edit = (ts: unknown) => api(slack, 'chat.update', { channel: C, ts, text: 'b' });

  expect(await edit(foreign.ts)).toMatchObject({ error: 'cant_update_message' });
  expect(await edit(secret.message_ts)).toMatchObject({ error: 'cant_update_message' });
  expect(await edit(own.ts)).toMatchObject({ ok: true, text: 'b' });
  expect(await api(slack, 'chat.delete', { channel: C, ts: own.ts })).toMatchObject({ ok: true });
  expect(await edit(own.ts)).toMatchObject({ error: 'message_not_found' });
});

test('an edit that replaces every block id leaves no edited mark', async () => {
  const { slack } = await workspace();
  const block = (id: string) => [{ type: 'section', block_id: id, text: { type: 'mrkdwn', text: id } }];
  const { ts } = await api(slack, 'chat.postMessage', { channel: C, text: 'a', blocks: block('r1') });

  await api(slack, 'chat.update', { channel: C, ts, text: 'b', blocks: block('r2') });
  expect(slack.messages(C)[0]).not.toHaveProperty('edited');
  await api(slack, 'chat.update', { channel: C, ts, text: 'c', blocks: block('r2') });
  expect(slack.messages(C)[0]).toHaveProperty('edited');
});

test('a private note is seen by one person and stays out of the history', async () => {
  const { slack, people } = await workspace();

  await api(slack, 'chat.postEphemeral', { channel: C, user: 'U0VIEWER', text: 'psst' });

  expect((await people.messages(C, 'U0VIEWER')).map((message) => message.text)).toEqual(['psst']);
  expect(await people.messages(C, 'U0REQUESTER')).toEqual([]);
  expect(listOf((await api(slack, 'conversations.history', { channel: C })).messages)).toEqual([]);
});

test('a trigger opens one form, once, within three seconds', async () => {
  let now = 1_795_000_000_000;
  const { slack } = await workspace({ now: () => now });
  const view = { type: 'modal', title: { type: 'plain_text', text: 'T' }, blocks: [] };
  const open = (trigger_id: string) => api(slack, 'views.open', { trigger_id, view });
  const first = slack.newTrigger('U0VIEWER');
  const late = slack.newTrigger('U0VIEWER');

  expect(await open(first)).toMatchObject({ ok: true });
  expect(await open(first)).toMatchObject({ error: 'exchanged_trigger_id' });
  expect(await open('1.2.abc')).toMatchObject({ error: 'invalid_trigger_id' });
  now += 3001;
  expect(await open(late)).toMatchObject({ error: 'expired_trigger_id' });
});

test('a view that changed meanwhile is not overwritten', async () => {
  const { slack } = await workspace();
  const view = { type: 'modal', title: { type: 'plain_text', text: 'T' }, blocks: [] };
  const opened = fieldsOf((await api(slack, 'views.open', { trigger_id: slack.newTrigger('U0VIEWER'), view })).view);
  const update = { view_id: opened.id, hash: opened.hash, view };

  expect(await api(slack, 'views.update', update)).toMatchObject({ ok: true });
  expect(await api(slack, 'views.update', update)).toMatchObject({ error: 'hash_conflict' });
});

test('a modal over Slack’s limits is refused with the place of each fault', async () => {
  const { slack } = await workspace();
  const text = (length: number) => ({ type: 'plain_text', text: 'x'.repeat(length) });
  const input = { type: 'input', label: text(3), element: { type: 'plain_text_input', action_id: 'v' } };
  const view = {
    type: 'modal',
    title: text(25),
    submit: text(25),
    private_metadata: 'x'.repeat(3001),
    blocks: [input],
  };

  const answer = await api(slack, 'views.open', { trigger_id: slack.newTrigger('U0VIEWER'), view });

  expect(answer).toMatchObject({ ok: false, error: 'invalid_arguments' });
  for (const place of ['title', 'submit', 'private_metadata'])
    expect(complaints(answer).join()).toContain(`/view/${place}`);
});

test('a response address takes five messages within half an hour', async () => {
  let now = 1_795_000_000_000;
  const { slack } = await workspace({ now: () => now });
  const target = { channel: C, user: 'U0VIEWER' };
  const url = slack.newResponseUrl(target);
  const late = slack.newResponseUrl(target);
  const send = async (address: string) =>
    (
      await fetch(address, {
        method: 'POST',
        body: JSON.stringify({ text: 'hi' }),
        headers: { 'content-type': 'application/json' },
      })
    ).status;

  const answers: number[] = [];
  for (let index = 0; index < 6; index++) answers.push(await send(url));
  now += 31 * 60_000;

  expect(answers).toEqual([200, 200, 200, 200, 200, 404]);
  expect(await send(late)).toBe(404);
  expect(slack.messages(C, 'U0VIEWER')).toHaveLength(5);
});

test('people, groups, direct messages and reactions answer as Slack does', async () => {
  const { slack } = await workspace();
  const { ts } = await api(slack, 'chat.postMessage', { channel: C, text: 'a' });
  const react = { channel: C, timestamp: ts, name: 'eyes' };

  expect(await api(slack, 'users.info', { user: 'U0NONE' })).toMatchObject({ error: 'user_not_found' });
  expect(await api(slack, 'users.lookupByEmail', { email: 'nobody@example.com' })).toMatchObject({
    error: 'users_not_found',
  });
  expect(await api(slack, 'users.lookupByEmail', { email: 'MINA@example.com' })).toMatchObject({
    user: { id: 'U0APPROVER' },
  });
  expect(listOf((await api(slack, 'users.list', {})).members)).toHaveLength(defaultUsers().length);
  expect(await api(slack, 'usergroups.list')).toMatchObject({ usergroups: [{ id: 'S0ONCALL', handle: 'oncall' }] });
  expect(await api(slack, 'usergroups.users.list', { usergroup: 'S0ONCALL' })).toMatchObject({ users: ['U0APPROVER'] });
  const direct = await api(slack, 'conversations.open', { users: 'U0VIEWER' });
  expect(await api(slack, 'conversations.open', { users: 'U0VIEWER' })).toMatchObject({ channel: direct.channel });
  expect(await api(slack, 'reactions.add', react)).toMatchObject({ ok: true });
  expect(await api(slack, 'reactions.add', react)).toMatchObject({ error: 'already_reacted' });
  expect(await api(slack, 'reactions.remove', react)).toMatchObject({ ok: true });
  expect(await api(slack, 'reactions.remove', react)).toMatchObject({ error: 'no_reaction' });
});

test('a picture can stand in a block only after Slack has processed it', async () => {
  let now = 1_795_000_000_000;
  const { slack } = await workspace({ now: () => now, fileProcessingMs: 500 });
  const asked = await api(slack, 'files.getUploadURLExternal', { filename: 'chart.png', length: 3 });
  await fetch(String(asked.upload_url), { method: 'POST', body: new Uint8Array([1, 2, 3]) });
  const done = await api(slack, 'files.completeUploadExternal', { files: [{ id: asked.file_id, title: 'Chart' }] });
  const post = () =>
    api(slack, 'chat.postMessage', {
      channel: C,
      text: 'a',
      blocks: [{ type: 'image', slack_file: { id: asked.file_id }, alt_text: 'a chart' }],
    });

  expect(done).toMatchObject({ ok: true, files: [{ id: asked.file_id, size: 3 }] });
  expect(await post()).toMatchObject({ error: 'invalid_blocks' });
  now += 500;
  expect(await post()).toMatchObject({ ok: true });
});

test('a stream takes pieces until it is stopped or five minutes have passed', async () => {
  let now = 1_795_000_000_000;
  const { slack } = await workspace({ now: () => now });
  const direct = fieldsOf((await api(slack, 'conversations.open', { users: 'U0VIEWER' })).channel).id;
  const parent = await api(slack, 'chat.postMessage', { channel: direct, text: 'q' });
  const start = async () => (await api(slack, 'chat.startStream', { channel: direct, thread_ts: parent.ts })).ts;
  const append = (ts: unknown) => api(slack, 'chat.appendStream', { channel: direct, ts, markdown_text: 'word ' });
  const ts = await start();

  expect(await append(ts)).toMatchObject({ ok: true });
  expect(await api(slack, 'chat.update', { channel: direct, ts, text: 'x' })).toMatchObject({
    error: 'streaming_state_conflict',
  });
  expect(await api(slack, 'chat.stopStream', { channel: direct, ts, markdown_text: 'end' })).toMatchObject({
    message: { text: 'word end' },
  });
  expect(await append(ts)).toMatchObject({ error: 'message_not_in_streaming_state' });
  const other = await start();
  now += 5 * 60_000;
  expect(await append(other)).toMatchObject({ error: 'message_not_in_streaming_state' });
});

test('form bodies carry blocks as JSON text', async () => {
  const { slack } = await workspace();
  const blocks = JSON.stringify([{ type: 'divider' }]);

  const response = await fetch(`${slack.apiUrl}chat.postMessage`, {
    method: 'POST',
    body: new URLSearchParams({ token: slack.botToken, channel: C, text: '[not json', blocks }),
  });

  expect(await response.json()).toMatchObject({
    ok: true,
    message: { text: '[not json', blocks: [{ type: 'divider' }] },
  });
  await until(() => slack.calls.length === 1, { what: 'the recorded call' });
  expect(slack.calls[0]?.args).not.toHaveProperty('token');
});
