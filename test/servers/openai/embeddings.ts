import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';

/** What the next request is answered with, instead of vectors. */
export type EmbeddingReply =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly message?: string }
  | { readonly cut: true }
  | { readonly hang: true };

/**
 * The embeddings endpoint of OpenAI and of an Azure resource, refusing where they refuse. Its vectors come from a digest of the text:
 * equal texts are equal, others are far apart. They mean nothing, and nobody is to measure search with them.
 */
export interface EmbeddingServer {
  readonly url: string;
  readonly endpoint: string;
  /** Texts of each accepted request. */
  readonly seen: { readonly path: string; readonly model: string | undefined; readonly input: readonly string[] }[];
  script(...replies: readonly EmbeddingReply[]): void;
  close(): Promise<void>;
}

const mostTokens = 8_192;
const bodySchema = z.object({
  model: z.string().min(1).optional(),
  input: z.union([z.string(), z.array(z.string()).min(1).max(2_048)]),
  encoding_format: z.enum(['float', 'base64']).optional(),
  dimensions: z.number().int().positive().optional(),
});

/** A vector of length one that only the same text has. */
export function digestVector(text: string, size: number): number[] {
  const numbers: number[] = [];
  for (let block = 0; numbers.length < size; block++) {
    const bytes = createHash('sha256').update(`${block}:${text}`).digest();
    for (let at = 0; at + 2 <= bytes.length && numbers.length < size; at += 2) numbers.push(bytes.readInt16LE(at));
  }
  const length = Math.hypot(...numbers);
  return numbers.map((one) => one / length);
}

/** Starts it on a free port of this machine. */
export async function embeddingServer(options: {
  readonly apiKey: string;
  readonly deployment: string;
  readonly size?: number;
  /** Most inputs of one request: 16 for the older models of Azure. */
  readonly mostInputs?: number;
}): Promise<EmbeddingServer> {
  const { size = 1_536, mostInputs = 2_048 } = options;
  const replies: EmbeddingReply[] = [];
  const seen: EmbeddingServer['seen'] = [];
  const server = createServer((request, response) => {
    void handle(request, response).catch(() => request.socket.destroy());
  });
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://local');
    const path = /^(?:\/v1|\/openai\/deployments\/([^/]+))\/embeddings$/.exec(url.pathname);
    if (request.method !== 'POST' || path === null) return fail(response, 404, 'Unknown path.');
    const azure = path[1] !== undefined;
    const key = azure ? request.headers['api-key'] : request.headers.authorization?.replace(/^Bearer /, '');
    if (key !== options.apiKey) return fail(response, 401, 'Incorrect API key provided.');
    if (azure && path[1] !== options.deployment)
      return fail(response, 404, 'The API deployment for this resource does not exist.');
    if (azure && url.searchParams.get('api-version') === null) return fail(response, 404, 'Resource not found');
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(Buffer.from(part));
    const body = bodySchema.safeParse(JSON.parse(Buffer.concat(parts).toString('utf8')));
    if (!body.success || (!azure && body.data.model === undefined)) return fail(response, 400, "'$.input' is invalid.");
    const input = [body.data.input].flat();
    if (input.length > mostInputs)
      return fail(response, 400, `Too many inputs. The max number of inputs is ${mostInputs}.`);
    if (input.some((text) => text === '')) return fail(response, 400, "'$.input' is invalid.");
    if (input.some((text) => text.length / 4 > mostTokens))
      return fail(response, 400, `This model's maximum context length is ${mostTokens} tokens.`);
    const reply = replies.shift();
    if (reply !== undefined && 'hang' in reply) return;
    if (reply !== undefined && 'cut' in reply) return void request.socket.destroy();
    if (reply !== undefined) return fail(response, reply.status, reply.message ?? 'scripted', reply.headers);
    seen.push({ path: url.pathname, model: body.data.model, input });
    const data = input.map((text, index) => {
      const vector = digestVector(text, body.data.dimensions ?? size);
      const embedding =
        body.data.encoding_format === 'base64'
          ? Buffer.from(Float32Array.from(vector).buffer).toString('base64')
          : vector;
      return { object: 'embedding', index, embedding };
    });
    const tokens = input.reduce((sum, text) => sum + Math.ceil(text.length / 4), 0);
    response.writeHead(200, { 'content-type': 'application/json' });
    // The order of the answer is not promised; `index` is what counts.
    response.end(
      JSON.stringify({
        object: 'list',
        data: data.reverse(),
        model: 'text-embedding-ada-002',
        usage: { prompt_tokens: tokens, total_tokens: tokens },
      }),
    );
  }
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

function fail(
  response: ServerResponse,
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ error: { message, type: 'invalid_request_error', code: null, param: null } }));
}
