import type { Block, HomeView, KnownBlock, ModalView } from '@slack/types';
import {
  LogLevel,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
  WebClient,
} from '@slack/web-api';
import { z } from 'zod';
import type { Logger } from '../lib/log.ts';
import type { Secret } from '../lib/secret.ts';
import type { Message } from './blocks/elements.ts';
import { type Download, download, type SlackFile } from './slack-download.ts';

/** What came of a call to Slack. `lost` means that it may have been carried out. */
export type SlackFailure =
  | { readonly kind: 'limited'; readonly retryAfterMs: number }
  | { readonly kind: 'refused'; readonly error: string; readonly details: readonly string[] }
  | { readonly kind: 'unsent'; readonly error: string }
  | { readonly kind: 'lost'; readonly error: string };
export type SlackAnswer<T> = { readonly ok: true; readonly value: T } | ({ readonly ok: false } & SlackFailure);

/** Mark of a message of the outbox. */
export const notificationEvent = 'agentic_notification';
export interface MessageMark {
  readonly notification: string;
  readonly revision: number;
  readonly subject: string | null;
}

const markSchema = z.object({
  event_type: z.literal(notificationEvent),
  event_payload: z.object({
    notification: z.string(),
    revision: z.number(),
    subject: z.string().nullish(),
  }),
});

/** Reads the mark of one of our messages; null when it is none. */
export function readMark(metadata: unknown): MessageMark | null {
  const parsed = markSchema.safeParse(metadata);
  if (!parsed.success) return null;
  const { notification, revision, subject } = parsed.data.event_payload;
  return { notification, revision, subject: subject ?? null };
}

export interface Place {
  readonly channel: string;
  readonly thread?: string | null;
}

export interface FoundMessage {
  readonly ts: string;
  readonly revision: number;
}

/** Slack as the bot uses it: every call ends within 10 s and none is repeated by itself. */
export interface SlackClient {
  post(place: Place, message: Message, mark: MessageMark | null, broadcast: boolean): Promise<SlackAnswer<string>>;
  update(channel: string, ts: string, message: Message, mark: MessageMark | null): Promise<SlackAnswer<string>>;
  ephemeral(place: Place, user: string, message: Message): Promise<SlackAnswer<null>>;
  openDirect(user: string): Promise<SlackAnswer<string>>;
  openView(triggerId: string, view: ModalView): Promise<SlackAnswer<null>>;
  publishHome(user: string, view: HomeView): Promise<SlackAnswer<null>>;
  react(channel: string, ts: string, name: string, on: boolean): Promise<SlackAnswer<null>>;
  /** Messages of this bot that carry the id of a notification, oldest first. */
  find(place: Place, notification: string, oldest: number): Promise<SlackAnswer<readonly FoundMessage[]>>;
  /** The mark of one message, and its text. */
  read(
    channel: string,
    ts: string,
  ): Promise<SlackAnswer<{ readonly mark: MessageMark | null; readonly text: string } | null>>;
  /** What a file is, and where its bytes are. */
  fileInfo(id: string): Promise<SlackAnswer<SlackFile>>;
  /** The bytes of a file; only from this workspace's own hosts, and never more than `maxBytes`. */
  download(file: SlackFile, maxBytes: number): Promise<Download>;
  whoAmI(): Promise<SlackAnswer<{ readonly user: string; readonly team: string }>>;
  userLocale(user: string): Promise<SlackAnswer<string | null>>;
}

export interface SlackClientOptions {
  readonly token: Secret;
  readonly apiUrl: string;
  readonly log: Logger;
  readonly timeoutMs?: number;
  readonly onLimited?: (method: string) => void;
}

const timeoutMs = 10_000;
const searchPages = 5;
const messagesSchema = z.object({
  messages: z
    .array(
      z.object({
        ts: z.string(),
        text: z.string().optional(),
        bot_id: z.string().optional(),
        metadata: z.unknown().optional(),
      }),
    )
    .default([]),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});
