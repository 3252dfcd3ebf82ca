import { attachments } from './attach.js';
import { blockNodes } from './blocks.js';
import { el, menuButton, toast } from './dom.js';
import { showMessages } from './messages.js';
import { showModals } from './modal.js';
import { encode, learn, names } from './names.js';
import { follow, get, post } from './server.js';

const MOST = 200;
const $ = (id) => document.getElementById(id);
const state = {
  me: '',
  channel: '',
  thread: '',
  tab: 'messages',
  channels: [],
  app: { commands: [], shortcuts: [] },
  unread: new Map(),
};

const remembered = (key) => {
  try {
    return localStorage.getItem(`local-slack-${key}`) ?? '';
  } catch {
    return '';
  }
};
const remember = (key, value) => {
  try {
    localStorage.setItem(`local-slack-${key}`, value);
  } catch {
    // A browser without storage forgets the choice on reload.
  }
};

const currentChannel = () => state.channels.find((channel) => channel.id === state.channel);
const isAppChat = (channel) =>
  channel?.isDirect && channel.members.includes(state.app.user) && channel.members.length === 2;
const otherOf = (channel) => channel.members.find((member) => member !== state.me) ?? state.me;
const titleOf = (channel) =>
  channel.isDirect ? (names.user(otherOf(channel)) ?? 'Direct message') : `# ${channel.name}`;

async function loadState() {
  const answer = await get(`state?user=${encodeURIComponent(state.me)}`);
  if (!answer.ok) return toast('The local workspace does not answer.');
  learn(answer);
  state.channels = answer.channels;
  state.app = answer.app;
  const people = answer.users.filter((user) => !user.isBot);
  if (!people.some((user) => user.id === state.me)) {
    state.me = people[0]?.id ?? '';
    return await loadState();
  }
  const chooser = $('who');
  chooser.replaceChildren(
    ...people.map((user) =>
      el('option', { value: user.id, selected: user.id === state.me }, `${user.realName} · ${user.title}`),
    ),
  );
  if (!currentChannel()) state.channel = state.channels[0]?.id ?? '';
  drawSidebar();
}

function entry(label, isCurrent, unread, open) {
  return el(
    'li',
    {},
    el(
      'button',
      { type: 'button', class: unread ? 'unread' : '', 'aria-current': isCurrent ? 'page' : undefined, onclick: open },
      el('span', {}, label),
      unread ? el('span', { class: 'count', 'aria-label': `${unread} new` }, String(unread)) : '',
    ),
  );
}

function drawSidebar() {
  const row = (channel) =>
    entry(titleOf(channel), channel.id === state.channel, state.unread.get(channel.id), () => openChannel(channel.id));
  $('channels').replaceChildren(...state.channels.filter((one) => !one.isDirect).map(row));
  const chats = state.channels.filter((one) => one.isDirect && !isAppChat(one));
  $('directs').replaceChildren(...(chats.length ? chats.map(row) : [el('li', { class: 'none' }, 'none yet')]));
  const chat = state.channels.find(isAppChat);
  $('apps').replaceChildren(
    entry(
      names.user(state.app.user) ?? 'App',
      chat !== undefined && chat.id === state.channel,
      chat && state.unread.get(chat.id),
      openApp,
    ),
  );
}

async function openApp() {
  await post('home', { user: state.me, tab: 'messages' });
  await loadState();
  const chat = state.channels.find(isAppChat);
  if (chat) await openChannel(chat.id);
}

async function openChannel(id) {
  state.channel = id;
  state.tab = 'messages';
  state.unread.delete(id);
  remember('channel', id);
  closeThread();
  await loadChannel();
  drawSidebar();
  $('composer-text').focus();
}

function drawTabs() {
  const tabs = $('tabs');
  tabs.hidden = !isAppChat(currentChannel());
  const tab = (name, label) =>
    el(
      'button',
      { type: 'button', role: 'tab', 'aria-selected': String(state.tab === name), onclick: () => pickTab(name) },
      label,
    );
  tabs.replaceChildren(tab('messages', 'Messages'), tab('home', 'Home'));
  const isHome = state.tab === 'home' && !tabs.hidden;
  $('home').hidden = !isHome;
  $('log').hidden = isHome;
  $('composer').hidden = isHome;
}

async function pickTab(name) {
  state.tab = name;
  drawTabs();
  if (name === 'home') {
    await post('home', { user: state.me, tab: 'home' });
    await loadViews();
  } else await loadChannel();
}

function context(key, openThread) {
  const shortcuts = state.app.shortcuts.filter((shortcut) => shortcut.type === 'message');
  return { me: state.me, key, openThread, shortcuts };
}

