import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { ShownMessage } from '../../bot/local-slack/client.ts';
import { describeWith } from '../support/debian.ts';
import { type RunningProduct, startProduct } from '../support/product.ts';
import { until } from '../support/until.ts';

const channel = 'C0OPS';
const jin = 'U0REQUESTER';
const alex = 'U0VIEWER';
let product: RunningProduct;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.stop());

const textOf = (message: ShownMessage | undefined): string => JSON.stringify(message?.blocks ?? []);
/** The newest private answer of a person after what they had seen before. */
async function answered(user: string, text: string): Promise<ShownMessage> {
  const seen = new Set((await product.slack.messages(channel, user)).map((one) => one.ts));
  const sent = await product.slack.command({ user, channel, text });
  expect(sent.ok).toBe(true);
  return nextOf(user, seen);
}
async function nextOf(user: string, seen: ReadonlySet<string>): Promise<ShownMessage> {
  let found: ShownMessage | undefined;
  await until(
    async () => {
      found = (await product.slack.messages(channel, user)).findLast(
        (one) => !seen.has(one.ts) && one.bot_id !== undefined,
      );
      return found !== undefined;
    },
    { what: 'an answer', timeoutMs: 20_000 },
  );
  if (found === undefined) throw new Error('no answer');
  return found;
}
const pressed = async (user: string, message: ShownMessage, action: string, pick?: string) => {
  const seen = new Set((await product.slack.messages(channel, user)).map((one) => one.ts));
  const result = await product.slack.press({
    user,
    channel,
    ts: message.ts,
    action_id: action,
    ...(pick === undefined ? {} : { selected_option: pick }),
  });
  expect(result.ok).toBe(true);
  return { seen, result };
};

describe('a question', () => {
  test('in Korean without spaces is answered with quoted passages of English manuals, to the asker alone', async () => {
    const answer = await answered(jin, '매뉴얼 결제재시도는어떻게하나요');

    expect(answer.ephemeral_to).toBe(jin);
    expect(textOf(answer)).toContain('PAY-GUIDE-03');
    expect(textOf(answer)).toContain('rich_text_quote');
    expect(textOf(answer)).toContain('no language model is set up');
    expect((await product.slack.messages(channel, alex)).some((one) => one.ts === answer.ts)).toBe(false);
  });

  test('that the manuals do not answer gets no invented steps, and can be told as a gap', async () => {
    const answer = await answered(jin, 'manual tachyon emission of the flux capacitor');
    expect(answer.text).toMatch(/^Not in the manuals/);

    const { seen } = await pressed(jin, answer, 'manual.gap');
    expect(textOf(await nextOf(jin, seen))).toContain('Reported as gap');
    expect(textOf(await answered(jin, 'manual gaps'))).toContain('tachyon emission of the flux capacitor');
    const who = await pressed(jin, answer, 'manual.who');
    expect((await nextOf(jin, who.seen)).text).not.toBe('');
  });

  test('in a mention is answered in the thread, once, and others may open the original', async () => {
    const said = await product.slack.say({ user: jin, channel, text: '<@U0AGENT> 매뉴얼 결제 재시도는 어떻게 하나요' });
    const ts = said.ts ?? '';
    await until(async () => (await product.slack.thread(channel, ts)).length === 2, {
      what: 'one reply',
      timeoutMs: 20_000,
    });
    const reply = (await product.slack.thread(channel, ts))[1];
    expect(textOf(reply)).toContain('PAY-GUIDE-03');

    const select = /"action_id":"manual.original"[\s\S]*?"value":"(\{[^}]*\})"/
      .exec(textOf(reply))?.[1]
      ?.replaceAll('\\"', '"');
    await product.slack.press({
      user: alex,
      channel,
      ts: reply?.ts ?? '',
      action_id: 'manual.original',
      ...(select === undefined ? {} : { selected_option: select }),
    });
    await until(async () => (await product.slack.views(alex)).views.length === 1, {
      what: 'the original',
      timeoutMs: 10_000,
    });
    expect(JSON.stringify((await product.slack.views(alex)).views)).toContain('Open in the console');
  });
});

