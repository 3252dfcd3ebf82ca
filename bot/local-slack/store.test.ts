import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { until } from '../../test/support/until.ts';
import { api, connect, stopLater, workspace } from './test-support.ts';

function stateFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'local-slack-'));
  stopLater(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'state.jsonl');
}

test('threads, edits, reactions and direct messages survive a restart with a torn last line', async () => {
  const file = stateFile();
  const before = await workspace({ stateFile: file });
  const metadata = { event_type: 'e', event_payload: { key: 'k' } };
  const parent = await api(before.slack, 'chat.postMessage', { channel: 'C0OPS', text: 'a', metadata });
  const reply = await api(before.slack, 'chat.postMessage', { channel: 'C0OPS', text: 'b', thread_ts: parent.ts });
  const gone = await api(before.slack, 'chat.postMessage', { channel: 'C0OPS', text: 'c' });
  await api(before.slack, 'chat.update', { channel: 'C0OPS', ts: reply.ts, text: 'edited' });
  await api(before.slack, 'chat.delete', { channel: 'C0OPS', ts: gone.ts });
  await api(before.slack, 'reactions.add', { channel: 'C0OPS', timestamp: parent.ts, name: 'eyes' });
  await api(before.slack, 'chat.postMessage', { channel: 'U0VIEWER', text: 'direct' });
  const messages = before.slack.messages('C0OPS');
  appendFileSync(file, '{"kind":"message","mess');

  // The first process still holds the file open, as one that was killed did: nothing was flushed at a stop.
  const after = await workspace({ stateFile: file });

  expect(after.slack.messages('C0OPS')).toEqual(messages);
  expect(messages.map((message) => message.text)).toEqual(['a', 'edited']);
  const direct = (await after.people.state()).channels.find((channel) => channel.isDirect);
  expect((await after.people.messages(direct?.id ?? '')).map((message) => message.text)).toEqual(['direct']);
  const next = await api(after.slack, 'chat.postMessage', { channel: 'C0OPS', text: 'd' });
  expect(Number(next.ts)).toBeGreaterThan(Number(gone.ts));
});

test('an event that waited for the app is delivered after a restart', async () => {
  const file = stateFile();
  const before = await workspace({ stateFile: file });
  const said = await before.people.say({ user: 'U0VIEWER', channel: 'C0OPS', text: 'hi' });
  expect(said.ok).toBe(true);
  await before.slack.stop();

  const after = await workspace({ stateFile: file, retryTimeScale: 0.001 });
  const app = await connect(after.slack, () => ({}));

  await until(() => app.envelopes().length === 1, { what: 'the event' });
  expect(app.envelopes()[0]).toMatchObject({ payload: { event: { type: 'message', text: 'hi', ts: said.ts } } });
});
