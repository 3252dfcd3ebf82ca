import { z } from 'zod';
import { redactText } from '../lib/redact.ts';

const id = z.string().min(1).max(200);
const text = z.string().max(40_000);

/** One delivery of Slack, only what is used of it. It is stored in this shape, so that another bot can finish it. */
export const inboundSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('command'), workspace: id, user: id, channel: id, text, trigger: id }),
  z.object({
    kind: z.literal('action'),
    workspace: id,
    user: id,
    channel: id.nullable(),
    message: id.nullable(),
    thread: id.nullable(),
    block: z.string().max(255),
    action: id,
    value: z.string().max(2_000),
    trigger: id,
    /** Only this person sees the message. */
    isPrivate: z.boolean(),
    /** Posted from the outbox, so that the api redraws it too. */
    notification: z.string().max(200).nullable(),
  }),
  z.object({
    kind: z.literal('form'),
    workspace: id,
    user: id,
    view: id,
    hash: z.string().max(200),
    callback: id,
    meta: z.string().max(3_000),
    values: z.record(z.string(), z.string().max(3_000)),
  }),
  z.object({
    kind: z.literal('mention'),
    workspace: id,
    user: id,
    event: id,
    channel: id,
    message: id,
    thread: id.nullable(),
    text,
    isDirect: z.boolean(),
  }),
  z.object({
    kind: z.literal('file-shared'),
    workspace: id,
    user: id,
    event: id,
    channel: id,
    message: id,
    thread: id.nullable(),
    text,
    isDirect: z.boolean(),
    /** Ids only: what the files are is asked when the delivery is carried out. */
    files: z.array(id).min(1).max(20),
  }),
  /** Words in a channel's thread that mention nobody: heard only where a task waits for an answer. */
  z.object({
    kind: z.literal('reply'),
    workspace: id,
    user: id,
    event: id,
    channel: id,
    message: id,
    thread: id,
    text,
  }),
  z.object({ kind: z.literal('home'), workspace: id, user: id, event: id }),
  z.object({
    kind: z.literal('reaction'),
    workspace: id,
    user: id,
    event: id,
    reaction: id,
    channel: id,
    message: id,
  }),
]);
export type Inbound = z.infer<typeof inboundSchema>;
export type InboundOf<Kind extends Inbound['kind']> = Extract<Inbound, { kind: Kind }>;

/** Whether it was said in words, with or without files. */
export function isSpoken(inbound: Inbound): inbound is InboundOf<'mention' | 'file-shared'> {
  return inbound.kind === 'mention' || inbound.kind === 'file-shared';
}

export const inboxSources = {
  command: 'CHAT_COMMAND',
  action: 'CHAT_ACTION',
  form: 'CHAT_FORM',
  mention: 'CHAT_EVENT',
  'file-shared': 'CHAT_EVENT',
  reply: 'CHAT_EVENT',
  home: 'CHAT_EVENT',
  reaction: 'CHAT_EVENT',
} as const;

/** The key that makes a delivery single. A click has its trigger in it, so that two people may press one button. */
export function inboxKey(inbound: Inbound): string {
  switch (inbound.kind) {
    case 'command':
      return `slack:command:${inbound.trigger}`;
    case 'action':
      return `${operationKey(inbound)}:${inbound.trigger}`.slice(0, 300);
    case 'form':
      return operationKey(inbound);
    default:
      return `slack:event:${inbound.event}`;
  }
}

/** The key of what a delivery starts: a double click by one person on one state of a card is one request. */
export function operationKey(inbound: Inbound): string {
  switch (inbound.kind) {
    case 'action':
      return `slack:button:${inbound.channel ?? 'view'}:${inbound.message ?? ''}:${inbound.block}:${inbound.action}:${inbound.user}`;
    case 'form':
      return `slack:view:${inbound.view}:${inbound.hash}`;
    default:
      return inboxKey(inbound);
  }
}

