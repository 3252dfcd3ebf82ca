import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger } from '../lib/log.ts';
import { Secret } from '../lib/secret.ts';
import { localSlackClient } from './local-slack/client.ts';
import { type LocalSlack, startLocalSlack } from './local-slack/server.ts';
import { createSlackClient } from './slack-client.ts';
import { isOwnHost } from './slack-download.ts';

const log = createLogger({ name: 'test', level: 'silent' });
let slack: LocalSlack;
beforeAll(async () => {
  slack = await startLocalSlack({ rateLimits: false });
});
afterAll(() => slack.stop());
const client = (token = slack.botToken) =>
  createSlackClient({ token: new Secret(token), apiUrl: slack.apiUrl, log, timeoutMs: 2_000 });
const attached = (name: string, content: string) =>
  localSlackClient(slack.url).attach({ user: 'U0REQUESTER', name, content: Buffer.from(content) });

test.each([
  ['https://files.slack.com/files-pri/T1-F1/x.pdf', 'https://slack.com/api/', true],
  ['https://acme.slack.com/files-pri/T1-F1/x.pdf', 'https://slack.com/api/', true],
  ['http://files.slack.com/x', 'https://slack.com/api/', false],
  ['https://files.slack.com.evil.example/x', 'https://slack.com/api/', false],
  ['https://evilslack.com/x', 'https://slack.com/api/', false],
  ['https://user:pass@files.slack.com/x', 'https://slack.com/api/', false],
  ['https://files.slack.com:8443/x', 'https://slack.com/api/', false],
  ['https://files.slack.com@evil.example/x', 'https://slack.com/api/', false],
  ['http://169.254.169.254/latest', 'https://slack.com/api/', false],
  ['not an address', 'https://slack.com/api/', false],
  ['http://127.0.0.1:18100/files-pri/T-F/x', 'http://127.0.0.1:18100/api/', true],
  ['http://127.0.0.1:18101/files-pri/T-F/x', 'http://127.0.0.1:18100/api/', false],
  ['https://files.slack.com/x', 'http://127.0.0.1:18100/api/', false],
])('the token goes to %s with the API at %s: %s', (address, api, expected) => {
  expect(isOwnHost(address, api)).toBe(expected);
});

test('a file of the workspace is fetched with its name, type and bytes', async () => {
  const id = await attached('절차.md', '# 절차\n\n하나.\n');

  const info = await client().fileInfo(id);
  if (!info.ok) throw new Error(info.kind);
  const got = await client().download(info.value, 1_000);

  expect(info.value).toMatchObject({ id, name: '절차.md', mediaType: 'text/markdown' });
  expect(got.ok && Buffer.from(got.bytes).toString()).toBe('# 절차\n\n하나.\n');
});

test('a file beyond the limit is refused, also when its size was told smaller', async () => {
  const info = await client().fileInfo(await attached('big.txt', 'x'.repeat(5_000)));
  if (!info.ok) throw new Error(info.kind);

  expect(await client().download(info.value, 1_000)).toEqual({ ok: false, reason: 'too-large' });
  expect(await client().download({ ...info.value, size: 10 }, 1_000)).toEqual({ ok: false, reason: 'too-large' });
});

test('the sign-in page is not taken for a file, and an unknown file is named as such', async () => {
  const info = await client().fileInfo(await attached('a.txt', 'text'));
  if (!info.ok) throw new Error(info.kind);

  expect(await client('xoxb-wrong-token').download(info.value, 1_000)).toEqual({ ok: false, reason: 'sign-in' });
  expect(await client().fileInfo('F0UNKNOWN')).toMatchObject({ ok: false, kind: 'refused', error: 'file_not_found' });
});

test('nobody else is handed the token, and no redirect is followed', async () => {
  const seen: (string | undefined)[] = [];
  const thief = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.end('x');
  });
  await new Promise<void>((resolve) => thief.listen(0, '127.0.0.1', resolve));
  const { port } = thief.address() as AddressInfo;

  const got = await client().download(
    { id: 'F1', name: 'x.md', mediaType: 'text/markdown', size: 1, url: `http://127.0.0.1:${port}/files-pri/x.md` },
    1_000,
  );

  expect(got).toEqual({ ok: false, reason: 'foreign' });
  expect(seen).toEqual([]);
  await new Promise((resolve) => thief.close(resolve));
});
