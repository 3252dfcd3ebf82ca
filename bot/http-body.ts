import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';

/** A body that was read whole, or the status that refuses it. */
export type ReadBody =
  | { readonly ok: true; readonly raw: Buffer; readonly content: Buffer }
  | { readonly ok: false; readonly status: 400 | 408 | 413 | 415; readonly problem: string };

const decoders = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
} as const;
const isDecoder = (name: string): name is keyof typeof decoders => Object.hasOwn(decoders, name);

/** Reads a body up to a limit that holds also for what it unpacks to. */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<ReadBody> {
  const tooLarge = { ok: false, status: 413, problem: `the body is over ${limitBytes} bytes` } as const;
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) return tooLarge;
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // Leaving the loop must not cut the connection: the refusal still has to arrive.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      const bytes: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
      size += bytes.length;
      if (size > limitBytes) return tooLarge;
      chunks.push(bytes);
    }
  } catch {
    return { ok: false, status: 400, problem: 'the body broke off' };
  }
  const raw = Buffer.concat(chunks);
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === '') return { ok: true, raw, content: raw };
  if (!isDecoder(encoding)) return { ok: false, status: 415, problem: 'the content encoding is not known' };
  try {
    return { ok: true, raw, content: await decoders[encoding](raw, { maxOutputLength: limitBytes }) };
  } catch (error) {
    if (
      error instanceof RangeError ||
      (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')
    )
      return tooLarge;
    return { ok: false, status: 400, problem: 'the body cannot be unpacked' };
  }
}

const lingerMs = 1_000;
const lingerBytes = 8_000_000;

/** Reads on for a moment and throws it away: a connection closed while the sender still writes would lose the answer. */
function drain(request: IncomingMessage, then: () => void): void {
  let left = lingerBytes;
  const done = (): void => {
    clearTimeout(timer);
    request.off('data', count).off('end', done).off('close', done).off('error', done);
    then();
  };
  const count = (chunk: Buffer | string): void => {
    left -= chunk.length;
    if (left < 0) done();
  };
  const timer = setTimeout(done, lingerMs);
  request.on('data', count).once('end', done).once('close', done).once('error', done);
  request.resume();
}

/** Answers with JSON; what was not read of the request ends the connection, soon after the answer. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent) return;
  const text = JSON.stringify(body);
  const unread = !response.req.readableEnded && status >= 400;
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(unread ? { connection: 'close' } : {}),
    ...headers,
  });
  if (!unread) return void response.end(text);
  response.write(text);
  drain(response.req, () => response.end());
}

/** Depth of a parsed value, counted only up to a limit. */
export function isDeeperThan(value: unknown, most: number): boolean {
  if (value === null || typeof value !== 'object') return false;
  if (most === 0) return true;
  return Object.values(value).some((inner) => isDeeperThan(inner, most - 1));
}