test('feedback is kept once a person, with a note when something was wrong; an answer is shared once', async () => {
  const answer = await answered(jin, 'manual how are payments retried by hand');

  const right = await pressed(jin, answer, 'manual.right');
  expect(textOf(await nextOf(jin, right.seen))).toContain('Noted: right');
  await pressed(jin, answer, 'manual.wrong');
  await until(async () => (await product.slack.views(jin)).views.length === 1, { what: 'the form', timeoutMs: 10_000 });
  const [view] = (await product.slack.views(jin)).views;
  await product.slack.submit({
    user: jin,
    view_id: view?.id ?? '',
    values: { note: { value: 'It is forty, not fifty.' } },
  });
  await until(
    async () => {
      const metrics = await (await fetch(`http://127.0.0.1:${product.ports.api}/metrics`)).text();
      return /agentic_manual_feedback_total\{verdict="WRONG"\} 1/.test(metrics);
    },
    { what: 'the verdict in the metrics', timeoutMs: 10_000 },
  );

  const before = (await product.slack.messages(channel)).length;
  const first = await pressed(jin, answer, 'manual.share');
  expect(textOf(await nextOf(jin, first.seen))).toMatch(/Shared|PAY-GUIDE/);
  await pressed(jin, answer, 'manual.share');
  await until(
    async () =>
      (await product.slack.messages(channel, jin)).some((one) => one.ephemeral_to === jin && /already/.test(one.text)),
    { what: 'the word that it is shared', timeoutMs: 10_000 },
  );
  expect((await product.slack.messages(channel)).length).toBe(before + 1);
});

describe('a file sent with the words', () => {
  const page = (visibility: string) =>
    Buffer.from(
      `---\ncode: COFFEE-01\ntitle: 커피 머신 세척\nlocale: ko\n${visibility}---\n\n# 매일\n\n커피 머신의 필터는 매일 저녁 여섯 시에 세척합니다. 명령은 \`brewctl clean zanzibar\`입니다.\n`,
    );
  async function learned(file: { name: string; content: Buffer }, user = jin) {
    const id = await product.slack.attach({ user, ...file });
    const said = await product.slack.say({ user, channel, text: '<@U0AGENT> 매뉴얼 등록', files: [id] });
    const ts = said.ts ?? '';
    await until(
      async () => {
        const replies = (await product.slack.thread(channel, ts, user)).slice(1);
        return replies.length > 0 && !/⏳/.test(textOf(replies.at(-1)));
      },
      { what: 'the result in the thread', timeoutMs: 40_000 },
    );
    return product.slack.thread(channel, ts, user);
  }

  test('becomes a manual that is found at once; one message tells how it went', async () => {
    const thread = await learned({ name: '커피.md', content: page('') });

    expect(thread).toHaveLength(2);
    expect(textOf(thread[1])).toContain('COFFEE-01');
    const answer = await answered(alex, '매뉴얼 커피머신필터세척');
    expect(textOf(answer)).toContain('brewctl clean zanzibar');
  });

  test('that cannot be read is named with the reason, in the same message', async () => {
    const thread = await learned({ name: 'broken.pdf', content: Buffer.from('%PDF-1.4 nothing behind it') });

    expect(thread).toHaveLength(2);
    expect(textOf(thread[1])).toMatch(/broken\.pdf: not learned/);
  });

  test('of somebody who may not add manuals is refused and nothing is stored', async () => {
    const thread = await learned({ name: 'own.md', content: page('') }, alex);

    expect(textOf(thread.at(-1))).toMatch(/not learned/);
  });

  test('for a team is seen by nobody else: not found, not listed, not in a thread, not shared', async () => {
    const people = await product.query('{ users(first: 20) { nodes { id displayName version } } }');
    const { id, version } = z
      .object({
        users: z.object({ nodes: z.array(z.object({ id: z.string(), displayName: z.string(), version: z.number() })) }),
      })
      .parse(people)
      .users.nodes.find((one) => one.displayName === 'Jin') ?? { id: '', version: 0 };
    await product.query('mutation($input: UserUpdateInput!) { userUpdate(input: $input) { userErrors { message } } }', {
      input: { id, expectedVersion: version, teams: ['baristas'] },
    });
    const secret = page('visibility: team\nteam: baristas\n')
      .toString()
      .replace('COFFEE-01', 'COFFEE-77')
      .replaceAll('커피', '홍차')
      .replace('zanzibar', 'darjeeling');
    const thread = await learned({ name: 'tea.md', content: Buffer.from(secret) });
    expect(textOf(thread[1])).toContain('tea.md: added');
    expect(textOf(thread[1])).not.toMatch(/COFFEE-77|Everybody/);

    const words = '매뉴얼 홍차머신필터세척 darjeeling';
    const own = await answered(jin, words);
    expect(textOf(own)).toContain('COFFEE-77');
    expect(textOf(await answered(alex, words))).not.toMatch(/COFFEE-77|brewctl clean darjeeling/);
    expect(textOf(await answered(alex, 'manual list'))).not.toContain('COFFEE-77');
    const said = await product.slack.say({ user: jin, channel, text: `<@U0AGENT> ${words}` });
    const ts = said.ts ?? '';
    await until(async () => (await product.slack.thread(channel, ts)).length === 2, {
      what: 'a reply',
      timeoutMs: 20_000,
    });
    expect(textOf((await product.slack.thread(channel, ts))[1])).not.toMatch(/COFFEE-77|brewctl clean darjeeling/);
    const before = (await product.slack.messages(channel)).length;
    const { seen } = await pressed(jin, own, 'manual.share');
    await nextOf(jin, seen);
    const shared = (await product.slack.messages(channel)).slice(before);
    for (const one of shared) expect(textOf(one)).not.toMatch(/COFFEE-77|brewctl clean darjeeling/);
  });
});

