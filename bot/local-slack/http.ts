import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Fields, fieldsOf, parseJson } from './json.ts';

/** A request with a body over the limit. */
export class BodyTooLarge extends Error {}

/** Reads a whole body up to a limit. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > limit) throw new BodyTooLarge();
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** Answers JSON. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    ...headers,
  });
  response.end(JSON.stringify(body));
}

/** Arguments of an API call: JSON, form (nested values as JSON text), or multipart, together with the query. */
export async function readArguments(
  request: IncomingMessage,
  body: Buffer,
  query: URLSearchParams,
): Promise<Fields | undefined> {
  const type = request.headers['content-type'] ?? '';
  const nested = (pairs: Iterable<[string, unknown]>): Fields =>
    Object.fromEntries(
      [...pairs].map(([name, value]) => [
        name,
        typeof value === 'string' && /^[[{]/.test(value) && NESTED.has(name) ? (parseJson(value) ?? value) : value,
      ]),
    );
  const fromQuery = nested(query);
  if (body.length === 0) return fromQuery;
  if (type.includes('json')) {
    const json = parseJson(body.toString());
    return json === undefined ? undefined : { ...fromQuery, ...fieldsOf(json) };
  }
  if (type.includes('multipart/form-data')) {
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
    return { ...fromQuery, ...nested(form) };
  }
  return { ...fromQuery, ...nested(new URLSearchParams(body.toString())) };
}

const NESTED = new Set(['blocks', 'attachments', 'metadata', 'view', 'files', 'chunks', 'prompts', 'users']);

/** The bytes of an upload: the raw body, or the first file of a multipart one. */
export async function readUpload(request: IncomingMessage, body: Buffer): Promise<Buffer> {
  const type = request.headers['content-type'] ?? '';
  if (!type.includes('multipart/form-data')) return body;
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
  for (const [, value] of form) if (typeof value !== 'string') return Buffer.from(await value.arrayBuffer());
  return body;
}