const tsSchema = z.object({ ts: z.string() });
const fileSchema = z.object({
  file: z.object({
    id: z.string(),
    name: z.string().nullish(),
    title: z.string().nullish(),
    mimetype: z.string().nullish(),
    size: z.number().nullish(),
    url_private: z.string().nullish(),
    url_private_download: z.string().nullish(),
  }),
});

/** The settings every client of this process has, Bolt's too. */
export function clientOptions(options: Pick<SlackClientOptions, 'apiUrl' | 'timeoutMs'>) {
  return {
    slackApiUrl: options.apiUrl.endsWith('/') ? options.apiUrl : `${options.apiUrl}/`,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: options.timeoutMs ?? timeoutMs,
    logLevel: LogLevel.ERROR,
  };
}

/** Makes the client. */
export function createSlackClient(options: SlackClientOptions): SlackClient {
  const web = new WebClient(options.token.reveal(), clientOptions(options));
  const call = async <T>(method: string, run: () => Promise<T>): Promise<SlackAnswer<T>> => {
    try {
      return { ok: true, value: await run() };
    } catch (error) {
      const failure = failureOf(error);
      if (failure.kind === 'limited') options.onLimited?.(method);
      return { ok: false, ...failure };
    }
  };
  const search = async (
    place: Place,
    visit: (page: z.infer<typeof messagesSchema>) => boolean,
    oldest: number | null,
  ) => {
    let cursor: string | undefined;
    for (let page = 0; page < searchPages; page++) {
      const common = {
        channel: place.channel,
        include_all_metadata: true,
        limit: 200,
        ...(oldest === null ? {} : { oldest: String(oldest) }),
        ...(cursor ? { cursor } : {}),
      };
      const found = messagesSchema.parse(
        place.thread
          ? await web.conversations.replies({ ...common, ts: place.thread })
          : await web.conversations.history(common),
      );
      if (visit(found)) return;
      cursor = found.response_metadata?.next_cursor;
      if (!cursor) return;
    }
  };
  return {
    post: (place, message, mark, broadcast) =>
      call('chat.postMessage', async () => {
        const base = { channel: place.channel, ...contentOf(message, mark), unfurl_links: false, unfurl_media: false };
        const answer = place.thread
          ? await web.chat.postMessage({ ...base, thread_ts: place.thread, reply_broadcast: broadcast })
          : await web.chat.postMessage(base);
        return tsSchema.parse(answer).ts;
      }),
    update: (channel, ts, message, mark) =>
      call('chat.update', async () => {
        return tsSchema.parse(await web.chat.update({ channel, ts, ...contentOf(message, mark) })).ts;
      }),
    ephemeral: (place, user, message) =>
      call('chat.postEphemeral', async () => {
        await web.chat.postEphemeral({
          channel: place.channel,
          user,
          text: message.text,
          blocks: message.blocks,
          ...(place.thread ? { thread_ts: place.thread } : {}),
        });
        return null;
      }),
    openDirect: (user) =>
      call('conversations.open', async () => {
        const answer = await web.conversations.open({ users: user });
        return z.object({ channel: z.object({ id: z.string() }) }).parse(answer).channel.id;
      }),
    openView: (triggerId, view) =>
      call('views.open', async () => {
        await web.views.open({ trigger_id: triggerId, view });
        return null;
      }),
    publishHome: (user, view) =>
      call('views.publish', async () => {
        await web.views.publish({ user_id: user, view });
        return null;
      }),
    react: (channel, ts, name, on) =>
      call(on ? 'reactions.add' : 'reactions.remove', async () => {
        const what = { channel, timestamp: ts, name };
        await (on ? web.reactions.add(what) : web.reactions.remove(what));
        return null;
      }),
    find: (place, notification, oldest) =>
      call('conversations.replies', async () => {
        const found: FoundMessage[] = [];
        await search(
          place,
          ({ messages }) => {
            for (const message of messages) {
              const mark = message.bot_id === undefined ? null : readMark(message.metadata);
              if (mark?.notification === notification) found.push({ ts: message.ts, revision: mark.revision });
            }
            return false;
          },
          place.thread ? null : oldest,
        );
        return found.sort((one, other) => Number(one.ts) - Number(other.ts));
      }),
    read: (channel, ts) =>
      call('conversations.replies', async () => {
        const page = messagesSchema.parse(
          await web.conversations.replies({ channel, ts, limit: 1, include_all_metadata: true }),
        );
        const message = page.messages.find((one) => one.ts === ts);
        return message === undefined
          ? null
          : { mark: message.bot_id === undefined ? null : readMark(message.metadata), text: message.text ?? '' };
      }),
    fileInfo: (id) =>
      call('files.info', async () => {
        const { file } = fileSchema.parse(await web.files.info({ file: id }));
        return {
          id: file.id,
          name: file.name ?? file.title ?? file.id,
          mediaType: file.mimetype ?? 'application/octet-stream',
          size: file.size ?? 0,
          url: file.url_private_download ?? file.url_private ?? '',
        };
      }),
    download: (file, maxBytes) => download(options, file, maxBytes),
    whoAmI: () =>
      call('auth.test', async () => {
        const answer = z.object({ user_id: z.string(), team_id: z.string() }).parse(await web.auth.test());
        return { user: answer.user_id, team: answer.team_id };
      }),
    userLocale: (user) =>
      call('users.info', async () => {
        const answer = await web.users.info({ user, include_locale: true });
        return z.object({ user: z.object({ locale: z.string().optional() }) }).parse(answer).user.locale ?? null;
      }),
  };
}

