import { type Fields, isTrue, textOf } from '../json.ts';
import { addMessage, editMessage, readContent, removeMessage, showMessage } from '../messages.ts';
import { BOT_USER, type Channel } from '../options.ts';
import type { Message } from '../store.ts';
import { findChannel, type Workspace } from '../workspace.ts';
import { type Method, refuse } from './method.ts';

/** The channel the app may write to, or why it may not. */
export function writableChannel(workspace: Workspace, name: unknown): Channel | Fields {
  const user = typeof name === 'string' ? workspace.store.users.get(name) : undefined;
  const channel = user ? workspace.store.directChannel([user.id, BOT_USER]) : findChannel(workspace, name);
  if (!channel) return refuse('channel_not_found');
  if (channel.isArchived) return refuse('is_archived');
  if (!channel.members.includes(BOT_USER)) return refuse(channel.isPrivate ? 'channel_not_found' : 'not_in_channel');
  return channel;
}

function isChannel(value: Channel | Fields): value is Channel {
  return 'isDirect' in value;
}

/** The thread a post goes to: undefined for none, a refusal when its parent is gone. */
function threadOf(workspace: Workspace, channel: Channel, args: Fields): string | undefined | Fields {
  const threadTs = textOf(args.thread_ts);
  if (threadTs === undefined || threadTs === '') return undefined;
  const parent = workspace.store.message(channel.id, threadTs);
  if (!parent && workspace.store.replies(channel.id, threadTs).length === 0) return refuse('thread_not_found');
  return parent?.thread_ts ?? threadTs;
}

const postMessage: Method = (workspace, args) => {
  const channel = writableChannel(workspace, args.channel);
  if (!isChannel(channel)) return channel;
  const content = readContent(workspace, args);
  if ('error' in content) return refuse(content.error, content.messages);
  if (!content.text && !content.blocks?.length) return refuse('no_text');
  const thread = threadOf(workspace, channel, args);
  if (typeof thread === 'object') return thread;
  const message = addMessage(workspace, channel, {
    ...content,
    user: BOT_USER,
    threadTs: thread,
    isBroadcast: thread !== undefined && isTrue(args.reply_broadcast),
  });
  return {
    ok: true,
    channel: channel.id,
    ts: message.ts,
    message: showMessage(workspace, message, { withMetadata: true }),
  };
};

const postEphemeral: Method = (workspace, args) => {
  const channel = writableChannel(workspace, args.channel);
  if (!isChannel(channel)) return channel;
  const user = textOf(args.user);
  if (user === undefined || !workspace.store.users.has(user)) return refuse('user_not_found');
  if (!channel.members.includes(user)) return refuse('user_not_in_channel');
  const content = readContent(workspace, args);
  if ('error' in content) return refuse(content.error, content.messages);
  if (!content.text && !content.blocks?.length) return refuse('no_text');
  const message = addMessage(workspace, channel, {
    ...content,
    user: BOT_USER,
    ephemeralTo: user,
    threadTs: textOf(args.thread_ts),
  });
  return { ok: true, message_ts: message.ts };
};

/** The app's own message that a call names. */
function ownMessage(workspace: Workspace, args: Fields, otherwise: string): Message | Fields {
  const channel = findChannel(workspace, args.channel);
  if (!channel) return refuse('channel_not_found');
  if (channel.isArchived) return refuse('is_archived');
  const ts = textOf(args.ts) ?? '';
  const message = workspace.store.message(channel.id, ts);
  if (!message) return refuse(workspace.store.ephemeral(channel.id, ts) ? otherwise : 'message_not_found');
  return message.user === BOT_USER ? message : refuse(otherwise);
}

function isMessage(value: Message | Fields): value is Message {
  return 'reactions' in value;
}

function isStreaming(workspace: Workspace, message: Message): boolean {
  return message.streaming_until !== undefined && message.streaming_until > workspace.options.now();
}

const update: Method = (workspace, args) => {
  const message = ownMessage(workspace, args, 'cant_update_message');
  if (!isMessage(message)) return message;
  if (isStreaming(workspace, message)) return refuse('streaming_state_conflict');
  const content = readContent(workspace, args);
  if ('error' in content) return refuse(content.error, content.messages);
  if (content.text === undefined && content.blocks === undefined && content.metadata === undefined)
    return refuse('no_text');
  editMessage(workspace, message, content);
  return {
    ok: true,
    channel: message.channel,
    ts: message.ts,
    text: message.text,
    message: showMessage(workspace, message, { withMetadata: true }),
  };
};

