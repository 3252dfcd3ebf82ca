import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { type ScriptedReply, sendAnswer } from './replies.ts';
import { type ChatBody, readRequest } from './rules.ts';

/** One accepted request, as the protocol saw it. */
interface SeenRequest {
  readonly path: string;
  readonly apiVersion: string | null;
  readonly body: ChatBody;
}

/** One recording that was sent to be written down. */
interface SeenRecording {
  readonly fileName: string;
  readonly sizeBytes: number;
  readonly model: string;
  readonly language: string | null;
}

/** A reply, or what makes one from the request. */
export type Script = ScriptedReply | ((body: ChatBody) => ScriptedReply);

/**
 * Chat completions and transcriptions, refused where the real endpoints refuse and answered by script. It is no model and does not
 * pretend to be one: every answer was written down by the test.
 */
export interface OpenAiServer {
  /** Base address of the compatible protocol. */
  readonly url: string;
  /** Address of the same server as an Azure resource. */
  readonly endpoint: string;
  readonly seen: SeenRequest[];
  /** Bodies that were refused with 400, with the reason. */
  readonly refused: string[];
  readonly recordings: SeenRecording[];
  /** Replies in order; a request after the last one is answered 500. */
  script(...replies: readonly Script[]): void;
  /** What every request is answered once the script has ended. */
  otherwise(reply: Script | null): void;
  /** What the next recording is written down as. */
  transcript(text: string, segments?: readonly { start: number; end: number; text: string }[]): void;
  /** Forgets the script and all that was seen. */
  clear(): void;
  close(): Promise<void>;
}

interface Told {
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly code?: string | null | undefined;
  readonly param?: string | null | undefined;
}

function fail(response: ServerResponse, status: number, message: string, told: Told = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...told.headers });
  const type = status === 401 ? 'invalid_api_key' : status === 400 ? 'invalid_request_error' : 'error';
  response.end(JSON.stringify({ error: { message, type, code: told.code ?? null, param: told.param ?? null } }));
}

/** Starts it on a free port of this machine. */
export async function openAiServer(options: {
  readonly apiKey: string;
  readonly deployment?: string;
}): Promise<OpenAiServer> {
  const replies: Script[] = [];
  let rest: Script | null = null;
  const seen: SeenRequest[] = [];
  const refused: string[] = [];
  const recordings: SeenRecording[] = [];
  let transcript: { text: string; segments: readonly { start: number; end: number; text: string }[] } | null = null;

  async function chat(request: IncomingMessage, response: ServerResponse, url: URL, azure: boolean): Promise<void> {
    const read = readRequest(parseJson((await readBody(request)).toString('utf8')));
    if ('refusal' in read) {
      refused.push(read.refusal.message);
      return fail(response, 400, read.refusal.message, read.refusal);
    }
    seen.push({ path: url.pathname, apiVersion: url.searchParams.get('api-version'), body: read.body });
    const next = replies.shift() ?? rest ?? { status: 500, message: 'the script has ended' };
    const reply = typeof next === 'function' ? next(read.body) : next;
    if ('hang' in reply) return;
    if ('cut' in reply) return void request.socket.destroy();
    if ('status' in reply) return fail(response, reply.status, reply.message ?? 'scripted', reply);
    await sendAnswer(response, read.body, reply, seen.length, azure);
  }

  async function transcribe(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = new Uint8Array(await readBody(request));
    const type = request.headers['content-type'] ?? '';
    const form = await new Response(bytes, { headers: { 'content-type': type } }).formData().catch(() => null);
    const file = form?.get('file');
    if (form === null || !(file instanceof File))
      return fail(response, 400, "Missing required parameter: 'file'.", { param: 'file' });
    if (!/\.(flac|m4a|mp3|mp4|mpeg|mpga|oga|ogg|wav|webm)$/i.test(file.name))
      return fail(response, 400, 'Invalid file format.', { param: 'file' });
    const model = form.get('model');
    if (typeof model !== 'string')
      return fail(response, 400, "Missing required parameter: 'model'.", { param: 'model' });
    const language = form.get('language');
    recordings.push({
      fileName: file.name,
      sizeBytes: file.size,
      model,
      language: typeof language === 'string' ? language : null,
    });
    if (transcript === null) return fail(response, 500, 'the script has ended');
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ task: 'transcribe', duration: 1, language: language ?? 'korean', ...transcript }));
  }

  const server = createServer((request, response) => {
    void (async () => {
      const url = new URL(request.url ?? '/', 'http://local');
      const path = /^(?:\/v1|\/openai\/deployments\/([^/]+))\/(chat\/completions|audio\/transcriptions)$/.exec(
        url.pathname,
      );
      if (request.method !== 'POST' || path === null) return fail(response, 404, 'Unknown path.');
      const azure = path[1] !== undefined;
      const key = azure ? request.headers['api-key'] : request.headers.authorization?.replace(/^Bearer /, '');
      if (key !== options.apiKey) return fail(response, 401, 'Incorrect API key provided.');
      if (azure && path[1] !== options.deployment)
        return fail(response, 404, 'The API deployment for this resource does not exist.', {
          code: 'DeploymentNotFound',
        });
      if (azure && url.searchParams.get('api-version') === null) return fail(response, 404, 'Resource not found');
      return path[2] === 'chat/completions' ? chat(request, response, url, azure) : transcribe(request, response);
    })().catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    endpoint: `http://127.0.0.1:${port}`,
    seen,
    refused,
    recordings,
    script: (...next) => void replies.push(...next),
    otherwise: (reply) => {
      rest = reply;
    },
    transcript: (text, segments = []) => {
      transcript = { text, segments };
    },
    clear: () => {
      for (const list of [replies, seen, refused, recordings]) list.length = 0;
      rest = null;
      transcript = null;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
