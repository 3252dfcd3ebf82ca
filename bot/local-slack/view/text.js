import { el } from './dom.js';
import { names } from './names.js';

const EMOJI = {
  eyes: '👀',
  white_check_mark: '✅',
  heavy_check_mark: '✔️',
  warning: '⚠️',
  hand: '✋',
  raised_hand: '✋',
  ticket: '🎫',
  memo: '📝',
  pencil: '📝',
  shushing_face: '🤫',
  '+1': '👍',
  '-1': '👎',
  thumbsup: '👍',
  thumbsdown: '👎',
  rotating_light: '🚨',
  robot_face: '🤖',
  red_circle: '🔴',
  large_orange_circle: '🟠',
  large_yellow_circle: '🟡',
  large_blue_circle: '🔵',
  large_green_circle: '🟢',
  no_bell: '🔕',
  tada: '🎉',
  fire: '🔥',
  hourglass: '⌛',
  x: '❌',
  question: '❓',
  gear: '⚙️',
};

/** The picture of an emoji name, or the name between colons. */
export const emoji = (name) => EMOJI[name] ?? `:${name}:`;

const pad = (number) => String(number).padStart(2, '0');

/** Slack's date tokens in the reader's own zone. */
export function formatDate(epochSeconds, format) {
  const date = new Date(epochSeconds * 1000);
  if (Number.isNaN(date.getTime())) return undefined;
  const day = (options) => date.toLocaleDateString(undefined, options);
  const today = new Date();
  const daysAway = Math.round((new Date(date).setHours(0, 0, 0, 0) - today.setHours(0, 0, 0, 0)) / 86_400_000);
  const near = { '-1': 'yesterday', 0: 'today', 1: 'tomorrow' }[daysAway];
  const forms = {
    date_num: `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`,
    date: day({ year: 'numeric', month: 'long', day: 'numeric' }),
    date_short: day({ year: 'numeric', month: 'short', day: 'numeric' }),
    date_long: day({ weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' }),
    time: date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' }),
    time_secs: date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' }),
  };
  return format.replace(/\{(\w+?)(_pretty)?\}/g, (whole, name, pretty) =>
    pretty && near ? near : (forms[name] ?? whole),
  );
}

const unescaped = (text) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** A link to another place: only http, https and mailto are followed. */
export function link(address, label) {
  const isSafe = /^(https?:|mailto:)/i.test(address);
  return isSafe ? el('a', { href: address, target: '_blank', rel: 'noreferrer noopener' }, label) : `${label}`;
}

const mention = (label) => el('span', { class: 'mention' }, label);

/** What stands between angle brackets in Slack's own text. */
function special(inside) {
  const [head, ...rest] = inside.split('|');
  const label = rest.join('|');
  if (head.startsWith('@')) return mention(`@${names.user(head.slice(1)) ?? (label || head.slice(1))}`);
  if (head.startsWith('#')) return mention(`#${names.channel(head.slice(1)) ?? (label || head.slice(1))}`);
  if (head.startsWith('!subteam^')) return mention(`@${names.group(head.slice(9)) ?? (label || head.slice(9))}`);
  if (/^!(here|channel|everyone)$/.test(head)) return mention(`@${head.slice(1)}`);
  const date = /^!date\^(\d+)\^([^^]+)(?:\^(.+))?$/.exec(head);
  if (date) {
    const text = formatDate(Number(date[1]), date[2]) ?? label;
    const shown = el(
      'time',
      { datetime: new Date(Number(date[1]) * 1000).toISOString(), title: unescaped(label) },
      text,
    );
    return date[3] ? link(unescaped(date[3]), shown) : shown;
  }
  if (head.startsWith('!')) return label;
  return link(unescaped(head), unescaped(label || head));
}

const STYLES = { '*': 'strong', _: 'em', '~': 's' };

/** Bold, italic and struck words of one line without code or brackets in it. */
function styled(text) {
  const parts = [];
  const pattern = /(^|[\s([{"'.,;:!?·–—-])([*_~])(\S(?:[^\n]*?\S)?)\2(?=$|[\s)\]}"'.,;:!?·–—-])/g;
  let last = 0;
  for (const match of text.matchAll(pattern)) {
    const start = match.index + match[1].length;
    parts.push(...plain(unescaped(text.slice(last, start))), el(STYLES[match[2]], {}, styled(match[3])));
    last = match.index + match[0].length;
  }
  parts.push(...plain(unescaped(text.slice(last)).replace(/:([a-z0-9_+-]+):/g, (whole, name) => EMOJI[name] ?? whole)));
  return parts;
}

/** Brackets become nodes first, so that style marks may stand around them. */
function inline(text) {
  return text.split(/(`[^`\n]+`)/).flatMap((part) => {
    if (/^`[^`\n]+`$/.test(part)) return el('code', {}, unescaped(part.slice(1, -1)));
    const held = [];
    const marked = part.replace(/<([^<>]+)>/g, (_whole, inside) => {
      held.push(special(inside));
      return `\uE000${String.fromCharCode(0xe100 + held.length - 1)}`;
    });
    return styled(marked).map((node) => putBack(node, held));
  });
}

function putBack(node, held) {
  if (typeof node === 'string')
    return node
      .split(/(\uE000[\uE100-\uF8FF])/)
      .map((piece) => (piece[0] === '\uE000' ? (held[piece.charCodeAt(1) - 0xe100] ?? '') : piece));
  for (const child of [...node.childNodes])
    if (child.nodeType === Node.TEXT_NODE)
      child.replaceWith(...putBack(child.data, held).filter((piece) => piece !== ''));
    else putBack(child, held);
  return node;
}

/** Slack's mrkdwn as nodes; nothing in it can become markup of this page. */
export function mrkdwn(source) {
  const text = source.replace(/[\uE000-\uF8FF]/g, '');
  return text.split(/(```[\s\S]+?```)/).flatMap((part) => {
    if (/^```[\s\S]+```$/.test(part)) return el('pre', {}, unescaped(part.slice(3, -3).replace(/^\n/, '')));
    return part.split('\n').flatMap((line, index) => {
      const quote = line.startsWith('&gt; ') ? el('blockquote', {}, inline(line.slice(5))) : inline(line);
      return index === 0 ? [quote] : [el('br'), quote];
    });
  });
}

const DOTS = { '🔴': 'red', '🟠': 'orange', '🟡': 'yellow', '🔵': 'blue', '🟢': 'green', '⚪': 'white' };

/** Literal text; state dots are drawn, because not every machine has an emoji font. */
export const plain = (text) =>
  String(text ?? '')
    .split(/(🔴|🟠|🟡|🔵|🟢|⚪)/u)
    .filter((part) => part !== '')
    .map((part) =>
      DOTS[part] ? el('span', { class: `dot ${DOTS[part]}`, role: 'img', 'aria-label': DOTS[part] }) : part,
    );

/** A text object of Block Kit. */
export const textObject = (object) => (object?.type === 'mrkdwn' ? mrkdwn(object.text ?? '') : plain(object?.text));

function richInline(element) {
  switch (element.type) {
    case 'text': {
      let node = plain(element.text);
      const style = element.style ?? {};
      if (style.code) node = el('code', {}, node);
      if (style.strike) node = el('s', {}, node);
      if (style.italic) node = el('em', {}, node);
      if (style.bold) node = el('strong', {}, node);
      return node;
    }
    case 'link':
      return link(element.url ?? '', element.text ?? element.url ?? '');
    case 'user':
      return mention(`@${names.user(element.user_id) ?? element.user_id}`);
    case 'usergroup':
      return mention(`@${names.group(element.usergroup_id) ?? element.usergroup_id}`);
    case 'channel':
      return mention(`#${names.channel(element.channel_id) ?? element.channel_id}`);
    case 'broadcast':
      return mention(`@${element.range}`);
    case 'emoji':
      return emoji(element.name);
    case 'date':
      return formatDate(element.timestamp, element.format ?? '{date}') ?? element.fallback ?? '';
    default:
      return element.text ?? '';
  }
}

function richElement(element) {
  const inner = () => (element.elements ?? []).map(richInline);
  switch (element.type) {
    case 'rich_text_preformatted':
      return el('pre', {}, inner());
    case 'rich_text_quote':
      return el('blockquote', {}, inner());
    case 'rich_text_list': {
      const items = (element.elements ?? []).map((item) => el('li', {}, (item.elements ?? []).map(richInline)));
      const tag = element.style === 'ordered' ? 'ol' : 'ul';
      return el(
        tag,
        { class: `indent-${Math.min(5, element.indent ?? 0)}`, start: element.offset ? element.offset + 1 : undefined },
        items,
      );
    }
    default:
      return el('div', { class: 'rich-section' }, inner());
  }
}

/** A rich_text block. */
export const richText = (block) => el('div', { class: 'rich' }, (block.elements ?? []).map(richElement));
