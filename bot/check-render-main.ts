import { checkLines } from '../lib/check-lines.ts';
import { said } from './blocks/answers.ts';
import { context, escaped, header } from './blocks/elements.ts';
import { bullets, code, richText } from './blocks/rich-text.ts';

/** Elements of Slack that do something: a mention, a link, a date, a picture. Outside text may become none of them. */
const active = new Set([
  'link',
  'user',
  'usergroup',
  'channel',
  'broadcast',
  'team',
  'date',
  'emoji',
  'image',
  'video',
]);

function activeParts(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(activeParts);
  if (value === null || typeof value !== 'object') return [];
  const node: Readonly<Record<string, unknown>> = { ...value };
  const own = typeof node.type === 'string' && active.has(node.type) ? [node.type] : [];
  const marked =
    node.type === 'mrkdwn' && typeof node.text === 'string' && /<(?!!date\^\d+\^)/.test(node.text) ? ['mrkdwn'] : [];
  return [...own, ...marked, ...Object.values(node).flatMap(activeParts)];
}

/**
 * `npm run -s check:render`: what would be sent to Slack for a text from outside, in every kind of place such text may stand.
 * `refuse` would mean that something in it came alive.
 */
await checkLines(process.stdin, process.stdout, (input) => {
  const { text, blocks } = said(input);
  const message = {
    text,
    blocks: [...blocks, header(input), richText([bullets([input])]), code(input), context(escaped(input, 500))],
  };
  const alive = [...activeParts(message.blocks), ...(/<[!@#]|<https?:/.test(text) ? ['text'] : [])];
  if (alive.length === 0) return { verdict: 'allow', message };
  return {
    verdict: 'refuse',
    code: 'active',
    reason: { en: `It would come alive as ${alive.join(', ')}.`, ko: `${alive.join(', ')}(으)로 동작하게 됩니다.` },
    message,
  };
});
