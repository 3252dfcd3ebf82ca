import { z } from 'zod';
import { newId } from './ids.ts';
import { type Journal, openJournal } from './journal.ts';
import type { Fields } from './json.ts';
import { BOT_USER, type Channel, type ResolvedOptions, type User, type UserGroup } from './options.ts';

const fields = z.record(z.string(), z.unknown());
const messageSchema = z.object({
  channel: z.string(),
  ts: z.string(),
  user: z.string(),
  bot_id: z.string().optional(),
  subtype: z.string().optional(),
  text: z.string(),
  blocks: z.array(fields),
  thread_ts: z.string().optional(),
  metadata: fields.optional(),
  reactions: z.array(z.object({ name: z.string(), users: z.array(z.string()) })),
  edited: z.object({ user: z.string(), ts: z.string() }).optional(),
  files: z.array(z.string()).optional(),
  /** Set while the app is still writing this message; epoch ms at which Slack closes it. */
  streaming_until: z.number().optional(),
  /** Only this person sees it, and only until reload. */
  ephemeral_to: z.string().optional(),
});
const fileSchema = z.object({
  id: z.string(),
  name: z.string(),
  title: z.string(),
  mimetype: z.string(),
  content: z.string(),
  ready_at: z.number(),
  /** Who uploaded it; files of earlier journals are the app's. */
  user: z.string().default(BOT_USER),
});
const channelSchema = z.object({
  id: z.string(),
  name: z.string(),
  topic: z.string(),
  isDirect: z.boolean(),
  isPrivate: z.boolean(),
  isArchived: z.boolean(),
  members: z.array(z.string()),
});
const recordSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('message'), message: messageSchema }),
  z.object({ kind: z.literal('deleted'), channel: z.string(), ts: z.string() }),
  z.object({ kind: z.literal('channel'), channel: channelSchema }),
  z.object({ kind: z.literal('file'), file: fileSchema }),
  z.object({ kind: z.literal('locale'), user: z.string(), locale: z.string() }),
  z.object({ kind: z.literal('event'), id: z.string(), payload: fields, attempt: z.number() }),
  z.object({ kind: z.literal('event-done'), id: z.string() }),
]);

/** A message as the workspace keeps it, in the shape of Slack's own JSON. */
export type Message = z.infer<typeof messageSchema>;
/** A finished upload; content is base64. */
export type StoredFile = z.infer<typeof fileSchema>;
/** An event that has not been acknowledged yet. */
export interface PendingEvent {
  readonly id: string;
  readonly payload: Fields;
  attempt: number;
}

interface Conversation {
  channel: Channel;
  readonly messages: Map<string, Message>;
  /** Replies by the ts of their parent. */
  readonly threads: Map<string, Message[]>;
}

const MAX_EPHEMERALS = 200;

/** Everything the workspace remembers; what a restart must not lose goes to the journal first. */
export class Store {
  readonly users: Map<string, User>;
  readonly userGroups: readonly UserGroup[];
  readonly files = new Map<string, StoredFile>();
  readonly pendingEvents = new Map<string, PendingEvent>();
  readonly ephemerals: Message[] = [];
  readonly #conversations = new Map<string, Conversation>();
  readonly #journal: Journal;
  readonly #now: () => number;
  readonly #changed: (channel: string) => void;
  #lastTs = 0;

