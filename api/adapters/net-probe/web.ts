import { Agent, request } from 'undici';
import { redactText } from '../../../lib/redact.ts';
import { readTarget, urlRefusal } from '../../../lib/url-guard.ts';
import type { WebReply } from '../../ports/net-probe.ts';
import { reasonOf } from './reason.ts';
import { type GuardOptions, resolveJudged } from './resolve.ts';

const mostRedirects = 5;
const bodyLimit = 64_000;
const quoteLimit = 2_000;
const anyPort: ReadonlySet<number> = new Set(Array.from({ length: 65_535 }, (_, at) => at + 1));

/** Asks a web address: each hop is read, resolved, judged and connected to by the judged address. No cookie, no credential, no decompression. */
export async function askWeb(options: GuardOptions, url: string, timeoutMs: number): Promise<WebReply> {
  const begun = performance.now();
  const signal = AbortSignal.timeout(timeoutMs);
  const redirects: string[] = [];
  const answer = (over: Partial<WebReply> & Pick<WebReply, 'outcome'>): WebReply => ({
    url: redirects.at(-1) ?? url,
    statusCode: null,
    redirects,
    contentType: null,
    body: '',
    latencyMs: Math.round(performance.now() - begun),
    reason: null,
    ...over,
  });
  for (let next = url; ; ) {
    const hop = await oneHop(options, next, signal, timeoutMs);
    if ('outcome' in hop) return answer(hop);
    if (hop.location === null) return answer({ outcome: 'answered', ...hop.reply });
    if (redirects.length >= mostRedirects)
      return answer({ outcome: 'refused', reason: urlRefusal('too-many-redirects', String(mostRedirects)).reason.en });
    const moved = URL.parse(hop.location, next);
    if (moved === null) return answer({ outcome: 'answered', ...hop.reply });
    // Relative or not, the whole of it is read anew. What the header itself holds counts, not what a parser made of it.
    const odd = /[\p{Cc}\s\\]/u.test(hop.location);
    next = odd ? hop.location : moved.href;
    redirects.push(next.slice(0, 300));
  }
}

type Hop =
  | { readonly outcome: 'refused' | 'unreachable'; readonly reason: string }
  | { readonly location: string | null; readonly reply: Pick<WebReply, 'statusCode' | 'contentType' | 'body'> };

async function oneHop(options: GuardOptions, url: string, signal: AbortSignal, timeoutMs: number): Promise<Hop> {
  const loose = readTarget(url, anyPort);
  const known =
    'host' in loose &&
    (await options.isRegistered(`${loose.host.includes(':') ? `[${loose.host}]` : loose.host}:${loose.port}`));
  const literal = URL.parse(url);
  const insideButRegistered = literal !== null && (await registeredInside(options, literal));
  const target = known || insideButRegistered ? loose : readTarget(url);
  if ('reason' in target && !insideButRegistered) return { outcome: 'refused', reason: target.reason.en };
  const host = 'host' in target ? target.host : (literal?.hostname.replace(/^\[|\]$/g, '') ?? '');
  const port = 'host' in target ? target.port : Number(literal?.port || (literal?.protocol === 'https:' ? 443 : 80));
  const resolved = await resolveJudged(options, host, port);
  if ('reason' in resolved) return { outcome: 'refused', reason: resolved.reason.en };
  const { address } = resolved;
  const agent = new Agent({
    pipelining: 0,
    connections: 1,
    connect: {
      timeout: timeoutMs,
      lookup: (_host, wanted, callback) => {
        const family = address.includes(':') ? 6 : 4;
        if (wanted.all === true) callback(null, [{ address, family }]);
        else callback(null, address, family);
      },
    },
  });
  try {
    const reply = await request(url, {
      dispatcher: agent,
      signal,
      headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'agentic-ai' },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    const location = reply.statusCode >= 300 && reply.statusCode < 400 ? one(reply.headers.location) : null;
    const packed = one(reply.headers['content-encoding']);
    const body = location !== null || (packed !== null && packed !== 'identity') ? '' : await quote(reply.body);
    return { location, reply: { statusCode: reply.statusCode, contentType: one(reply.headers['content-type']), body } };
  } catch (error) {
    return { outcome: 'unreachable', reason: reasonOf(error, signal) };
  } finally {
    void agent.destroy();
  }
}

/** A registered system may have a name or address that would be refused from anybody else. */
async function registeredInside(options: GuardOptions, url: URL): Promise<boolean> {
  if ((url.protocol !== 'http:' && url.protocol !== 'https:') || url.username !== '' || url.password !== '')
    return false;
  return options.isRegistered(`${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`);
}

const one = (value: string | string[] | undefined): string | null =>
  Array.isArray(value) ? (value[0] ?? null) : (value ?? null);

async function quote(body: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of body) {
    parts.push(part);
    size += part.length;
    if (size >= bodyLimit) break;
  }
  return redactText(Buffer.concat(parts).subarray(0, bodyLimit).toString('utf8')).slice(0, quoteLimit);
}
