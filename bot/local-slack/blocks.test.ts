import { expect, test } from 'vitest';
import { checkBlocks } from './blocks.ts';

const plain = (length: number) => ({ type: 'plain_text', text: 'x'.repeat(length) });
const words = (length: number) => ({ type: 'mrkdwn', text: 'x'.repeat(length) });
const button = (more: object = {}) => ({ type: 'button', action_id: 'a', text: plain(5), ...more });
const actions = (...elements: object[]) => ({ type: 'actions', elements });
const repeat = <Item>(count: number, make: (index: number) => Item) =>
  Array.from({ length: count }, (_, index) => make(index));
const option = (index: number, text = 5, value = 5) => ({ text: plain(text), value: `${index}`.padStart(value, 'v') });
const overflow = (count: number) =>
  actions({ type: 'overflow', action_id: 'o', options: repeat(count, (index) => option(index)) });
const select = (options: object[]) =>
  actions({ type: 'static_select', action_id: 's', placeholder: plain(5), options });
const confirm = (more: object) =>
  actions(button({ confirm: { title: plain(5), text: plain(5), confirm: plain(5), deny: plain(5), ...more } }));
const raw = { type: 'raw_text', text: 'x' };
const table = (rows: number, cells: number) => ({ type: 'table', rows: repeat(rows, () => repeat(cells, () => raw)) });
const rich = (text: string) => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }],
});
const task = { type: 'task_card', task_id: 't', title: 'x', status: 'complete' };
const feedback = {
  type: 'feedback_buttons',
  action_id: 'f',
  positive_button: { text: plain(3), value: 'y' },
  negative_button: { text: plain(3), value: 'n' },
};

/** Each limit: the largest that passes, one more that does not, and where the complaint points. */
const LIMITS: [string, (size: number) => unknown[], number, string][] = [
  ['blocks of a message', (size) => repeat(size, () => ({ type: 'divider' })), 50, '/blocks'],
  ['header', (size) => [{ type: 'header', text: plain(size) }], 150, '/blocks/0/text/text'],
  ['section', (size) => [{ type: 'section', text: words(size) }], 3000, '/blocks/0/text/text'],
  ['fields', (size) => [{ type: 'section', fields: repeat(size, () => words(5)) }], 10, '/blocks/0/fields'],
  ['one field', (size) => [{ type: 'section', fields: [words(size)] }], 2000, '/blocks/0/fields/0/text'],
  ['context', (size) => [{ type: 'context', elements: repeat(size, () => words(5)) }], 10, '/blocks/0/elements'],
  [
    'actions',
    (size) => [actions(...repeat(size, (index) => button({ action_id: `a${index}` })))],
    25,
    '/blocks/0/elements',
  ],
  ['button label', (size) => [actions(button({ text: plain(size) }))], 75, '/blocks/0/elements/0/text/text'],
  ['button value', (size) => [actions(button({ value: 'x'.repeat(size) }))], 2000, '/blocks/0/elements/0/value'],
  ['option text', (size) => [select([option(0, size)])], 75, '/blocks/0/elements/0/options/0/text/text'],
  ['option value', (size) => [select([option(0, 5, size)])], 150, '/blocks/0/elements/0/options/0/value'],
  ['select', (size) => [select(repeat(size, (index) => option(index)))], 100, '/blocks/0/elements/0/options'],
  ['overflow', (size) => [overflow(size)], 5, '/blocks/0/elements/0/options'],
  ['confirm title', (size) => [confirm({ title: plain(size) })], 100, '/blocks/0/elements/0/confirm/title/text'],
  ['confirm text', (size) => [confirm({ text: plain(size) })], 300, '/blocks/0/elements/0/confirm/text/text'],
  ['confirm label', (size) => [confirm({ deny: plain(size) })], 30, '/blocks/0/elements/0/confirm/deny/text'],
  ['table rows', (size) => [table(size, 1)], 100, '/blocks/0/rows'],
  ['table cells', (size) => [table(1, size)], 20, '/blocks/0/rows/0'],
  ['block id', (size) => [{ type: 'divider', block_id: 'x'.repeat(size) }], 255, '/blocks/0/block_id'],
];