const person = z.object({ id });
const team = z.object({ id }).nullish();
const commandBody = z.object({
  command: z.string(),
  team_id: id,
  user_id: id,
  channel_id: id,
  text: z.string().max(40_000).default(''),
  trigger_id: id,
});
const optionSchema = z.object({ value: z.string().default('') });
const actionBody = z.object({
  type: z.literal('block_actions'),
  team,
  user: person.extend({ team_id: id.optional() }),
  trigger_id: id,
  channel: z.object({ id }).nullish(),
  container: z
    .object({
      message_ts: id.optional(),
      channel_id: id.optional(),
      thread_ts: id.optional(),
      view_id: id.optional(),
      is_ephemeral: z.boolean().optional(),
    })
    .default({}),
  message: z
    .object({
      metadata: z.object({ event_payload: z.object({ notification: z.string().optional() }).optional() }).nullish(),
    })
    .nullish(),
  actions: z
    .array(
      z.object({
        action_id: id,
        block_id: z.string().max(255).default(''),
        value: z.string().max(2_000).optional(),
        selected_option: optionSchema.nullish(),
      }),
    )
    .min(1),
});
const inputState = z.object({ value: z.string().nullish(), selected_option: optionSchema.nullish() });
const formBody = z.object({
  type: z.literal('view_submission'),
  team,
  user: person.extend({ team_id: id.optional() }),
  view: z.object({
    id,
    hash: z.string().default(''),
    callback_id: id,
    private_metadata: z.string().default(''),
    state: z.object({ values: z.record(z.string(), z.record(z.string(), inputState)) }),
  }),
});
const eventBody = z.object({
  type: z.literal('event_callback'),
  team_id: id,
  event_id: id,
  event: z.looseObject({ type: id }),
});
const messageEvent = z.object({
  user: id,
  text: z.string().max(40_000).default(''),
  ts: id,
  channel: id,
  thread_ts: id.nullish(),
  channel_type: z.string().optional(),
  bot_id: z.string().optional(),
  subtype: z.string().optional(),
  files: z.array(z.object({ id })).max(100).optional(),
});
const homeEvent = z.object({ user: id, tab: z.string().optional() });
const reactionEvent = z.object({
  user: id,
  reaction: id,
  item: z.object({ type: z.string(), channel: id, ts: id }),
});

export type ReadInbound =
  | { readonly kind: 'inbound'; readonly inbound: Inbound }
  /** Well-formed, but nothing for us: acknowledged and forgotten. */
  | { readonly kind: 'ignored' }
  | { readonly kind: 'malformed'; readonly part: string };

/** Reads a body as Slack sends it. `self` is the bot's own user: its own posts and reactions are not heard. */
export function readInbound(body: unknown, self: string | null): ReadInbound {
  const shape = z.looseObject({ type: z.string().optional(), command: z.string().optional() }).safeParse(body);
  if (!shape.success) return { kind: 'malformed', part: 'body' };
  if (shape.data.command !== undefined) return read(commandBody, body, commandOf);
  switch (shape.data.type) {
    case 'block_actions':
      return read(actionBody, body, actionOf);
    case 'view_submission':
      return read(formBody, body, formOf);
    case 'event_callback':
      return read(eventBody, body, (event) => eventOf(event, self));
    case undefined:
      return { kind: 'malformed', part: 'type' };
    default:
      return { kind: 'ignored' };
  }
}

function read<T>(schema: z.ZodType<T>, body: unknown, make: (value: T) => ReadInbound): ReadInbound {
  const parsed = schema.safeParse(body);
  if (parsed.success) return make(parsed.data);
  return { kind: 'malformed', part: parsed.error.issues[0]?.path.join('.') || 'body' };
}

const inbound = (value: Inbound): ReadInbound => ({ kind: 'inbound', inbound: value });

function commandOf(body: z.infer<typeof commandBody>): ReadInbound {
  return inbound({
    kind: 'command',
    workspace: body.team_id,
    user: body.user_id,
    channel: body.channel_id,
    text: redactText(body.text),
    trigger: body.trigger_id,
  });
}

