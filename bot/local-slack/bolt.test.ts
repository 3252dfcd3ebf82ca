import { App, LogLevel } from '@slack/bolt';
import { afterEach, expect, test } from 'vitest';
import { until } from '../../test/support/until.ts';
import { localSlackClient } from './client.ts';
import type { LocalSlackOptions } from './options.ts';
import { type LocalSlack, startLocalSlack } from './server.ts';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function start(options: LocalSlackOptions = {}): Promise<LocalSlack> {
  const slack = await startLocalSlack(options);
  stops.push(() => slack.stop());
  return slack;
}

/** An app that answers a command, a mention, a click and a form, as any Bolt app would. */
function makeApp(slack: LocalSlack, how: { socketMode: true; appToken: string } | { signingSecret: string }) {
  const app = new App({
    token: slack.botToken,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: slack.apiUrl, timeout: 2000, retryConfig: { retries: 0 } },
    ...how,
  });
  app.command('/agent', async ({ command, ack, client, respond }) => {
    await ack({ response_type: 'ephemeral', text: `working on ${command.text}` });
    await client.views.open({
      trigger_id: command.trigger_id,
      view: {
        type: 'modal',
        callback_id: 'form',
        title: { type: 'plain_text', text: 'Form' },
        submit: { type: 'plain_text', text: 'Send' },
        blocks: [
          {
            type: 'input',
            block_id: 'reason',
            label: { type: 'plain_text', text: 'Why?' },
            element: { type: 'plain_text_input', action_id: 'value' },
          },
        ],
      },
    });
    await respond({ text: 'later' });
  });
  app.view('form', async ({ ack, view, client }) => {
    const reason = view.state.values.reason?.value?.value ?? '';
    if (reason === 'no') return await ack({ response_action: 'errors', errors: { reason: 'Say more' } });
    await ack();
    await client.chat.postMessage({ channel: 'C0OPS', text: `form: ${reason}` });
  });
  app.event('app_mention', async ({ event, say }) => {
    await say({
      text: 'hello',
      thread_ts: event.ts,
      blocks: [
        {
          type: 'actions',
          elements: [{ type: 'button', action_id: 'ok', value: 'v', text: { type: 'plain_text', text: 'OK' } }],
        },
      ],
    });
  });
  app.action('ok', async ({ ack, client, body }) => {
    await ack();
    if (body.type !== 'block_actions' || body.container.type !== 'message') return;
    await client.chat.update({
      channel: body.channel?.id ?? '',
      ts: String(body.container.message_ts),
      text: 'pressed',
      blocks: [],
    });
  });
  return app;
}

async function tellTheStory(slack: LocalSlack): Promise<void> {
  const people = localSlackClient(slack.url);
  const user = 'U0REQUESTER';

  const seen = await people.command({ user, channel: 'C0OPS', text: 'why' });
  expect(seen).toMatchObject({ ok: true, text: 'working on why' });
  const view = await until(async () => (await people.views(user)).views[0], { what: 'the form' });
  const refused = await people.submit({ user, view_id: view.id, values: { reason: 'no' } });
  expect(refused.errors).toEqual({ reason: 'Say more' });
  const accepted = await people.submit({ user, view_id: view.id, values: { reason: 'because' } });
  expect(accepted).toMatchObject({ ok: true, views: [] });
  await until(async () => (await people.messages('C0OPS')).some((message) => message.text === 'form: because'), {
    what: 'the answer to the form',
  });
  await until(async () => (await people.messages('C0OPS', user)).some((message) => message.text === 'later'), {
    what: 'the late response',
  });

  const mention = await people.say({ user, channel: 'C0OPS', text: '<@U0AGENT> hi' });
  const reply = await until(async () => (await people.thread('C0OPS', mention.ts ?? ''))[1], { what: 'a reply' });
  expect(reply.text).toBe('hello');
  const pressed = await people.press({ user, channel: 'C0OPS', ts: reply.ts, action_id: 'ok' });
  expect(pressed.ok).toBe(true);
  await until(async () => (await people.thread('C0OPS', mention.ts ?? ''))[1]?.text === 'pressed', {
    what: 'the edit',
  });
}

test('an unmodified Bolt app works over Socket Mode', async () => {
  const slack = await start();
  const app = makeApp(slack, { socketMode: true, appToken: slack.appToken });
  await app.start();
  stops.push(() => app.stop());

  expect(slack.connectionCount()).toBe(1);
  await tellTheStory(slack);
});

test('an unmodified Bolt app works over signed HTTP', async () => {
  const slack = await start();
  const app = makeApp(slack, { signingSecret: slack.signingSecret });
  const server = await app.start({ port: 0, host: '127.0.0.1' });
  stops.push(() => app.stop());
  const address = 'address' in server ? server.address() : null;
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  slack.deliverTo(`http://127.0.0.1:${port}/slack/events`);

  await tellTheStory(slack);

  expect(slack.connectionCount()).toBe(0);
});

test('the client’s own upload, stream and paging helpers work', async () => {
  const slack = await start();
  const { client } = makeApp(slack, { signingSecret: slack.signingSecret });
  const people = localSlackClient(slack.url);

  const uploaded = await client.files.uploadV2({
    channel_id: 'C0OPS',
    filename: 'rows.csv',
    file: Buffer.from('a,b'),
    initial_comment: 'rows',
  });
  expect(uploaded.ok).toBe(true);
  expect((await people.messages('C0OPS'))[0]).toMatchObject({ text: 'rows', files: [{ name: 'rows.csv', size: 3 }] });

  const opened = await client.conversations.open({ users: 'U0VIEWER' });
  const channel = opened.channel?.id ?? '';
  const asked = await people.say({ user: 'U0VIEWER', channel, text: 'q' });
  const stream = client.chatStream({ channel, thread_ts: asked.ts ?? '', buffer_size: 1 });
  await stream.append({ markdown_text: '**one** ' });
  await stream.append({ markdown_text: 'two' });
  await stream.stop();
  expect((await people.thread(channel, asked.ts ?? ''))[1]).toMatchObject({ text: '**one** two', is_streaming: false });

  for (let index = 0; index < 5; index++) await client.chat.postMessage({ channel: 'C0PAYMENTS', text: `${index}` });
  const texts: (string | undefined)[] = [];
  for await (const page of client.paginate('conversations.history', { channel: 'C0PAYMENTS', limit: 2 })) {
    const { messages = [] } = page as { messages?: { text?: string }[] };
    texts.push(...messages.map((message) => message.text));
  }
  expect(texts).toEqual(['4', '3', '2', '1', '0']);
});
