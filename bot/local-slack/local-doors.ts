import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import {
  closeView,
  openHome,
  pickShortcut,
  pressControl,
  type Seen,
  submitView,
  typeCommand,
  writeMessage,
} from './driving.ts';
import { faultSchema } from './faults.ts';
import { readBody, sendJson } from './http.ts';
import { type Fields, parseJson } from './json.ts';
import { showFile } from './messages.ts';
import { BOT_USER } from './options.ts';
import type { Message } from './store.ts';
import { keepFile, MAX_FILE_BYTES } from './web-api/files.ts';
import { react } from './web-api/reactions.ts';
import type { Change, Workspace } from './workspace.ts';

const user = z.string();
const bodies = {
  command: z.object({ user, channel: z.string(), command: z.string().startsWith('/'), text: z.string().default('') }),
  message: z.object({
    user,
    channel: z.string(),
    text: z.string().max(40_000),
    thread_ts: z.string().optional(),
    files: z.array(z.string()).max(10).default([]),
  }),
  action: z.object({
    user,
    channel: z.string().optional(),
    ts: z.string().optional(),
    view_id: z.string().optional(),
    block_id: z.string().optional(),
    action_id: z.string(),
    value: z.string().optional(),
    selected_option: z.string().optional(),
    stale: z.boolean().optional(),
  }),
  shortcut: z.object({ user, callback_id: z.string(), channel: z.string().optional(), ts: z.string().optional() }),
  submit: z.object({ user, view_id: z.string(), values: z.record(z.string(), z.unknown()).default({}) }),
  close: z.object({ user, view_id: z.string() }),
  reaction: z.object({
    user,
    channel: z.string(),
    ts: z.string(),
    name: z.string(),
    remove: z.boolean().default(false),
  }),
  home: z.object({ user, tab: z.enum(['home', 'messages']).default('home') }),
  locale: z.object({ user, locale: z.enum(['en-US', 'ko-KR']) }),
};

type Post = (workspace: Workspace, body: unknown) => Promise<Seen | Fields> | Seen | Fields;

const POSTS: Record<string, Post> = {
  command: (workspace, body) => typeCommand(workspace, bodies.command.parse(body)),
  message: (workspace, body) => writeMessage(workspace, bodies.message.parse(body)),
  action: (workspace, body) => pressControl(workspace, bodies.action.parse(body)),
  shortcut: (workspace, body) => pickShortcut(workspace, bodies.shortcut.parse(body)),
  'view-submit': (workspace, body) => submitView(workspace, bodies.submit.parse(body)),
  'view-close': (workspace, body) => closeView(workspace, bodies.close.parse(body)),
  reaction: (workspace, body) => {
    const { user: who, channel, ts, name, remove } = bodies.reaction.parse(body);
    return react(workspace, who, remove ? 'remove' : 'add', { channel, timestamp: ts, name });
  },
  home: (workspace, body) => openHome(workspace, bodies.home.parse(body)),
  locale: (workspace, body) => {
    const { user: who, locale } = bodies.locale.parse(body);
    const found = workspace.store.users.get(who);
    if (!found) return { ok: false, error: 'user_not_found' };
    workspace.store.setLocale(found, locale);
    return { ok: true };
  },
  faults: (workspace, body) => {
    for (const fault of z.union([z.array(faultSchema), faultSchema.transform((one) => [one])]).parse(body))
      workspace.faults.add(fault);
    return { ok: true, faults: workspace.faults.list() };
  },
};

/** A message as people and tests look at it: nothing left out. */
function lookAt(workspace: Workspace, message: Message): Fields {
  const { files, ...rest } = message;
  const streaming = (message.streaming_until ?? 0) > workspace.options.now();
  const status = workspace.statuses.get(`${message.channel} ${message.ts}`);
  return {
    ...rest,
    is_streaming: streaming,
    reply_count: message.thread_ts === undefined ? workspace.store.replies(message.channel, message.ts).length : 0,
    ...(files === undefined ? {} : { files: files.map((id) => showFile(workspace, id)) }),
    ...(status === undefined ? {} : { status }),
  };
}

