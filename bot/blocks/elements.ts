import type {
  ActionsBlock,
  Button,
  ConfirmationDialog,
  ContextBlock,
  HeaderBlock,
  KnownBlock,
  PlainTextElement,
  PlainTextOption,
  PlanBlock,
  SectionBlock,
  TaskCardBlock,
} from '@slack/types';
import { clip, escapeMrkdwn, inert } from '../../lib/text.ts';
import { line, literal, richText, safe } from './rich-text.ts';

/** One message as Slack takes it. `text` stands alone on phones and for screen readers. */
export interface Message {
  readonly text: string;
  readonly blocks: KnownBlock[];
}

const longestPush = 120;

/** Outside words inside mrkdwn, cut before escaping so that no entity is halved. */
export function escaped(text: string, max = 200): string {
  return escapeMrkdwn(clip(inert(text).replace(/\s+/g, ' ').trim(), max)).replaceAll('`', 'ˋ');
}

/** The line that stands for the message: escaped, never empty, at most 120 characters. */
export function pushText(text: string): string {
  for (let max = longestPush; max > 0; max -= 5) {
    const short = escaped(text, max);
    if ([...short].length <= longestPush) return short === '' ? '…' : short;
  }
  return '…';
}

export const plain = (text: string, max = 3_000): PlainTextElement => ({
  type: 'plain_text',
  text: clip(inert(text).trim(), max) || '…',
});

export const header = (text: string): HeaderBlock => ({
  type: 'header',
  text: { ...plain(text.replace(/\s+/g, ' '), 150), emoji: true },
});

/** Facts in two columns. Values must be escaped already; pairs without a value are left out. */
export function fields(pairs: readonly (readonly [string, string | null | undefined])[]): SectionBlock[] {
  const shown = pairs.filter(([, value]) => value !== null && value !== undefined && value !== '').slice(0, 10);
  if (shown.length === 0) return [];
  return [
    {
      type: 'section',
      fields: shown.map(([label, value]) => ({ type: 'mrkdwn' as const, text: clip(`*${label}*\n${value}`, 2_000) })),
    },
  ];
}

/** Small print. Values must be escaped already. */
export const context = (...lines: readonly string[]): ContextBlock => ({
  type: 'context',
  elements: lines.slice(0, 10).map((text) => ({ type: 'mrkdwn' as const, text: clip(text, 2_000) })),
});

export const actions = (...elements: ActionsBlock['elements']): ActionsBlock => ({ type: 'actions', elements });

/** A paragraph of any words, shown as written; our own may hold `code`. */
export const paragraph = (text: string, ours = false): KnownBlock =>
  richText((ours ? text : safe(text, 2_000)).split('\n').map((part) => line(part === '' ? ' ' : part, { code: ours })));

/** What a button carries: ids and a digest, never a decision or a command. */
export function button(
  actionId: string,
  label: string,
  value: Readonly<Record<string, string | number>>,
  more: { readonly style?: 'primary' | 'danger'; readonly confirm?: ConfirmationDialog } = {},
): Button {
  return { type: 'button', action_id: actionId, text: plain(label, 30), value: JSON.stringify(value), ...more };
}

/** A button that only opens an address of ours or of a configured host. */
export const linkButton = (actionId: string, label: string, url: string): Button => ({
  type: 'button',
  action_id: `link.${actionId}`,
  text: plain(label, 30),
  url,
});

export const confirmDialog = (
  title: string,
  text: string,
  yes: string,
  no: string,
  style?: 'primary' | 'danger',
): ConfirmationDialog => ({
  title: plain(title, 100),
  text: plain(text, 300),
  confirm: plain(yes, 30),
  deny: plain(no, 30),
  ...(style === undefined ? {} : { style }),
});

export const option = (label: string, value: string): PlainTextOption => ({ text: plain(label, 75), value });

/** One line of a plan. The title is plain text to Slack, so nothing in it can mention anybody. */
export function taskCard(
  id: string,
  title: string,
  status: TaskCardBlock['status'],
  output?: string | null,
): TaskCardBlock {
  return {
    type: 'task_card',
    task_id: id,
    title: disarmed(safe(title, 200)) || '…',
    status,
    ...(output ? { output: richText([line(safe(output, 300))]) } : {}),
  };
}

export const plan = (title: string, tasks: readonly TaskCardBlock[]): PlanBlock => ({
  type: 'plan',
  title: disarmed(safe(title, 200)) || '…',
  tasks: [...tasks],
});

/** Angle brackets in a plain field become look-alikes, in case a client reads them as a mention. */
const disarmed = (text: string): string => text.replaceAll('<', '‹').replaceAll('>', '›');

/** A moment in the reader's own zone, with a Korean-time fallback. */
export function at(iso: string, format = '{date_short_pretty} {time}'): string {
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) return escaped(iso, 40);
  const kst = new Date(ms + 9 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');
  return `<!date^${Math.floor(ms / 1_000)}^${format}|${kst} KST>`;
}

/** Gives each block an id that changes with every edit, so that Slack shows no "(edited)" and a double click is told from a later one. */
export function withBlockIds(message: Message, mark: string): Message {
  return { ...message, blocks: message.blocks.map((block, index) => ({ ...block, block_id: `${mark}.${index}` })) };
}

const isTaskCard = (card: object): card is TaskCardBlock => 'type' in card && card.type === 'task_card';

const marks = { complete: '✅', in_progress: '⏳', pending: '◻', error: '⚠️' } as const;

/** The same message with plans as plain lines, for workspaces that answer invalid_blocks to a plan. */
export function planAsLines(message: Message): Message {
  return {
    ...message,
    blocks: message.blocks.map((block): KnownBlock => {
      if (block.type !== 'plan') return block;
      const cards = (block.tasks ?? []).filter(isTaskCard);
      return {
        ...richText([
          { type: 'rich_text_section', elements: [literal(block.title, { bold: true })] },
          ...cards.map((card) => line(`${marks[card.status ?? 'pending']} ${card.title}`)),
        ]),
        ...(block.block_id === undefined ? {} : { block_id: block.block_id }),
      };
    }),
  };
}
