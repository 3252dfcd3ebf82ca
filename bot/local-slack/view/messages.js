import { blockNodes } from './blocks.js';
import { el, menuButton, toast } from './dom.js';
import { names } from './names.js';
import { fileAddress, post } from './server.js';
import { emoji, mrkdwn } from './text.js';

const QUICK = ['white_check_mark', 'eyes', 'ticket', 'memo', 'shushing_face', '+1'];
const COLOURS = 8;

const timeOf = (ts) => new Date(Number(ts) * 1000);

function clock(ts) {
  const date = timeOf(ts);
  const text = date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  return el('time', { datetime: date.toISOString(), title: date.toLocaleString() }, text);
}

function colourOf(id) {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.codePointAt(0)) % 997;
  return sum % COLOURS;
}

function reactions(message, me) {
  const toggle = async (name, has) => {
    const seen = await post('reaction', { user: me, channel: message.channel, ts: message.ts, name, remove: has });
    if (!seen.ok) toast(seen.error);
  };
  return el(
    'div',
    { class: 'reactions' },
    message.reactions.map(({ name, users }) => {
      const has = users.includes(me);
      const who = users.map((user) => names.user(user) ?? user).join(', ');
      return el(
        'button',
        {
          type: 'button',
          class: 'reaction',
          'aria-pressed': String(has),
          title: who,
          'aria-label': `${name}, ${who}`,
          onclick: () => toggle(name, has),
        },
        `${emoji(name)} ${users.length}`,
      );
    }),
  );
}

function tools(message, context) {
  const { me, shortcuts } = context;
  const add = menuButton(
    '☺',
    'Add a reaction',
    QUICK.map((name) => ({
      label: emoji(name),
      ariaLabel: name,
      pick: async () => {
        const seen = await post('reaction', { user: me, channel: message.channel, ts: message.ts, name });
        if (!seen.ok) toast(seen.error);
      },
    })),
    'icon',
  );
  const more = menuButton(
    '⋮',
    'Message shortcuts',
    shortcuts.map((shortcut) => ({
      label: shortcut.name,
      pick: async () => {
        const seen = await post('shortcut', {
          user: me,
          callback_id: shortcut.callbackId,
          channel: message.channel,
          ts: message.ts,
        });
        if (!seen.ok) toast(seen.text ?? seen.error);
      },
    })),
    'icon',
  );
  const reply = context.openThread
    ? el(
        'button',
        {
          type: 'button',
          class: 'icon',
          'aria-label': 'Reply in thread',
          onclick: () => context.openThread(message.thread_ts ?? message.ts),
        },
        '↩',
      )
    : '';
  return el(
    'div',
    { class: 'tools', role: 'group', 'aria-label': 'Message tools' },
    add,
    reply,
    shortcuts.length ? more : '',
  );
}

function fileNode(file) {
  if (file.mimetype?.startsWith('image/') && !file.mimetype.includes('svg'))
    return el(
      'figure',
      {},
      el('figcaption', {}, file.title ?? file.name),
      el('img', { src: fileAddress(file.id), alt: file.title ?? file.name, loading: 'lazy' }),
    );
  return el(
    'a',
    { class: 'file', href: fileAddress(file.id), download: file.name },
    `${file.title ?? file.name ?? file.id}`,
  );
}

function threadLine(message, context) {
  if (!context.openThread || !message.reply_count) return '';
  const count = message.reply_count === 1 ? '1 reply' : `${message.reply_count} replies`;
  return el(
    'button',
    { type: 'button', class: 'thread-line', onclick: () => context.openThread(message.ts) },
    el('strong', {}, count),
    ' View thread',
  );
}

function draw(message, context) {
  const { me } = context;
  const name = names.user(message.user) ?? message.user;
  const press = async (choice) => {
    const seen = await post('action', { user: me, channel: message.channel, ts: message.ts, ...choice });
    if (!seen.ok) toast(seen.text ?? seen.error);
  };
  const isPrivate = message.ephemeral_to !== undefined;
  const hasBlocks = message.blocks.length > 0;
  return el(
    'article',
    {
      class: `message${isPrivate ? ' private' : ''}`,
      'data-ts': message.ts,
      'aria-label': `${name}, ${timeOf(message.ts).toLocaleTimeString()}`,
    },
    isPrivate ? el('p', { class: 'only-you' }, 'Only visible to you') : '',
    message.subtype === 'thread_broadcast' && context.openThread
      ? el('p', { class: 'only-you' }, 'replied to a thread')
      : '',
    el('div', { class: `avatar colour-${colourOf(message.user)}`, 'aria-hidden': 'true' }, [...name][0] ?? '?'),
    el(
      'div',
      { class: 'message-body' },
      el(
        'div',
        { class: 'message-head' },
        el('strong', {}, name),
        names.isBot(message.user) ? el('span', { class: 'badge' }, 'APP') : '',
        clock(message.ts),
      ),
      hasBlocks && !message.is_streaming && message.streaming_until === undefined
        ? ''
        : el('div', { class: 'text' }, mrkdwn(message.text)),
      blockNodes(message.blocks, press),
      message.is_streaming ? el('span', { class: 'typing' }, '▍') : '',
      message.edited ? el('span', { class: 'edited' }, '(edited)') : '',
      (message.files ?? []).map(fileNode),
      message.reactions.length ? reactions(message, me) : '',
      threadLine(message, context),
      message.status ? el('p', { class: 'status' }, `${names.user('U0AGENT') ?? 'App'} ${message.status}`) : '',
    ),
    isPrivate ? '' : tools(message, context),
  );
}

function dayOf(ts) {
  return timeOf(ts).toLocaleDateString(undefined, { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' });
}

/** Brings a list in line with the messages, touching only what changed, so that focus and open menus stay. */
export function showMessages(log, messages, context) {
  const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 60 || log.dataset.shown !== context.key;
  log.dataset.shown = context.key;
  const old = new Map([...log.children].map((node) => [node.dataset.key, node]));
  const wanted = [];
  let day;
  for (const message of messages) {
    const today = dayOf(message.ts);
    if (today !== day && context.openThread) {
      const key = `day ${today}`;
      wanted.push(old.get(key) ?? Object.assign(el('div', { class: 'day', 'data-key': key }, el('span', {}, today))));
    }
    day = today;
    const key = `${message.channel} ${message.ts} ${context.me}`;
    const print = JSON.stringify(message);
    const known = old.get(key);
    if (known?.print === print) {
      wanted.push(known);
      continue;
    }
    const node = draw(message, context);
    node.dataset.key = key;
    node.print = print;
    const focused = known?.contains(document.activeElement) ? document.activeElement.dataset.action : undefined;
    wanted.push(node);
    if (known) known.replaceWith(node);
    if (focused) node.querySelector(`[data-action="${CSS.escape(focused)}"]`)?.focus();
  }
  const keep = new Set(wanted);
  for (const node of [...log.children]) if (!keep.has(node)) node.remove();
  wanted.forEach((node, index) => {
    if (log.children[index] !== node) log.insertBefore(node, log.children[index] ?? null);
  });
  if (isAtEnd) log.scrollTop = log.scrollHeight;
}
