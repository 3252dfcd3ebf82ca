import { chromium } from 'playwright-core';
import { localSlackClient } from './bot/local-slack/client.ts';
const slack = localSlackClient('http://127.0.0.1:18285');
const wait = (ms: number) => new Promise((r) => setTimeout(r, ms));
const step = process.argv[2] ?? 'all';
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
const page = await (await browser.newContext({ locale: 'ko-KR', viewport: { width: 1280, height: 900 } })).newPage();
if (step === 'all' || step === 'ask') {
  for (const [user, channel, text] of [
    ['U0REQUESTER', 'C0OPS', '매뉴얼 결제가멈췄을때어떻게복구하나요'],
    ['U0REQUESTER', 'C0OPS', 'manual how are payments retried by hand'],
    ['U0REQUESTER', 'C0OPS', 'manual quantum tachyon emission of the flux'],
  ] as const) await slack.command({ user, channel, text });
  const seen = await slack.say({ user: 'U0REQUESTER', channel: 'C0OPS', text: '<@U0AGENT> 매뉴얼 디스크가 가득 찼을 때' });
  await wait(2500);
  console.log(JSON.stringify((await slack.messages('C0OPS', 'U0REQUESTER')).slice(-6).map((m) => [m.ts, m.user, m.thread_ts, m.text]), null, 1), seen.ts);
}
await page.goto('http://127.0.0.1:18285/slack');
await page.getByRole('button', { name: '# ops' }).waitFor();
await page.locator('#who').selectOption('U0REQUESTER');
await page.getByRole('button', { name: '# ops' }).click();
await wait(800);
await page.screenshot({ path: '/tmp/answers-shots/slack.png' });
await browser.close();