const remove: Method = (workspace, args) => {
  const message = ownMessage(workspace, args, 'cant_delete_message');
  if (!isMessage(message)) return message;
  removeMessage(workspace, message);
  return { ok: true, channel: message.channel, ts: message.ts };
};

const getPermalink: Method = (workspace, args) => {
  const channel = findChannel(workspace, args.channel);
  if (!channel) return refuse('channel_not_found');
  const ts = textOf(args.message_ts) ?? '';
  if (!workspace.store.message(channel.id, ts)) return refuse('message_not_found');
  return {
    ok: true,
    channel: channel.id,
    permalink: `${workspace.baseUrl()}/archives/${channel.id}/p${ts.replace('.', '')}`,
  };
};

const STREAM_LIFE_MS = 5 * 60_000;

/** The text and task cards of one streamed piece. */
function applyChunks(message: Message, args: Fields): Fields | undefined {
  const markdown = textOf(args.markdown_text);
  const chunks = args.chunks;
  if (markdown !== undefined && chunks !== undefined)
    return refuse('invalid_arguments', ['[ERROR] chunks and markdown_text exclude each other']);
  message.text += markdown ?? '';
  const plan = message.blocks.find((block) => block.type === 'plan');
  for (const chunk of Array.isArray(chunks) ? chunks : []) {
    const fields: Fields = typeof chunk === 'object' && chunk !== null ? { ...chunk } : {};
    const { type, ...rest } = fields;
    if (type === 'markdown_text') message.text += textOf(rest.text) ?? '';
    else if (type === 'task_update') {
      const target: Fields = plan ??
        message.blocks.find((block) => block.type === 'plan') ?? { type: 'plan', title: '…', tasks: [] };
      if (!message.blocks.includes(target)) message.blocks.push(target);
      const task = { ...rest, type: 'task_card', task_id: rest.id };
      const tasks = Array.isArray(target.tasks) ? target.tasks : [];
      target.tasks = [...tasks.filter((known: Fields) => known.task_id !== rest.id), task];
    } else if (type === 'plan_update') {
      if (plan) plan.title = rest.title;
    } else return refuse('invalid_chunks');
  }
  return undefined;
}

const startStream: Method = (workspace, args) => {
  const channel = writableChannel(workspace, args.channel);
  if (!isChannel(channel)) return channel;
  if (textOf(args.thread_ts) === undefined) return refuse('invalid_thread_ts');
  if (!channel.isDirect && (args.recipient_user_id === undefined || args.recipient_team_id === undefined))
    return refuse('missing_recipient_user_id');
  const thread = threadOf(workspace, channel, args);
  if (typeof thread === 'object') return thread;
  const message = addMessage(workspace, channel, {
    user: BOT_USER,
    threadTs: thread,
    streamingUntil: workspace.options.now() + STREAM_LIFE_MS,
  });
  const problem = applyChunks(message, args);
  if (problem) return problem;
  workspace.store.saveMessage(message);
  return { ok: true, channel: channel.id, ts: message.ts };
};

const appendStream: Method = (workspace, args) => {
  const message = ownMessage(workspace, args, 'message_not_owned_by_app');
  if (!isMessage(message)) return message;
  if (!isStreaming(workspace, message)) return refuse('message_not_in_streaming_state');
  const problem = applyChunks(message, args);
  if (problem) return problem;
  workspace.store.saveMessage(message);
  return { ok: true, channel: message.channel, ts: message.ts };
};

const stopStream: Method = (workspace, args) => {
  const message = ownMessage(workspace, args, 'message_not_owned_by_app');
  if (!isMessage(message)) return message;
  if (!isStreaming(workspace, message)) return refuse('message_not_in_streaming_state');
  const { markdown_text: _, ...rest } = args;
  const content = readContent(workspace, rest);
  if ('error' in content) return refuse(content.error, content.messages);
  const problem = applyChunks(message, args);
  if (problem) return problem;
  delete message.streaming_until;
  message.blocks = [...message.blocks, ...(content.blocks ?? [])];
  if (content.metadata) message.metadata = content.metadata;
  workspace.store.saveMessage(message);
  return { ok: true, channel: message.channel, ts: message.ts, message: showMessage(workspace, message) };
};

/** chat.*: posts, edits, private notes, links and streams. */
export const chatMethods: Record<string, Method> = {
  'chat.postMessage': postMessage,
  'chat.postEphemeral': postEphemeral,
  'chat.update': update,
  'chat.delete': remove,
  'chat.getPermalink': getPermalink,
  'chat.startStream': startStream,
  'chat.appendStream': appendStream,
  'chat.stopStream': stopStream,
};
