import type { IncomingMessage, ServerResponse } from 'node:http';
import { readArguments, readBody, sendJson } from '../http.ts';
import { type Fields, textOf } from '../json.ts';
import type { Workspace } from '../workspace.ts';
import { chatMethods } from './chat.ts';
import { conversationMethods } from './conversations.ts';
import { fileMethods } from './files.ts';
import { type Method, refuse } from './method.ts';
import { peopleMethods } from './people.ts';
import { reactionMethods } from './reactions.ts';
import { viewMethods } from './views.ts';

const METHODS: Record<string, Method> = {
  ...chatMethods,
  ...conversationMethods,
  ...fileMethods,
  ...peopleMethods,
  ...reactionMethods,
  ...viewMethods,
};
const APP_TOKEN_METHODS = new Set(['apps.connections.open']);
const MAX_BODY = 2_000_000;
const KEPT_CALLS = 5000;

function refuseToken(workspace: Workspace, method: string, token: string | undefined): Fields | undefined {
  const { botToken, appToken } = workspace.options;
  if (!token) return refuse('not_authed');
  const wanted = APP_TOKEN_METHODS.has(method) ? appToken : botToken;
  if (token === wanted) return undefined;
  return refuse(token === botToken || token === appToken ? 'not_allowed_token_type' : 'invalid_auth');
}

function record(workspace: Workspace, method: string, args: Fields) {
  const { token: _, ...rest } = args;
  const call: Workspace['calls'][number] = { method, args: rest, at: workspace.options.now() };
  workspace.calls.push(call);
  if (workspace.calls.length > KEPT_CALLS) workspace.calls.shift();
  return call;
}

/** Handles one Web API call: faults first, then token, rate limit, and the method itself. */
export async function answerApi(
  workspace: Workspace,
  method: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request, MAX_BODY);
  const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
  const args = await readArguments(request, body, query);
  if (!args) {
    sendJson(response, 200, refuse('invalid_json'));
    return;
  }
  const call = record(workspace, method, args);
  const channel = textOf(args.channel) ?? textOf(args.channel_id);
  const fault = workspace.faults.forCall(method, channel);
  switch (fault?.kind) {
    case 'hang':
      call.error = 'fault: hang';
      return;
    case 'rate-limit':
      call.error = 'ratelimited';
      sendJson(response, 429, refuse('ratelimited'), { 'retry-after': String(fault.retryAfterSeconds ?? 1) });
      return;
    case 'server-error':
      call.error = 'fault: server-error';
      sendJson(response, fault.status ?? 503, { ok: false, error: 'internal_error' });
      return;
    case 'error':
      call.error = fault.error ?? 'internal_error';
      sendJson(response, 200, refuse(call.error));
      return;
    case 'delay':
      await new Promise((resolve) => setTimeout(resolve, fault.ms ?? 1000).unref());
  }
  const header = request.headers.authorization;
  const token = header?.startsWith('Bearer ') ? header.slice('Bearer '.length) : textOf(args.token);
  const run = Object.hasOwn(METHODS, method) ? METHODS[method] : undefined;
  const refusal = run ? refuseToken(workspace, method, token) : { ...refuse('unknown_method'), req_method: method };
  if (!refusal) {
    const seconds = workspace.rateLimits.take(method, channel);
    if (seconds > 0) {
      call.error = 'ratelimited';
      sendJson(response, 429, refuse('ratelimited'), { 'retry-after': String(seconds) });
      return;
    }
  }
  const result = refusal ?? run?.(workspace, args) ?? refuse('unknown_method');
  if (result.ok !== true) call.error = textOf(result.error);
  if (fault?.kind === 'hang-after') return;
  if (fault?.kind === 'lost-answer') {
    request.socket.destroy();
    return;
  }
  sendJson(response, 200, result, {
    'x-oauth-scopes': 'chat:write,commands',
    'x-slack-req-id': String(workspace.calls.length),
  });
}
