import { checkBlocks, TOTAL_TEXT_LIMIT } from './blocks.ts';
import { type Fields, fieldsOf, isFields, listOf, parseJson, textOf } from './json.ts';
import { BOT_ID, BOT_USER, type Channel } from './options.ts';
import type { Message } from './store.ts';
import { withIds } from './views.ts';
import type { Workspace } from './workspace.ts';

const TEXT_LIMIT = 40_000;
const METADATA_LIMIT = 16_384;

/** The error of a refused call, in Slack's words. */
export interface Refusal {
  readonly error: string;
  readonly messages?: string[];
}

/** What a message says: its text, blocks and metadata after checking. */
export interface Content {
  text?: string;
  blocks?: Fields[];
  metadata?: Fields;
}

/** Whether an uploaded file has been processed, so that a block may show it. */
export function isFileVisible(workspace: Workspace, idOrUrl: string): boolean {
  const id = /(F0[A-Z0-9]+)/.exec(idOrUrl)?.[1] ?? idOrUrl;
  const file = workspace.store.files.get(id);
  return file !== undefined && file.ready_at <= workspace.options.now();
}

/** Reads and checks text, blocks and metadata of a post or an edit. */
export function readContent(workspace: Workspace, args: Fields): Content | Refusal {
  const content: Content = {};
  const text = textOf(args.text) ?? textOf(args.markdown_text);
  if (text !== undefined) {
    if (text.length > TEXT_LIMIT) return { error: 'msg_too_long' };
    content.text = text;
  }
  if (args.blocks !== undefined && args.blocks !== null && args.blocks !== '') {
    const blocks = typeof args.blocks === 'string' ? parseJson(args.blocks) : args.blocks;
    if (!Array.isArray(blocks)) return { error: 'invalid_blocks_format' };
    const { messages, totalText } = checkBlocks(blocks, 'message', {
      isFileVisible: (id) => isFileVisible(workspace, id),
    });
    if (messages.length > 0) return { error: 'invalid_blocks', messages };
    if (totalText > TOTAL_TEXT_LIMIT) return { error: 'msg_blocks_too_long' };
    content.blocks = blocks.map(fieldsOf);
  }
  if (args.metadata !== undefined && args.metadata !== null) {
    const metadata = typeof args.metadata === 'string' ? parseJson(args.metadata) : args.metadata;
    if (!isFields(metadata) || typeof metadata.event_type !== 'string' || !isFields(metadata.event_payload))
      return { error: 'invalid_metadata_format' };
    if (JSON.stringify(metadata).length > METADATA_LIMIT) return { error: 'metadata_too_large' };
    content.metadata = metadata;
  }
  return content;
}

/** Puts a message into a channel and tells everybody, the app too. */
export function addMessage(
  workspace: Workspace,
  channel: Channel,
  parts: Content & {
    user: string;
    threadTs?: string | undefined;
    isBroadcast?: boolean;
    ephemeralTo?: string | undefined;
    files?: string[];
    streamingUntil?: number;
  },
): Message {
  const message: Message = {
    channel: channel.id,
    ts: workspace.store.nextTs(),
    user: parts.user,
    text: parts.text ?? '',
    blocks: withIds(parts.blocks),
    reactions: [],
    ...(parts.user === BOT_USER ? { bot_id: BOT_ID } : {}),
    ...(parts.threadTs === undefined ? {} : { thread_ts: parts.threadTs }),
    ...(parts.isBroadcast ? { subtype: 'thread_broadcast' } : isUpload(parts) ? { subtype: 'file_share' } : {}),
    ...(parts.metadata === undefined ? {} : { metadata: parts.metadata }),
    ...(parts.ephemeralTo === undefined ? {} : { ephemeral_to: parts.ephemeralTo }),
    ...(parts.files === undefined ? {} : { files: parts.files }),
    ...(parts.streamingUntil === undefined ? {} : { streaming_until: parts.streamingUntil }),
  };
  workspace.store.saveMessage(message);
  if (message.ephemeral_to === undefined) announce(workspace, channel, messageEvent(workspace, channel, message));
  return message;
}

/** Whether a person posts files: Slack marks such a message. */
const isUpload = (parts: { user: string; files?: readonly string[] }): boolean =>
  parts.user !== BOT_USER && (parts.files?.length ?? 0) > 0;

