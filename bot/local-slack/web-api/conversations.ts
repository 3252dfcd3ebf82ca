import { type Fields, isTrue, textOf } from '../json.ts';
import { showMessage } from '../messages.ts';
import { BOT_USER, type Channel } from '../options.ts';
import type { Message } from '../store.ts';
import { findChannel, showChannel, type Workspace } from '../workspace.ts';
import { type Method, page, refuse } from './method.ts';

function readableChannel(workspace: Workspace, args: Fields): Channel | undefined {
  const channel = findChannel(workspace, args.channel);
  return channel && (!channel.isPrivate || channel.members.includes(BOT_USER)) ? channel : undefined;
}

/** Keeps what lies between oldest and latest, the ends only when asked. */
function within(messages: readonly Message[], args: Fields): Message[] {
  const oldest = Number(args.oldest ?? 0) || 0;
  const latest = Number(args.latest ?? 0) || Number.POSITIVE_INFINITY;
  const isInclusive = isTrue(args.inclusive);
  return messages.filter((message) => {
    const ts = Number(message.ts);
    return (ts > oldest && ts < latest) || (isInclusive && (ts === oldest || ts === latest));
  });
}

function answer(workspace: Workspace, messages: readonly Message[], args: Fields, limit: number): Fields {
  const part = page(messages, args, limit);
  if (!part) return refuse('invalid_cursor');
  const withMetadata = isTrue(args.include_all_metadata);
  return {
    ok: true,
    messages: part.items.map((message) => showMessage(workspace, message, { withMetadata })),
    has_more: part.cursor !== '',
    ...(part.cursor === '' ? {} : { response_metadata: { next_cursor: part.cursor } }),
  };
}

const history: Method = (workspace, args) => {
  const channel = readableChannel(workspace, args);
  if (!channel) return refuse('channel_not_found');
  if (!channel.members.includes(BOT_USER)) return refuse('not_in_channel');
  const top = workspace.store
    .messages(channel.id)
    .filter(
      (message) =>
        message.thread_ts === undefined || message.thread_ts === message.ts || message.subtype === 'thread_broadcast',
    );
  return { ...answer(workspace, within(top, args).reverse(), args, 100), pin_count: 0 };
};

const replies: Method = (workspace, args) => {
  const channel = readableChannel(workspace, args);
  if (!channel) return refuse('channel_not_found');
  if (!channel.members.includes(BOT_USER)) return refuse('not_in_channel');
  const ts = textOf(args.ts) ?? '';
  const named = workspace.store.message(channel.id, ts);
  const parentTs = named?.thread_ts ?? ts;
  const parent = workspace.store.message(channel.id, parentTs);
  const answers = workspace.store.replies(channel.id, parentTs);
  if (!parent && answers.length === 0) return refuse('thread_not_found');
  return answer(workspace, [...(parent ? [parent] : []), ...within(answers, args)], args, 1000);
};

const list: Method = (workspace, args) => {
  const types = (textOf(args.types) ?? 'public_channel').split(',').map((type) => type.trim());
  const typeOf = (channel: Channel) =>
    channel.isDirect
      ? channel.members.length > 2
        ? 'mpim'
        : 'im'
      : channel.isPrivate
        ? 'private_channel'
        : 'public_channel';
  const found = workspace.store
    .channels()
    .filter((channel) => types.includes(typeOf(channel)))
    .filter((channel) => !channel.isPrivate || channel.members.includes(BOT_USER))
    .filter((channel) => !(isTrue(args.exclude_archived) && channel.isArchived));
  const part = page(found, args, 100);
  if (!part) return refuse('invalid_cursor');
  return {
    ok: true,
    channels: part.items.map((channel) => showChannel(channel, BOT_USER)),
    response_metadata: { next_cursor: part.cursor },
  };
};

const info: Method = (workspace, args) => {
  const channel = readableChannel(workspace, args);
  return channel ? { ok: true, channel: showChannel(channel, BOT_USER) } : refuse('channel_not_found');
};

const open: Method = (workspace, args) => {
  const named = findChannel(workspace, args.channel);
  if (named) return { ok: true, channel: { id: named.id } };
  const given = args.users;
  const users = (Array.isArray(given) ? given.map(String) : (textOf(given) ?? '').split(','))
    .map((user) => user.trim())
    .filter(Boolean);
  if (users.length === 0) return refuse('users_list_not_supplied');
  if (users.length > 8) return refuse('too_many_users');
  if (users.some((user) => !workspace.store.users.has(user))) return refuse('user_not_found');
  return { ok: true, channel: { id: workspace.store.directChannel([...users, BOT_USER]).id } };
};

const members: Method = (workspace, args) => {
  const channel = readableChannel(workspace, args);
  if (!channel) return refuse('channel_not_found');
  const part = page(channel.members, args, 100);
  if (!part) return refuse('invalid_cursor');
  return { ok: true, members: part.items, response_metadata: { next_cursor: part.cursor } };
};

const join: Method = (workspace, args) => {
  const channel = findChannel(workspace, args.channel);
  if (!channel || channel.isPrivate) return refuse('channel_not_found');
  if (channel.isArchived) return refuse('is_archived');
  if (!channel.members.includes(BOT_USER))
    workspace.store.saveChannel({ ...channel, members: [...channel.members, BOT_USER] });
  return { ok: true, channel: showChannel(channel, BOT_USER) };
};

/** conversations.*: what stands in channels and who is in them. */
export const conversationMethods: Record<string, Method> = {
  'conversations.history': history,
  'conversations.replies': replies,
  'conversations.list': list,
  'conversations.info': info,
  'conversations.open': open,
  'conversations.members': members,
  'conversations.join': join,
};
