import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent, request } from 'undici';
import { redactText } from '../../../lib/redact.ts';
import { isMetadataAddress } from '../../../lib/url-guard.ts';
import type { HttpProbe, ProbeReply } from '../../ports/http-probe.ts';

/** Which addresses may be called, and how to make the clock of the test stand still. */
export interface HttpProbeOptions {
  /** True for the exact `host:port` of a registered system. Asked at every call, since systems come and go. */
  readonly isRegistered: (hostPort: string) => Promise<boolean>;
}

const bodyLimit = 64_000;
const quoteLimit = 2_000;

/** `host:port` of an http address with the scheme's own port filled in; null when it is none or carries credentials. */
export function hostPortOf(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const parsed = new URL(url);
  if ((parsed.protocol !== 'http:' && parsed.protocol !== 'https:') || parsed.username !== '' || parsed.password !== '')
    return null;
  return `${parsed.hostname}:${parsed.port === '' ? (parsed.protocol === 'https:' ? '443' : '80') : parsed.port}`;
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (error instanceof Error && (error.name === 'TimeoutError' || code.includes('TIMEOUT')))
    return 'no answer within the time limit';
  if (code === 'ECONNREFUSED') return 'connection refused';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'the host name is not known';
  if (code === 'ECONNRESET' || code === 'UND_ERR_SOCKET') return 'the connection was cut';
  return code === '' ? 'not reachable' : `not reachable (${code})`;
}

async function quote(body: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of body) {
    parts.push(part);
    size += part.length;
    if (size >= bodyLimit) break;
  }
  return redactText(Buffer.concat(parts).toString('utf8')).slice(0, quoteLimit);
}

/** The system's resolver; a registered name that leads to a cloud metadata address is as good as unknown. */
const lookupOutsideMetadata: LookupFunction = (host, options, callback) => {
  lookup(host, { ...options, all: true }, (error, found) => {
    const first = found?.[0];
    const inside = found?.some(({ address }) => isMetadataAddress(address)) ?? false;
    if (error !== null || first === undefined || inside)
      callback(Object.assign(new Error('unknown'), { code: 'ENOTFOUND' }), '', 0);
    else if (options.all === true) callback(null, found);
    else callback(null, first.address, first.family);
  });
};

/** Calls health addresses. No redirect is followed, an endless answer is cut, every call opens a new connection. */
export function createHttpProbe(options: HttpProbeOptions): HttpProbe & { close(): Promise<void> } {
  const agent = new Agent({
    pipelining: 0,
    maxResponseSize: bodyLimit * 4,
    connect: { timeout: 10_000, lookup: lookupOutsideMetadata },
  });
  return {
    async get(url, timeoutMs): Promise<ProbeReply> {
      const begun = performance.now();
      const latency = () => Math.round(performance.now() - begun);
      const unreached = (error: string): ProbeReply => ({
        reached: false,
        statusCode: null,
        latencyMs: latency(),
        body: '',
        error,
      });
      const hostPort = hostPortOf(url);
      if (hostPort === null) return unreached('not an http address');
      if (!(await options.isRegistered(hostPort))) return unreached(`${hostPort} is not a registered system`);
      if (isMetadataAddress(new URL(url).hostname.replace(/^\[|\]$/g, '')))
        return unreached('a cloud metadata address is never called');
      const signal = AbortSignal.timeout(timeoutMs);
      try {
        const answer = await request(url, {
          dispatcher: agent,
          signal,
          headers: { accept: '*/*', 'user-agent': 'agentic-ai-health' },
          headersTimeout: timeoutMs,
          bodyTimeout: timeoutMs,
        });
        return {
          reached: true,
          statusCode: answer.statusCode,
          latencyMs: latency(),
          body: await quote(answer.body),
          error: null,
        };
      } catch (error) {
        return unreached(signal.aborted ? 'no answer within the time limit' : reasonOf(error));
      }
    },
    close: () => agent.close(),
  };
}
