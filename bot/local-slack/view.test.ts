import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWith } from '../../test/support/debian.ts';
import { until } from '../../test/support/until.ts';
import { fieldsOf } from './json.ts';
import type { LocalSlack } from './server.ts';
import { api, connect, stopLater, workspace } from './test-support.ts';

const C = 'C0OPS';
const text = (words: string) => ({ type: 'plain_text', text: words });

describeWith(['chromium'], 'the browser view', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-dev-shm-usage'],
    });
  });
  afterAll(() => browser.close());

  async function open(slack: LocalSlack): Promise<{ page: Page; faults: string[] }> {
    const context = await browser.newContext({ locale: 'en-US' });
    stopLater(() => context.close());
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => void (message.type() === 'error' && faults.push(message.text())));
    await page.goto(`${slack.url}/slack`);
    await page.getByRole('button', { name: '# ops' }).waitFor();
    return { page, faults };
  }

  test('a person reads, presses, confirms and fills a form, all by keyboard and live', async () => {
    const { slack } = await workspace();
    const view = {
      type: 'modal',
      title: text('Reject'),
      submit: text('Send'),
      blocks: [
        {
          type: 'input',
          block_id: 'why',
          label: text('Why?'),
          element: { type: 'plain_text_input', action_id: 'value' },
        },
      ],
    };
    const seen: Record<string, unknown>[] = [];
    await connect(slack, (envelope) => {
      const payload = fieldsOf(envelope.payload);
      if (envelope.type !== 'events_api') seen.push(payload);
      if (payload.type === 'block_actions') void api(slack, 'views.open', { trigger_id: payload.trigger_id, view });
      return {};
    });
    const { page, faults } = await open(slack);

    await page.getByRole('textbox', { name: 'Message' }).fill('/agent 알림 목록 @mina');
    await page.keyboard.press('Enter');
    await until(() => seen.length === 1, { what: 'the command' });
    expect(seen[0]).toMatchObject({ command: '/agent', text: '알림 목록 <@U0APPROVER|mina>', user_id: 'U0REQUESTER' });

    const confirm = { title: text('Sure?'), text: text('It runs.'), confirm: text('Yes, run'), deny: text('No') };
    const button = { type: 'button', action_id: 'go', value: 'v', text: text('Go'), confirm };
    const parent = await api(slack, 'chat.postMessage', { channel: C, text: 'card' });
    await api(slack, 'chat.postMessage', {
      channel: C,
      thread_ts: parent.ts,
      text: 'x',
      blocks: [{ type: 'actions', elements: [button] }],
    });
    await page.getByRole('button', { name: '1 reply View thread' }).press('Enter');
    await page.getByRole('button', { name: 'Go' }).press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'No' }).press('Enter');
    expect(seen).toHaveLength(1);
    await page.getByRole('button', { name: 'Go' }).press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Yes, run' }).press('Enter');

    const form = page.getByRole('dialog', { name: 'Reject' });
    await form.getByRole('button', { name: 'Send' }).press('Enter');
    await form.getByText('Please complete this required field.').waitFor();
    await form.getByLabel('Why?').fill('because');
    await page.keyboard.press('Enter');
    await form.waitFor({ state: 'detached' });
    expect(seen.at(-1)).toMatchObject({
      type: 'view_submission',
      view: { state: { values: { why: { value: { value: 'because' } } } } },
    });

    await page.keyboard.press('Escape');
    await page.locator('#thread').waitFor({ state: 'hidden' });
    expect(faults).toEqual([]);
  });

  test('foreign text stays text', async () => {
    const { slack } = await workspace();
    const attack =
      '<img src=x onerror=window.hit=1> <javascript:window.hit=1|click> <https://example.com|<b>bold</b>> <!channel> `<i>`';
    const rich = (element: object) => ({
      type: 'rich_text',
      elements: [{ type: 'rich_text_section', elements: [element] }],
    });
    await api(slack, 'chat.postMessage', {
      channel: C,
      text: attack,
      blocks: [
        { type: 'section', text: { type: 'mrkdwn', text: attack } },
        { type: 'header', text: text(attack) },
        rich({ type: 'text', text: attack }),
        rich({ type: 'link', url: 'javascript:window.hit=1', text: 'click me' }),
        { type: 'markdown', text: '[x](javascript:window.hit=1) <script>window.hit=1</script>' },
        { type: 'image', image_url: 'javascript:window.hit=1', alt_text: '<b>alt</b>' },
      ],
    });

    const { page } = await open(slack);
    await page.locator('.message .block-header').waitFor();

    expect(await page.locator('.message :is(script, img, b, i)').count()).toBe(0);
    const addresses = await page
      .locator('.message a')
      .evaluateAll((links) => links.map((link) => link.getAttribute('href')));
    expect(addresses.filter((address) => !address?.startsWith('https://'))).toEqual([]);
    expect(await page.evaluate(() => Reflect.get(window, 'hit'))).toBeUndefined();
    expect(await page.locator('.message .block-header').textContent()).toBe(attack);
  });

  test('private notes are shown to the chosen person only', async () => {
    const { slack } = await workspace();
    await api(slack, 'chat.postEphemeral', { channel: C, user: 'U0VIEWER', text: 'psst' });
    await api(slack, 'chat.postMessage', { channel: C, text: 'for all' });
    const { page } = await open(slack);
    await page.getByText('for all').waitFor();
    expect(await page.getByText('psst').count()).toBe(0);

    await page.getByLabel('You are').selectOption('U0VIEWER');

    await page.getByText('psst').waitFor();
    await page.getByText('Only visible to you').waitFor();
  });
});