function actionOf(body: z.infer<typeof actionBody>): ReadInbound {
  const action = body.actions[0];
  const workspace = body.team?.id ?? body.user.team_id;
  if (action === undefined || workspace === undefined) return { kind: 'malformed', part: 'team' };
  // A button that only opens an address needs nothing done.
  if (action.action_id.startsWith('link.')) return { kind: 'ignored' };
  return inbound({
    kind: 'action',
    workspace,
    user: body.user.id,
    channel: body.channel?.id ?? body.container.channel_id ?? null,
    message: body.container.message_ts ?? null,
    thread: body.container.thread_ts ?? null,
    block: action.block_id,
    action: action.action_id,
    value: action.selected_option?.value ?? action.value ?? '',
    trigger: body.trigger_id,
    isPrivate: body.container.is_ephemeral ?? false,
    notification: body.message?.metadata?.event_payload?.notification ?? null,
  });
}

function formOf(body: z.infer<typeof formBody>): ReadInbound {
  const workspace = body.team?.id ?? body.user.team_id;
  if (workspace === undefined) return { kind: 'malformed', part: 'team' };
  const values = Object.entries(body.view.state.values).map(([block, inputs]): [string, string] => {
    const first = Object.values(inputs)[0];
    return [block, redactText((first?.value ?? first?.selected_option?.value ?? '').slice(0, 3_000))];
  });
  return inbound({
    kind: 'form',
    workspace,
    user: body.user.id,
    view: body.view.id,
    hash: body.view.hash,
    callback: body.view.callback_id,
    meta: body.view.private_metadata.slice(0, 3_000),
    values: Object.fromEntries(values),
  });
}

function eventOf(body: z.infer<typeof eventBody>, self: string | null): ReadInbound {
  const { event } = body;
  const base = { workspace: body.team_id, event: body.event_id };
  if (event.type === 'app_mention' || event.type === 'message') {
    const parsed = messageEvent.safeParse(event);
    // Edits, joins and posts of bots have another shape; they are not spoken to us.
    if (!parsed.success || parsed.data.bot_id !== undefined) return { kind: 'ignored' };
    const { user, text: words, ts, channel, thread_ts, channel_type, subtype, files } = parsed.data;
    if (subtype !== undefined && subtype !== 'file_share') return { kind: 'ignored' };
    const isDirect = event.type === 'message' && channel_type === 'im';
    if (user === self) return { kind: 'ignored' };
    const said = { ...base, user, channel, message: ts, thread: thread_ts ?? null, text: redactText(words), isDirect };
    if (event.type === 'message' && !isDirect) {
      const mentions = self !== null && words.includes(`<@${self}>`);
      // What mentions us comes as a mention too; what is no reply is nobody's answer.
      if (mentions || !thread_ts || thread_ts === ts) return { kind: 'ignored' };
      return inbound({
        kind: 'reply',
        ...base,
        user,
        channel,
        message: ts,
        thread: thread_ts,
        text: redactText(words),
      });
    }
    if (files !== undefined && files.length > 0)
      return inbound({ kind: 'file-shared', ...said, files: files.slice(0, 20).map((file) => file.id) });
    return inbound({ kind: 'mention', ...said });
  }
  if (event.type === 'app_home_opened') {
    const parsed = homeEvent.safeParse(event);
    if (!parsed.success || (parsed.data.tab !== undefined && parsed.data.tab !== 'home')) return { kind: 'ignored' };
    return inbound({ kind: 'home', ...base, user: parsed.data.user });
  }
  if (event.type === 'reaction_added') {
    const parsed = reactionEvent.safeParse(event);
    if (!parsed.success || parsed.data.item.type !== 'message' || parsed.data.user === self) return { kind: 'ignored' };
    const { user, reaction, item } = parsed.data;
    return inbound({ kind: 'reaction', ...base, user, reaction, channel: item.channel, message: item.ts });
  }
  return { kind: 'ignored' };
}