/** All messages of a channel in order, with the private ones of one person. */
export function lookAtChannel(workspace: Workspace, channel: string, who: string | undefined): Fields[] {
  const own = workspace.store.ephemerals.filter(
    (message) => message.channel === channel && message.ephemeral_to === who,
  );
  return [...workspace.store.messages(channel), ...own]
    .sort((one, other) => Number(one.ts) - Number(other.ts))
    .map((message) => lookAt(workspace, message));
}

function streamChanges(workspace: Workspace, request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  response.write(': connected\n\n');
  const listener = (change: Change) => {
    response.write(`data: ${JSON.stringify(change)}\n\n`);
  };
  const heartbeat = setInterval(() => response.write(': still here\n\n'), 15_000);
  workspace.listeners.add(listener);
  request.on('close', () => {
    clearInterval(heartbeat);
    workspace.listeners.delete(listener);
  });
}

function sendFile(workspace: Workspace, id: string, response: ServerResponse): void {
  const file = workspace.store.files.get(id);
  if (!file) {
    sendJson(response, 404, { ok: false, error: 'file_not_found' });
    return;
  }
  const isPicture = file.mimetype.startsWith('image/') && !file.mimetype.includes('svg');
  response.writeHead(200, {
    'content-type': isPicture ? file.mimetype : 'application/octet-stream',
    'x-content-type-options': 'nosniff',
    'content-disposition': `${isPicture ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(file.name)}`,
    'cache-control': 'private, max-age=3600',
  });
  response.end(Buffer.from(file.content, 'base64'));
}

function answerGet(
  workspace: Workspace,
  path: string,
  query: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const who = query.get('user') ?? undefined;
  const channel = /^channels\/([^/]+)\/messages$/.exec(path)?.[1];
  const file = /^files\/([^/]+)$/.exec(path)?.[1];
  if (path === 'state') {
    const { users, userGroups } = workspace.store;
    const channels = workspace.store
      .channels()
      .filter((one) => !one.isDirect || who === undefined || one.members.includes(who));
    sendJson(response, 200, {
      ok: true,
      team: workspace.options.teamId,
      app: { user: BOT_USER, commands: workspace.options.commands, shortcuts: workspace.options.shortcuts },
      users: [...users.values()],
      channels,
      userGroups,
    });
  } else if (channel !== undefined) {
    if (workspace.store.channel(channel))
      sendJson(response, 200, { ok: true, messages: lookAtChannel(workspace, channel, who) });
    else sendJson(response, 404, { ok: false, error: 'channel_not_found' });
  } else if (path === 'views') {
    const home = who === undefined ? undefined : workspace.views.home(who);
    sendJson(response, 200, {
      ok: true,
      views: who === undefined ? [] : workspace.views.stack(who),
      ...(home ? { home } : {}),
    });
  } else if (path === 'stream') streamChanges(workspace, request, response);
  else if (path === 'faults') sendJson(response, 200, { ok: true, faults: workspace.faults.list() });
  else if (path === 'calls') sendJson(response, 200, { ok: true, calls: workspace.calls });
  else if (file !== undefined) sendFile(workspace, file, response);
  else sendJson(response, 404, { ok: false, error: 'not_found' });
}

/** The last part of a given name: browsers of some systems send a whole path. */
const fileName = (query: URLSearchParams): string =>
  (query.get('name') ?? '').split(/[\\/]/).at(-1)?.trim().slice(0, 255) ?? '';

/** Handles everything under /local/. */
export async function answerLocal(
  workspace: Workspace,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
  if (request.method === 'GET') {
    answerGet(workspace, path, query, request, response);
    return;
  }
  if (request.method === 'DELETE' && path === 'faults') {
    workspace.faults.clear();
    sendJson(response, 200, { ok: true });
    return;
  }
  const post = Object.hasOwn(POSTS, path) ? POSTS[path] : undefined;
  if (request.method !== 'POST' || (!post && path !== 'files')) {
    sendJson(response, 404, { ok: false, error: 'not_found' });
    return;
  }
  if (path === 'files') {
    const content = await readBody(request, MAX_FILE_BYTES);
    sendJson(response, 200, keepFile(workspace, { user: query.get('user') ?? '', name: fileName(query), content }));
    return;
  }
  const body = parseJson((await readBody(request, 1_000_000)).toString());
  try {
    sendJson(response, 200, (await post?.(workspace, body)) ?? {});
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    sendJson(response, 400, { ok: false, error: 'invalid_arguments', text: z.prettifyError(error) });
  }
}
