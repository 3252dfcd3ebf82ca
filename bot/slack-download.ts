import type { Logger } from '../lib/log.ts';
import type { Secret } from '../lib/secret.ts';

/** A file as Slack describes it. */
export interface SlackFile {
  readonly id: string;
  readonly name: string;
  readonly mediaType: string;
  readonly size: number;
  readonly url: string;
}

export type Download =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly reason: 'foreign' | 'too-large' | 'sign-in' | 'gone' };

const timeoutMs = 60_000;

/**
 * Whether the token may be sent to this address: Slack's own file hosts, or the host of a configured Web API that is not Slack's. Anything
 * else could be an address somebody made up to be handed the token.
 */
export function isOwnHost(address: string, apiUrl: string): boolean {
  const url = URL.parse(address);
  const api = URL.parse(apiUrl);
  if (url === null || api === null || url.username !== '' || url.password !== '') return false;
  const isSlack = (host: string): boolean => host === 'slack.com' || host.endsWith('.slack.com');
  if (!isSlack(api.hostname)) return url.origin === api.origin;
  return url.protocol === 'https:' && url.port === '' && isSlack(url.hostname);
}

/** The bytes of a file of the workspace. Redirects are not followed: Slack's lead to its sign-in page, any other one elsewhere. */
export async function download(
  options: { readonly token: Secret; readonly apiUrl: string; readonly log: Logger },
  file: SlackFile,
  maxBytes: number,
): Promise<Download> {
  if (!isOwnHost(file.url, options.apiUrl)) return { ok: false, reason: 'foreign' };
  if (file.size > maxBytes) return { ok: false, reason: 'too-large' };
  try {
    const response = await fetch(file.url, {
      headers: { authorization: `Bearer ${options.token.reveal()}` },
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.status >= 300 && response.status < 400) return { ok: false, reason: 'sign-in' };
    if (!response.ok || response.body === null) return { ok: false, reason: 'gone' };
    const type = response.headers.get('content-type') ?? '';
    // The sign-in page also comes with status 200 in the place of the file.
    if (type.startsWith('text/html') && !file.mediaType.startsWith('text/html'))
      return { ok: false, reason: 'sign-in' };
    return await readAll(response.body, maxBytes);
  } catch (error) {
    options.log.warn({ err: error, file: file.id }, 'a file could not be fetched from Slack');
    return { ok: false, reason: 'gone' };
  }
}

async function readAll(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<Download> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    // What was said about its size need not be true.
    if (size > maxBytes) return { ok: false, reason: 'too-large' };
    chunks.push(chunk);
  }
  return { ok: true, bytes: Buffer.concat(chunks) };
}