function contentOf(
  message: Message,
  mark: MessageMark | null,
): {
  text: string;
  blocks: (KnownBlock | Block)[];
  metadata?: { event_type: string; event_payload: Record<string, string | number> };
} {
  return {
    text: message.text,
    blocks: message.blocks,
    ...(mark === null
      ? {}
      : {
          metadata: {
            event_type: notificationEvent,
            event_payload: {
              notification: mark.notification,
              revision: mark.revision,
              ...(mark.subject === null ? {} : { subject: mark.subject }),
            },
          },
        }),
  };
}

const neverSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH']);

/** Whether Slack may have done it all the same: only a clear refusal, or a connection never made, says no. */
function failureOf(error: unknown): SlackFailure {
  if (error instanceof WebAPIRateLimitedError)
    return { kind: 'limited', retryAfterMs: Math.max(1, error.retryAfter) * 1_000 };
  if (error instanceof WebAPIPlatformError) {
    const details = error.data.response_metadata?.messages ?? [];
    if (error.data.error === 'ratelimited') return { kind: 'limited', retryAfterMs: 1_000 };
    if (['internal_error', 'fatal_error', 'request_timeout', 'service_unavailable'].includes(error.data.error))
      return { kind: 'lost', error: error.data.error };
    return { kind: 'refused', error: error.data.error, details: details.slice(0, 5) };
  }
  if (error instanceof WebAPIHTTPError)
    return error.statusCode >= 500
      ? { kind: 'lost', error: `http ${error.statusCode}` }
      : { kind: 'refused', error: `http ${error.statusCode}`, details: [] };
  if (error instanceof WebAPIRequestError) {
    const code = codeOf(error.original);
    return { kind: code !== null && neverSent.has(code) ? 'unsent' : 'lost', error: code ?? 'no answer' };
  }
  if (error instanceof z.ZodError) return { kind: 'lost', error: 'an answer of a strange shape' };
  return { kind: 'lost', error: error instanceof Error ? error.message.slice(0, 200) : 'no answer' };
}

function codeOf(error: unknown): string | null {
  for (let one: unknown = error; one instanceof Error; one = one.cause)
    if ('code' in one && typeof one.code === 'string') return one.code;
  return null;
}