  constructor(options: ResolvedOptions, changed: (channel: string) => void) {
    this.#now = options.now;
    this.#changed = changed;
    this.users = new Map(options.users.map((user) => [user.id, { ...user }]));
    this.userGroups = options.userGroups;
    for (const channel of options.channels) this.#addChannel({ ...channel, members: [...channel.members] });
    this.#journal = openJournal(
      options.stateFile,
      (record) => this.#replay(record),
      () => this.#live(),
    );
  }

  /** A ts that is unique and later than every one before, in the whole workspace. */
  nextTs(): string {
    this.#lastTs = Math.max(this.#now() * 1000, this.#lastTs + 1);
    const digits = String(this.#lastTs);
    return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
  }

  channels(): Channel[] {
    return [...this.#conversations.values()].map((conversation) => conversation.channel);
  }

  channel(id: string): Channel | undefined {
    return this.#conversations.get(id)?.channel;
  }

  saveChannel(channel: Channel): void {
    this.#addChannel(channel);
    this.#journal.append({ kind: 'channel', channel });
    this.#changed(channel.id);
  }

  /** The direct conversation of these people with each other (or with the app), made when there is none. */
  directChannel(users: readonly string[]): Channel {
    const members = [...new Set(users)].sort();
    const found = this.channels().find(
      (channel) => channel.isDirect && [...channel.members].sort().join() === members.join(),
    );
    if (found) return found;
    const other = members.find((member) => member !== BOT_USER) ?? BOT_USER;
    const wanted = `D${other.slice(1)}`;
    const id = members.length === 2 && members.includes(BOT_USER) && !this.channel(wanted) ? wanted : newId('D');
    const channel = { id, name: '', topic: '', isDirect: true, isPrivate: true, isArchived: false, members };
    this.saveChannel(channel);
    return channel;
  }

  messages(channel: string): Message[] {
    return [...(this.#conversations.get(channel)?.messages.values() ?? [])];
  }

  message(channel: string, ts: string): Message | undefined {
    return this.#conversations.get(channel)?.messages.get(ts);
  }

  ephemeral(channel: string, ts: string): Message | undefined {
    return this.ephemerals.find((message) => message.channel === channel && message.ts === ts);
  }

  replies(channel: string, parentTs: string): Message[] {
    return this.#conversations.get(channel)?.threads.get(parentTs) ?? [];
  }

  /** Stores a new or changed message; the journal has it before anybody is told. */
  saveMessage(message: Message): void {
    if (message.ephemeral_to !== undefined) {
      if (!this.ephemerals.includes(message)) this.ephemerals.push(message);
      if (this.ephemerals.length > MAX_EPHEMERALS) this.ephemerals.shift();
    } else {
      this.#journal.append({ kind: 'message', message });
      this.#putMessage(message);
    }
    this.#changed(message.channel);
  }

  deleteMessage(message: Message): void {
    const index = this.ephemerals.indexOf(message);
    if (index >= 0) this.ephemerals.splice(index, 1);
    else {
      this.#journal.append({ kind: 'deleted', channel: message.channel, ts: message.ts });
      this.#dropMessage(message.channel, message.ts);
    }
    this.#changed(message.channel);
  }

  saveFile(file: StoredFile): void {
    this.files.set(file.id, file);
    this.#journal.append({ kind: 'file', file });
  }

  setLocale(user: User, locale: string): void {
    user.locale = locale;
    this.#journal.append({ kind: 'locale', user: user.id, locale });
  }

  saveEvent(event: PendingEvent): void {
    this.pendingEvents.set(event.id, event);
    this.#journal.append({ kind: 'event', ...event });
  }

  finishEvent(id: string): void {
    if (this.pendingEvents.delete(id)) this.#journal.append({ kind: 'event-done', id });
  }

  close(): void {
    this.#journal.close();
  }

  #addChannel(channel: Channel): void {
    const known = this.#conversations.get(channel.id);
    if (known) known.channel = channel;
    else this.#conversations.set(channel.id, { channel, messages: new Map(), threads: new Map() });
  }

  #putMessage(message: Message): void {
    const conversation = this.#conversations.get(message.channel);
    if (!conversation) return;
    const known = conversation.messages.get(message.ts);
    conversation.messages.set(message.ts, message);
    if (message.thread_ts === undefined || message.thread_ts === message.ts) return;
    const thread = conversation.threads.get(message.thread_ts) ?? [];
    if (known) thread[thread.indexOf(known)] = message;
    else thread.push(message);
    conversation.threads.set(message.thread_ts, thread);
  }

  #dropMessage(channel: string, ts: string): void {
    const conversation = this.#conversations.get(channel);
    const message = conversation?.messages.get(ts);
    if (!conversation || !message) return;
    conversation.messages.delete(ts);
    const thread = conversation.threads.get(message.thread_ts ?? '');
    if (thread?.includes(message)) thread.splice(thread.indexOf(message), 1);
  }

  #replay(raw: Fields): void {
    const parsed = recordSchema.safeParse(raw);
    if (!parsed.success) return;
    const record = parsed.data;
    switch (record.kind) {
      case 'message':
        this.#putMessage(record.message);
        this.#lastTs = Math.max(this.#lastTs, Number(record.message.ts.replace('.', '')));
        return;
      case 'deleted':
        this.#dropMessage(record.channel, record.ts);
        this.#lastTs = Math.max(this.#lastTs, Number(record.ts.replace('.', '')));
        return;
      case 'channel':
        this.#addChannel(record.channel);
        return;
      case 'file':
        this.files.set(record.file.id, record.file);
        return;
      case 'locale': {
        const user = this.users.get(record.user);
        if (user) user.locale = record.locale;
        return;
      }
      case 'event':
        this.pendingEvents.set(record.id, { id: record.id, payload: record.payload, attempt: record.attempt });
        return;
      case 'event-done':
        this.pendingEvents.delete(record.id);
    }
  }

  *#live(): Iterable<Fields> {
    for (const user of this.users.values()) yield { kind: 'locale', user: user.id, locale: user.locale };
    for (const { channel } of this.#conversations.values()) yield { kind: 'channel', channel };
    for (const file of this.files.values()) yield { kind: 'file', file };
    for (const { messages } of this.#conversations.values())
      for (const message of messages.values()) yield { kind: 'message', message };
    for (const event of this.pendingEvents.values()) yield { kind: 'event', ...event };
  }
}
