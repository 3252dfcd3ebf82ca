import type { IncomingMessage, ServerResponse } from 'node:http';
import { BodyTooLarge, readArguments, readBody, readUpload, sendJson } from './http.ts';
import { answerLocal } from './local-doors.ts';
import { applyResponse } from './responses.ts';
import { sendViewFile } from './static-view.ts';
import { answerApi } from './web-api/door.ts';
import { MAX_FILE_BYTES, takeUpload } from './web-api/files.ts';
import type { Workspace } from './workspace.ts';

const LOCAL_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

function hostName(address: string): string | undefined {
  return URL.canParse(address) ? new URL(address).hostname : undefined;
}

/** Driving the workspace is for this machine only: loopback, a local Host, and no page of another site. */
function isLocalRequest(request: IncomingMessage, anyPeer: boolean): boolean {
  const from = request.socket.remoteAddress ?? '';
  if (!anyPeer && !['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(from)) return false;
  if (!LOCAL_NAMES.has(hostName(`http://${request.headers.host ?? ''}`) ?? '')) return false;
  const origin = request.headers.origin;
  return request.method === 'GET' || origin === undefined || LOCAL_NAMES.has(hostName(origin) ?? '');
}

async function answerResponseUrl(
  workspace: Workspace,
  id: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const args = await readArguments(request, await readBody(request, 1_000_000), new URLSearchParams());
  const target = workspace.tickets.spendResponse(id);
  if (typeof target === 'string') {
    sendJson(response, 404, { ok: false, error: target });
    return;
  }
  const result = args ? applyResponse(workspace, target, args) : { error: 'invalid_payload' };
  if (result.error === undefined) sendJson(response, 200, { ok: true });
  else sendJson(response, 400, { ok: false, error: result.error });
}

function answerPrivateFile(workspace: Workspace, id: string, request: IncomingMessage, response: ServerResponse): void {
  const file = workspace.store.files.get(id);
  if (request.headers.authorization !== `Bearer ${workspace.options.botToken}`)
    // Slack answers no error here: whoever shows no good token is sent to the sign-in page.
    response
      .writeHead(302, { location: `${workspace.baseUrl()}/?redir=${encodeURIComponent(request.url ?? '/')}` })
      .end();
  else if (!file) sendJson(response, 404, { ok: false, error: 'file_not_found' });
  else {
    response.writeHead(200, { 'content-type': file.mimetype });
    response.end(Buffer.from(file.content, 'base64'));
  }
}

async function route(workspace: Workspace, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  const after = (prefix: string) => (path.startsWith(prefix) ? path.slice(prefix.length) : undefined);
  if (path === '/healthz') {
    sendJson(response, 200, { ok: true });
    return;
  }
  const method = after('/api/');
  if (method !== undefined) return await answerApi(workspace, method, request, response);
  const responseId = after('/response/');
  if (responseId !== undefined) return await answerResponseUrl(workspace, responseId, request, response);
  const upload = after('/upload/v1/');
  if (upload !== undefined) {
    const taken = takeUpload(workspace, upload, await readUpload(request, await readBody(request, MAX_FILE_BYTES)));
    if (taken) response.writeHead(200, { 'content-type': 'text/plain' }).end('OK');
    else sendJson(response, 404, { ok: false, error: 'file_not_found' });
    return;
  }
  const file = /^\/files-pri\/[^/]+-(F0[A-Z0-9]+)\//.exec(path)?.[1];
  if (file !== undefined) return answerPrivateFile(workspace, file, request, response);
  const local = after('/slack/local/') ?? after('/local/');
  const view = path === '/slack' ? '' : after('/slack/');
  if ((local !== undefined || view !== undefined) && !isLocalRequest(request, workspace.options.anyPeer)) {
    sendJson(response, 403, { ok: false, error: 'only_from_this_machine' });
    return;
  }
  if (local !== undefined) return await answerLocal(workspace, local, request, response);
  if (view !== undefined && request.method === 'GET' && sendViewFile(view, response)) return;
  if (path === '/' && request.method === 'GET') {
    response.writeHead(302, { location: '/slack' }).end();
    return;
  }
  sendJson(response, 404, { ok: false, error: 'not_found' });
}

/** Answers one HTTP request; a broken one is refused and never ends the process. */
export async function answer(workspace: Workspace, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await route(workspace, request, response);
  } catch (error) {
    if (error instanceof BodyTooLarge)
      sendJson(response, 413, { ok: false, error: 'request_too_large' }, { connection: 'close' });
    else
      sendJson(response, 500, {
        ok: false,
        error: 'internal_error',
        text: error instanceof Error ? error.message : '',
      });
  }
}
