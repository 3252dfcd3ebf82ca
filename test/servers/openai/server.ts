import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { z } from 'zod';

/** What the server answers next, by the test's script. */
type ScriptedReply =
  /** The message's text; sent as it is, also when it is no JSON. */
  | { readonly content: string; readonly finishReason?: 'stop' | 'length' | 'content_filter' }
  | { readonly refusal: string }
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly message?: string }
  /** The connection is cut, or nothing is ever sent. */
  | { readonly cut: true }
  | { readonly hang: true };

/** One accepted request, as the protocol saw it. */
interface SeenRequest {
  readonly path: string;
  readonly apiVersion: string | null;
  readonly body: z.infer<typeof requestSchema>;
}

/** A chat completions endpoint that checks requests as the real ones do and answers by script. It is no model and does not pretend to be. */
export interface OpenAiServer {
  /** Base address of the compatible protocol. */
  readonly url: string;
  /** Address of the same server as an Azure resource. */
  readonly endpoint: string;
  readonly seen: SeenRequest[];
  script(...replies: readonly ScriptedReply[]): void;
  close(): Promise<void>;
}

const requestSchema = z.object({
  model: z.string().min(1),
  messages: z
    .array(z.object({ role: z.enum(['system', 'user', 'assistant', 'tool', 'developer']), content: z.string() }))
    .min(1),
  max_completion_tokens: z.number().int().positive().optional(),
  response_format: z
    .object({
      type: z.literal('json_schema'),
      json_schema: z.object({
        name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/),
        strict: z.boolean(),
        schema: z.object({ type: z.literal('object'), additionalProperties: z.literal(false) }).loose(),
      }),
    })
    .optional(),
});

/** Starts it on a free port of this machine. */
export async function openAiServer(options: {
  readonly apiKey: string;
  readonly deployment?: string;
}): Promise<OpenAiServer> {
  const replies: ScriptedReply[] = [];
  const seen: SeenRequest[] = [];
  const fail = (
    response: ServerResponse,
    status: number,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(
      JSON.stringify({
        error: { message, type: status === 401 ? 'invalid_api_key' : 'error', code: null, param: null },
      }),
    );
  };
  const server = createServer((request, response) => {
    void (async () => {
      const url = new URL(request.url ?? '/', 'http://local');
      const azure = /^\/openai\/deployments\/([^/]+)\/chat\/completions$/.exec(url.pathname);
      if (request.method !== 'POST' || (azure === null && url.pathname !== '/v1/chat/completions'))
        return fail(response, 404, 'Unknown path.');
      const key = azure === null ? request.headers.authorization?.replace(/^Bearer /, '') : request.headers['api-key'];
      if (key !== options.apiKey) return fail(response, 401, 'Incorrect API key provided.');
      if (azure !== null && azure[1] !== options.deployment)
        return fail(response, 404, 'The API deployment for this resource does not exist.');
      if (azure !== null && url.searchParams.get('api-version') === null)
        return fail(response, 404, 'Resource not found');
      const body = requestSchema.safeParse(await readJson(request));
      if (!body.success) return fail(response, 400, z.prettifyError(body.error));
      seen.push({ path: url.pathname, apiVersion: url.searchParams.get('api-version'), body: body.data });
      const reply = replies.shift() ?? { status: 500, message: 'the script has ended' };
      if ('hang' in reply) return;
      if ('cut' in reply) return void request.socket.destroy();
      if ('status' in reply) return fail(response, reply.status, reply.message ?? 'scripted', reply.headers);
      const refusal = 'refusal' in reply ? reply.refusal : null;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({
          id: `chatcmpl-${seen.length}`,
          object: 'chat.completion',
          created: Math.floor(Date.now() / 1_000),
          model: body.data.model,
          choices: [
            {
              index: 0,
              finish_reason: 'finishReason' in reply ? (reply.finishReason ?? 'stop') : 'stop',
              message: { role: 'assistant', content: 'content' in reply ? reply.content : null, refusal },
            },
          ],
          usage: { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 },
        }),
      );
    })().catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    endpoint: `http://127.0.0.1:${port}`,
    seen,
    script: (...next) => void replies.push(...next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const part of request) text += String(part);
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