/** Replaces what a message says; the "(edited)" mark shows only when a block kept its id or there are none. */
export function editMessage(workspace: Workspace, message: Message, content: Content): void {
  const oldIds = new Set(message.blocks.map((block) => block.block_id));
  const isRedrawn =
    content.blocks !== undefined &&
    content.blocks.length > 0 &&
    !content.blocks.some((block) => oldIds.has(block.block_id));
  if (content.text !== undefined) message.text = content.text;
  if (content.blocks !== undefined) message.blocks = withIds(content.blocks);
  if (content.metadata !== undefined) message.metadata = content.metadata;
  if (!isRedrawn && message.ephemeral_to === undefined)
    message.edited = { user: message.user, ts: `${Math.floor(workspace.options.now() / 1000)}.000000` };
  workspace.store.saveMessage(message);
  const channel = workspace.store.channel(message.channel);
  if (!channel || message.ephemeral_to !== undefined) return;
  announce(workspace, channel, {
    type: 'message',
    subtype: 'message_changed',
    hidden: true,
    channel: channel.id,
    channel_type: channelType(channel),
    message: showMessage(workspace, message),
    ts: workspace.store.nextTs(),
  });
}

/** Removes a message and tells the app. */
export function removeMessage(workspace: Workspace, message: Message): void {
  workspace.store.deleteMessage(message);
  const channel = workspace.store.channel(message.channel);
  if (!channel || message.ephemeral_to !== undefined) return;
  announce(workspace, channel, {
    type: 'message',
    subtype: 'message_deleted',
    hidden: true,
    channel: channel.id,
    channel_type: channelType(channel),
    deleted_ts: message.ts,
    previous_message: showMessage(workspace, message),
    ts: workspace.store.nextTs(),
  });
}

/** Tells the app about something in a channel, if it is a member there. */
export function announce(workspace: Workspace, channel: Channel, event: Fields): void {
  if (!channel.members.includes(BOT_USER)) return;
  workspace.delivery.event({ event_ts: event.ts ?? workspace.store.nextTs(), ...event });
}

/** Slack's word for the kind of a channel in events. */
export function channelType(channel: Channel): string {
  if (channel.isDirect) return channel.members.length > 2 ? 'mpim' : 'im';
  return channel.isPrivate ? 'group' : 'channel';
}

/** The message event the app gets for a post. */
function messageEvent(workspace: Workspace, channel: Channel, message: Message): Fields {
  return {
    ...showMessage(workspace, message, { withMetadata: true }),
    channel: channel.id,
    channel_type: channelType(channel),
    event_ts: message.ts,
    team: workspace.options.teamId,
  };
}

/** A file as messages and files.info show it. */
export function showFile(workspace: Workspace, id: string): Fields {
  const file = workspace.store.files.get(id);
  if (!file) return { id, mode: 'tombstone' };
  const { teamId } = workspace.options;
  const address = `${workspace.baseUrl()}/files-pri/${teamId}-${file.id}/${encodeURIComponent(file.name)}`;
  return {
    id: file.id,
    name: file.name,
    title: file.title,
    mimetype: file.mimetype,
    filetype: file.name.split('.').at(-1) ?? '',
    size: Buffer.byteLength(file.content, 'base64'),
    user: file.user,
    created: Math.floor(file.ready_at / 1000),
    mode: 'hosted',
    is_external: false,
    url_private: address,
    url_private_download: address,
    permalink: address,
  };
}

/** A message as the Web API answers it: metadata only for whoever asks for it. */
export function showMessage(workspace: Workspace, message: Message, options: { withMetadata?: boolean } = {}): Fields {
  const { channel, metadata, reactions, files, streaming_until, ephemeral_to, blocks, ...rest } = message;
  const replies =
    message.thread_ts === undefined || message.thread_ts === message.ts
      ? workspace.store.replies(channel, message.ts)
      : [];
  const people = [...new Set(replies.map((reply) => reply.user))];
  return {
    type: 'message',
    ...rest,
    ...(blocks.length > 0 ? { blocks } : {}),
    ...(message.bot_id === undefined ? {} : { app_id: 'A0AGENT', team: workspace.options.teamId }),
    ...(replies.length === 0
      ? {}
      : {
          thread_ts: message.ts,
          reply_count: replies.length,
          reply_users_count: people.length,
          reply_users: people,
          latest_reply: replies.at(-1)?.ts,
          is_locked: false,
          subscribed: false,
        }),
    ...(reactions.length === 0
      ? {}
      : { reactions: reactions.map((reaction) => ({ ...reaction, count: reaction.users.length })) }),
    ...(files === undefined ? {} : { files: files.map((id) => showFile(workspace, id)) }),
    ...(options.withMetadata && metadata !== undefined ? { metadata } : {}),
  };
}

/** Every control of a list of blocks with the block it stands in. */
export function controlsOf(blocks: readonly Fields[]): { block: Fields; control: Fields }[] {
  return blocks.flatMap((block) =>
    [...listOf(block.elements), block.accessory, block.element]
      .filter(isFields)
      .filter((control) => typeof control.action_id === 'string')
      .map((control) => ({ block, control })),
  );
}