async function loadChannel() {
  const channel = currentChannel();
  if (!channel) return;
  const asked = `${channel.id} ${state.me}`;
  const answer = await get(`channels/${encodeURIComponent(channel.id)}/messages?user=${encodeURIComponent(state.me)}`);
  if (!answer.ok || asked !== `${state.channel} ${state.me}`) return;
  $('title').textContent = titleOf(channel);
  $('topic').textContent = channel.topic;
  document.title = `${titleOf(channel)} · Local Slack`;
  $('composer-text').placeholder = `Message ${titleOf(channel)}`;
  drawTabs();
  const top = answer.messages.filter(
    (one) => one.thread_ts === undefined || one.thread_ts === one.ts || one.subtype === 'thread_broadcast',
  );
  showMessages($('log'), top.slice(-MOST), context(asked, openThread));
  const pane = $('thread');
  pane.hidden = state.thread === '';
  document.body.classList.toggle('with-thread', !pane.hidden);
  if (pane.hidden) return;
  $('thread-channel').textContent = titleOf(channel);
  const thread = answer.messages.filter((one) => one.ts === state.thread || one.thread_ts === state.thread);
  showMessages($('thread-log'), thread, context(`${asked} ${state.thread}`));
}

async function openThread(ts) {
  state.thread = ts;
  remember('thread', ts);
  await loadChannel();
  $('thread-text').focus();
}

function closeThread() {
  if (state.thread === '') return;
  state.thread = '';
  remember('thread', '');
  $('thread').hidden = true;
  document.body.classList.remove('with-thread');
}

async function loadViews() {
  const me = state.me;
  const answer = await get(`views?user=${encodeURIComponent(me)}`);
  if (!answer.ok || me !== state.me) return;
  showModals(me, answer.views);
  const press = async (choice) => {
    const seen = await post('action', { user: me, view_id: answer.home.id, ...choice });
    if (!seen.ok) toast(seen.text ?? seen.error);
  };
  $('home').replaceChildren(
    ...(answer.home ? blockNodes(answer.home.blocks, press) : [el('p', {}, 'The app has not drawn its home tab yet.')]),
  );
}

async function send(area, thread, attached) {
  const text = area.value.trim();
  if (text === '' && attached.isEmpty()) return;
  const command = /^(\/\S+)\s*([\s\S]*)$/.exec(text);
  if (command && !attached.isEmpty()) return toast('Slack takes no files with a command. Send them with a message.');
  const files = attached.isEmpty() ? [] : await attached.send(state.me);
  if (files === null) return;
  area.value = '';
  if (command && thread) return toast(`${command[1]} is not supported in threads. Sorry! Mention the app instead.`);
  const where = { user: state.me, channel: state.channel };
  const seen = command
    ? await post('command', { ...where, command: command[1], text: encode(command[2], true) })
    : await post('message', { ...where, text: encode(text, false), ...(thread ? { thread_ts: thread } : {}), files });
  if (!seen.ok && !command) toast(seen.text ?? seen.error);
  else if (seen.error === 'unreachable') toast(seen.text);
}

function composer(form, area, threadOf) {
  const attached = attachments(form, form.parentElement, area);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void send(area, threadOf(), attached);
  });
  area.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  area.addEventListener('input', () => {
    area.rows = Math.min(8, area.value.split('\n').length);
  });
}

/** Runs now and at most every so often after. */
function paced(run, ms) {
  let _timer;
  return () => {
    _timer ??= setTimeout(() => {
      _timer = undefined;
      void run();
    }, ms);
  };
}
const refreshChannel = paced(loadChannel, 60);
const refreshViews = paced(loadViews, 30);
const refreshState = paced(loadState, 100);

function changed(change) {
  if (change.type === 'views' && change.user === state.me) refreshViews();
  if (change.type !== 'channel' && change.type !== 'status') return;
  if (change.channel === state.channel) refreshChannel();
  else if (state.channels.some((channel) => channel.id === change.channel)) {
    state.unread.set(change.channel, Math.min(99, (state.unread.get(change.channel) ?? 0) + 1));
    drawSidebar();
  } else refreshState();
}

async function refreshAll() {
  await loadState();
  await loadChannel();
  await loadViews();
}

composer($('composer'), $('composer-text'), () => '');
composer($('thread-composer'), $('thread-text'), () => state.thread);
$('thread-close').addEventListener('click', () => {
  closeThread();
  $('composer-text').focus();
});
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || document.querySelector('dialog[open]') || state.thread === '') return;
  closeThread();
  $('composer-text').focus();
});
$('who').addEventListener('change', async (event) => {
  state.me = event.target.value;
  remember('who', state.me);
  showModals(state.me, []);
  await refreshAll();
});
state.me = remembered('who');
state.channel = remembered('channel');
state.thread = remembered('thread');
await refreshAll();
const globals = state.app.shortcuts.filter((shortcut) => shortcut.type === 'global');
if (globals.length)
  $('shortcuts').append(
    menuButton(
      '⚡',
      'Shortcuts',
      globals.map((shortcut) => ({
        label: shortcut.name,
        pick: () => post('shortcut', { user: state.me, callback_id: shortcut.callbackId }),
      })),
      'icon',
    ),
  );
follow(changed, () => void refreshAll());
