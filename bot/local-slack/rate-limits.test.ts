import { expect, test } from 'vitest';
import { api, workspace } from './test-support.ts';

test('posts are paced by channel: a burst passes, then about one a second, and other channels go on', async () => {
  let now = 1_795_000_000_000;
  const { slack } = await workspace({ rateLimits: true, now: () => now });
  const post = (channel: string) => api(slack, 'chat.postMessage', { channel, text: 'x' });
  const statuses: number[] = [];
  for (let index = 0; index < 6; index++) statuses.push((await post('C0OPS')).status);
  const limited = await post('C0OPS');

  expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
  expect(limited).toMatchObject({ status: 429, ok: false, error: 'ratelimited', retryAfter: '1' });
  expect((await post('C0PAYMENTS')).status).toBe(200);
  now += 1000;
  expect((await post('C0OPS')).status).toBe(200);
  expect((await post('C0OPS')).status).toBe(429);
});

test('edits share about fifty a minute in the whole workspace', async () => {
  let now = 1_795_000_000_000;
  const { slack } = await workspace({ rateLimits: true, now: () => now });
  const { ts } = await api(slack, 'chat.postMessage', { channel: 'C0OPS', text: 'x' });
  const edit = () => api(slack, 'chat.update', { channel: 'C0OPS', ts, text: 'y' });
  const answers: number[] = [];
  for (let index = 0; index < 51; index++) answers.push((await edit()).status);

  expect(answers.filter((status) => status === 200)).toHaveLength(50);
  expect((await edit()).retryAfter).toBe('2');
  now += 2000;
  expect((await edit()).status).toBe(200);
});

test('a factor widens the limits and the switch turns them off', async () => {
  const { slack } = await workspace({ rateLimits: true, rateLimitFactor: 2, now: () => 1_795_000_000_000 });
  const burst = async () => {
    let taken = 0;
    while (taken < 30 && (await api(slack, 'chat.postMessage', { channel: 'C0OPS', text: 'x' })).status === 200)
      taken++;
    return taken;
  };

  expect(await burst()).toBe(10);
  slack.setRateLimits(false);
  expect(await burst()).toBe(30);
});
