import { localSlackClient } from './bot/local-slack/client.ts';
const slack = localSlackClient('http://127.0.0.1:18285');
const wait = (ms: number) => new Promise((r) => setTimeout(r, ms));
const id = await slack.attach({ user: 'U0REQUESTER', name: 'coffee.md', content: Buffer.from('# 커피 머신 세척\n\n## 매일\n\n커피 머신의 필터를 매일 저녁 6시에 세척합니다. `brewctl clean`을 실행합니다.\n') });
const bad = await slack.attach({ user: 'U0REQUESTER', name: 'broken.pdf', content: Buffer.from('%PDF-1.4 not really') });
const said = await slack.say({ user: 'U0REQUESTER', channel: 'C0OPS', text: '<@U0AGENT> 매뉴얼 등록', files: [id, bad] });
for (let i = 0; i < 8; i++) { await wait(1000); const t = await slack.thread('C0OPS', said.ts!); console.log(i, t.slice(1).map((m) => m.text + ' | ' + JSON.stringify(m.blocks).slice(0, 600))); }
await slack.command({ user: 'U0VIEWER', channel: 'C0OPS', text: '매뉴얼 커피머신필터세척언제' });
await slack.command({ user: 'U0REQUESTER', channel: 'C0OPS', text: '매뉴얼 목록' });
await wait(1500);
console.log((await slack.messages('C0OPS', 'U0VIEWER')).at(-1)?.text);
console.log((await slack.messages('C0OPS', 'U0REQUESTER')).at(-1)?.text);
