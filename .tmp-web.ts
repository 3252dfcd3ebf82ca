import { chromium } from 'playwright-core';
const wait = (ms: number) => new Promise((r) => setTimeout(r, ms));
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
const shot = async (name: string, path: string, viewport: { width: number; height: number }, locale = 'ko-KR', act?: (page: import('playwright-core').Page) => Promise<void>) => {
  const page = await (await browser.newContext({ locale, viewport })).newPage();
  page.on('console', (m) => m.type() === 'error' && console.log(name, m.text()));
  page.on('pageerror', (e) => console.log(name, e.message));
  await page.goto(`http://127.0.0.1:13200${path}`);
  await wait(1500);
  await act?.(page);
  await page.screenshot({ path: `/tmp/answers-shots/${name}.png`, fullPage: true });
  await page.close();
};
await shot('web-ask', '/manuals?q=' + encodeURIComponent('결제가 멈췄을 때 어떻게 복구하나요'), { width: 1280, height: 900 }, 'ko-KR', async (p) => { await p.getByRole('button', { name: '원문과 나란히 보기' }).first().click(); await wait(1200); });
await shot('web-phone', '/manuals?q=' + encodeURIComponent('how are payments retried by hand'), { width: 390, height: 844 }, 'en-US');
await shot('web-doc', '/manuals/PAY-GUIDE-03?revision=1#p2', { width: 1280, height: 900 }, 'en-US');
await browser.close();
