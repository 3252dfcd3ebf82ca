import { z } from 'zod';
import type { Fault } from './faults.ts';

const fields = z.record(z.string(), z.unknown());
const viewSchema = z.looseObject({
  id: z.string(),
  type: z.string(),
  callback_id: z.string().optional(),
  private_metadata: z.string().optional(),
  blocks: z.array(fields),
});
const messageSchema = z.object({
  channel: z.string(),
  ts: z.string(),
  user: z.string(),
  bot_id: z.string().optional(),
  subtype: z.string().optional(),
  text: z.string(),
  blocks: z.array(fields),
  thread_ts: z.string().optional(),
  metadata: z.object({ event_type: z.string(), event_payload: fields }).optional(),
  reactions: z.array(z.object({ name: z.string(), users: z.array(z.string()) })),
  edited: z.object({ user: z.string(), ts: z.string() }).optional(),
  ephemeral_to: z.string().optional(),
  reply_count: z.number(),
  is_streaming: z.boolean(),
  files: z.array(fields).optional(),
  status: z.string().optional(),
});
const seenSchema = z.object({
  ok: z.boolean(),
  error: z.string().optional(),
  text: z.string().optional(),
  ts: z.string().optional(),
  errors: z.record(z.string(), z.string()).optional(),
  views: z.array(viewSchema).optional(),
  messages: z.array(z.string()).optional(),
});
const callSchema = z.object({ method: z.string(), args: fields, at: z.number(), error: z.string().optional() });
const channelSchema = z.object({
  id: z.string(),
  name: z.string(),
  isDirect: z.boolean(),
  members: z.array(z.string()),
});
const userSchema = z.object({
  id: z.string(),
  name: z.string(),
  realName: z.string(),
  isBot: z.boolean(),
  locale: z.string(),
});
const stateSchema = z.object({
  team: z.string(),
  users: z.array(userSchema),
  channels: z.array(channelSchema),
  userGroups: z.array(z.object({ id: z.string(), handle: z.string(), users: z.array(z.string()) })),
});

/** A message as a person sees it, with its metadata. */
export type ShownMessage = z.infer<typeof messageSchema>;
/** A modal or home tab. */
type ShownView = z.infer<typeof viewSchema>;
/** What a person sees after doing something. */
type Seen = z.infer<typeof seenSchema>;

/** A press of a control; `stale` presses a button that is gone, as somebody with an old screen does. */
interface PressInput {
  user: string;
  channel?: string;
  ts?: string;
  view_id?: string;
  block_id?: string;
  action_id: string;
  value?: string;
  /** Value or visible text of the option. */
  selected_option?: string;
  stale?: boolean;
}

/** Does what a person in the local workspace can do, over HTTP. */
export interface LocalSlackClient {
  command(input: { user: string; channel: string; command?: string; text?: string }): Promise<Seen>;
  say(input: { user: string; channel: string; text: string; thread_ts?: string; files?: string[] }): Promise<Seen>;
  /** Attaches a file; its id goes into a message of the same person. */
  attach(input: { user: string; name: string; content: Uint8Array }): Promise<string>;
  press(input: PressInput): Promise<Seen>;
  shortcut(input: { user: string; callback_id: string; channel?: string; ts?: string }): Promise<Seen>;
  submit(input: { user: string; view_id: string; values?: Record<string, unknown> }): Promise<Seen>;
  close(input: { user: string; view_id: string }): Promise<Seen>;
  react(input: { user: string; channel: string; ts: string; name: string; remove?: boolean }): Promise<Seen>;
  openHome(input: { user: string; tab?: 'home' | 'messages' }): Promise<Seen>;
  setLocale(input: { user: string; locale: 'en-US' | 'ko-KR' }): Promise<Seen>;
  messages(channel: string, user?: string): Promise<ShownMessage[]>;
  /** The parent and its replies in order. */
  thread(channel: string, ts: string, user?: string): Promise<ShownMessage[]>;
  views(user: string): Promise<{ views: ShownView[]; home?: ShownView | undefined }>;
  state(user?: string): Promise<z.infer<typeof stateSchema>>;
  calls(method?: string): Promise<z.infer<typeof callSchema>[]>;
  addFault(fault: Fault | Fault[]): Promise<void>;
  clearFaults(): Promise<void>;
}

/** A client for the /local/ doors of a workspace at http://host:port. */
export function localSlackClient(baseUrl: string, options: { timeoutMs?: number } = {}): LocalSlackClient {
  const timeoutMs = options.timeoutMs ?? 10_000;
  const call = async <Schema extends z.ZodType>(
    schema: Schema,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<z.infer<Schema>> => {
    const response = await fetch(new URL(`/local/${path}`, baseUrl), {
      method,
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const json: unknown = await response.json();
    if (!response.ok)
      throw new Error(`local Slack answered ${response.status} to ${method} ${path}: ${JSON.stringify(json)}`);
    return schema.parse(json);
  };
  const doing = (door: string) => (input: object) => call(seenSchema, 'POST', door, input);
  const command = doing('command');
  const as = (user: string | undefined) => (user === undefined ? '' : `?user=${encodeURIComponent(user)}`);
  const messages = async (channel: string, user?: string) =>
    (await call(z.object({ messages: z.array(messageSchema) }), 'GET', `channels/${channel}/messages${as(user)}`))
      .messages;
  return {
    command: (input) => command({ command: '/agent', text: '', ...input }),
    say: doing('message'),
    attach: async ({ user, name, content }) => {
      const query = new URLSearchParams({ user, name });
      const response = await fetch(new URL(`/local/files?${query}`, baseUrl), {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: Uint8Array.from(content),
        signal: AbortSignal.timeout(timeoutMs),
      });
      const kept = z.object({ ok: z.boolean(), file: z.object({ id: z.string() }) }).parse(await response.json());
      return kept.file.id;
    },
    press: doing('action'),
    shortcut: doing('shortcut'),
    submit: doing('view-submit'),
    close: doing('view-close'),
    react: doing('reaction'),
    openHome: doing('home'),
    setLocale: doing('locale'),
    messages,
    thread: async (channel, ts, user) =>
      (await messages(channel, user)).filter((message) => message.ts === ts || message.thread_ts === ts),
    views: (user) =>
      call(z.object({ views: z.array(viewSchema), home: viewSchema.optional() }), 'GET', `views${as(user)}`),
    state: (user) => call(stateSchema, 'GET', `state${as(user)}`),
    calls: async (method) =>
      (await call(z.object({ calls: z.array(callSchema) }), 'GET', 'calls')).calls.filter(
        (one) => method === undefined || one.method === method,
      ),
    addFault: async (fault) => void (await call(z.unknown(), 'POST', 'faults', fault)),
    clearFaults: async () => void (await call(z.unknown(), 'DELETE', 'faults')),
  };
}