test.each(LIMITS)('%s: the limit passes, one more does not', (_name, make, limit, pointer) => {
  expect(checkBlocks(make(limit), 'message').messages).toEqual([]);
  const { messages } = checkBlocks(make(limit + 1), 'message');
  expect(messages).toHaveLength(1);
  expect(messages[0]).toMatch(/^\[ERROR\] /);
  expect(messages[0]).toContain(`[json-pointer:${pointer}]`);
});

const REFUSED: [string, unknown, string][] = [
  ['an unknown type', { type: 'marquee' }, '/blocks/0/type'],
  ['an inherited name as type', { type: 'constructor' }, '/blocks/0/type'],
  ['mrkdwn in a header', { type: 'header', text: words(5) }, '/blocks/0/text/type'],
  ['mrkdwn on a button', actions(button({ text: words(5) })), '/blocks/0/elements/0/text/type'],
  ['an empty text', { type: 'section', text: words(0) }, '/blocks/0/text/text'],
  ['a section without anything', { type: 'section' }, '/blocks/0'],
  ['an overflow of one', overflow(1), '/blocks/0/elements/0/options'],
  [
    'an input in a message',
    { type: 'input', label: plain(3), element: { type: 'plain_text_input' } },
    '/blocks/0/type',
  ],
  ['an alert in a message', { type: 'alert', text: plain(3) }, '/blocks/0/type'],
  ['a picture without words', { type: 'image', image_url: 'https://example.com/a.png' }, '/blocks/0'],
  ['the same action twice in a block', actions(button(), button()), '/blocks/0/elements/1/action_id'],
  ['an empty rich text', rich(''), '/blocks/0/elements/0/elements/0/text'],
  ['a task without status', { ...task, status: undefined }, '/blocks/0'],
  ['a number cell without text', { type: 'table', rows: [[{ type: 'raw_number', value: 1 }]] }, '/blocks/0/rows/0/0'],
  [
    'feedback with one side',
    { type: 'context_actions', elements: [{ ...feedback, negative_button: undefined }] },
    '/blocks/0/elements/0',
  ],
  ['a button in context actions', { type: 'context_actions', elements: [button()] }, '/blocks/0/elements/0/type'],
];

test.each(REFUSED)('%s is refused', (_name, block, pointer) => {
  expect(checkBlocks([block], 'message').messages.join()).toContain(`[json-pointer:${pointer}]`);
});

test('the same block id twice is refused', () => {
  const block = { type: 'divider', block_id: 'one' };

  expect(checkBlocks([block, block], 'message').messages).toEqual([
    '[ERROR] `block_id` "one" already exists [json-pointer:/blocks/1/block_id]',
  ]);
});

test('a modal takes 100 blocks, inputs and alerts', () => {
  const input = { type: 'input', label: plain(5), element: { type: 'plain_text_input', action_id: 'v' } };
  const alert = { type: 'alert', level: 'warning', text: plain(200) };

  expect(checkBlocks([input, alert, ...repeat(98, () => ({ type: 'divider' }))], 'modal').messages).toEqual([]);
  expect(
    checkBlocks(
      repeat(101, () => ({ type: 'divider' })),
      'modal',
    ).messages,
  ).toHaveLength(1);
});

test('the blocks the product uses pass', () => {
  const blocks = [
    rich('hello'),
    {
      type: 'plan',
      title: 'x',
      tasks: [{ ...task, output: rich('y'), sources: [{ type: 'url', url: 'https://example.com', text: 'z' }] }],
    },
    { type: 'context_actions', elements: [feedback] },
    { type: 'markdown', text: '**x**' },
    { type: 'table', rows: [[raw, { type: 'raw_number', value: 1, text: '1' }, rich('z')]] },
  ];

  expect(checkBlocks(blocks, 'message').messages).toEqual([]);
});