describeWith(['chromium'], 'the manuals page of the console', () => {
  test('takes a typed key, adds files with a reason each, answers, and shows the original beside; on a phone too', async () => {
    const browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-dev-shm-usage'],
    });
    try {
      const page = await (
        await browser.newContext({ locale: 'en-US', viewport: { width: 390, height: 844 } })
      ).newPage();
      const faults: string[] = [];
      page.on('pageerror', (error) => faults.push(error.message));
      page.on('console', (message) => void (message.type() === 'error' && faults.push(message.text())));
      await page.goto(`http://127.0.0.1:${product.ports.web}/manuals`);
      await page.getByLabel('API key').fill(product.secrets.ADMIN_API_KEY);
      await page.keyboard.press('Enter');
      await page.getByText('Working with your key').waitFor();
      await page.locator('input[type=file]').setInputFiles([
        {
          name: 'kettle.md',
          mimeType: 'text/markdown',
          buffer: Buffer.from(
            '# Kettle\n\n## Descaling\n\nDescale the office kettle with `vinegarctl --soak` on Fridays.\n',
          ),
        },
        { name: 'empty.txt', mimeType: 'text/plain', buffer: Buffer.from(' ') },
      ]);
      await page.getByText('kettle.md: added').waitFor({ timeout: 40_000 });
      await page.getByText(/empty\.txt: not added · \S+/).waitFor();

      await page.getByLabel('Question, alert name or error').fill('descale the office kettle');
      await page.keyboard.press('Enter');
      const answer = page.getByRole('region', { name: 'Answer' });
      await answer.getByText('vinegarctl --soak').waitFor();
      await answer.getByRole('button', { name: 'Show beside the original' }).first().click();
      await page.getByRole('complementary', { name: 'Original' }).getByText('cited here').waitFor();
      const widths = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
      expect(widths[0]).toBeLessThanOrEqual(widths[1] ?? 0);
      const kept = await page.evaluate(() =>
        JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]),
      );
      expect(kept).not.toContain(product.secrets.ADMIN_API_KEY);
      await page.reload();
      await page.getByLabel('API key').waitFor();
      expect(faults).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
