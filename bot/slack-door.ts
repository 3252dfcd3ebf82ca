import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Secret } from '../lib/secret.ts';
import { isDeeperThan, readBody, sendJson } from './http-body.ts';
import { readInbound } from './inbound.ts';
import type { BotMetrics } from './metrics.ts';
import { type ReplayMemory, replayMemory, verifySignature } from './signature.ts';

/** Takes a checked delivery and answers what the acknowledgement says; null leaves it unacknowledged. */
export type TakeDelivery = (body: unknown) => Promise<{ readonly body: unknown } | null>;

export interface SlackDoorOptions {
  readonly secret: Secret;
  readonly metrics: BotMetrics;
  readonly take: TakeDelivery;
  readonly memory?: ReplayMemory;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

const largestBody = 1024 * 1024;
const deepest = 40;

/** Signed HTTP delivery. Everything is checked before anything is parsed, and the shape before anything is believed. */
export function createSlackDoor(options: SlackDoorOptions) {
  const memory = options.memory ?? replayMemory();
  const now = options.now ?? Date.now;
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const refuse = (
      status: number,
      reason: 'signature' | 'replay' | 'stale' | 'shape' | 'size' | 'type' | 'depth' | 'method',
      error: string,
    ) => {
      options.metrics.refused.inc({ reason });
      sendJson(response, status, { error }, status === 405 ? { allow: 'POST' } : {});
    };
    if (request.method !== 'POST') return refuse(405, 'method', 'only POST');
    const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
    if (type !== 'application/json' && type !== 'application/x-www-form-urlencoded')
      return refuse(415, 'type', 'the content type is not one of Slack');
    // Slack does not compress; a packed body is signed by nobody.
    if ((request.headers['content-encoding'] ?? 'identity') !== 'identity')
      return refuse(415, 'type', 'the body must not be compressed');
    const body = await readBody(request, largestBody);
    if (!body.ok) return refuse(body.status, body.status === 413 ? 'size' : 'shape', body.problem);
    const verdict = verifySignature(
      {
        rawBody: body.raw,
        timestamp: one(request, 'x-slack-request-timestamp'),
        signature: one(request, 'x-slack-signature'),
      },
      options.secret,
      memory,
      Math.floor(now() / 1_000),
    );
    if (!verdict.ok) return refuse(401, verdict.reason, 'the request is not signed as it must be');
    const parsed = parseDelivery(type, body.raw);
    if (parsed === undefined) return refuse(400, 'shape', 'the body cannot be read');
    if (isDeeperThan(parsed, deepest)) return refuse(400, 'depth', 'the body is nested too deep');
    if (isChallenge(parsed)) return sendJson(response, 200, { challenge: parsed.challenge });
    const read = readInbound(parsed, null);
    if (read.kind === 'malformed') return refuse(400, 'shape', `${read.part}: has the wrong shape`);
    const acknowledgement = await options.take(parsed);
    if (acknowledgement === null) {
      // Not stored: the same bytes may come again.
      memory.forget(verdict.signature);
      return sendJson(response, 503, { error: 'not accepted' }, { 'retry-after': '5' });
    }
    if (acknowledgement.body === undefined || acknowledgement.body === '') {
      response.writeHead(200, { 'content-length': 0 });
      response.end();
      return;
    }
    sendJson(response, 200, acknowledgement.body);
  };
}

/** A header that must stand there once. */
function one(request: IncomingMessage, name: string): string | undefined {
  const values = request.headersDistinct[name];
  return values?.length === 1 ? values[0] : undefined;
}

function parseDelivery(type: string, raw: Buffer): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(raw);
    if (type === 'application/json') return JSON.parse(text);
    const form = new URLSearchParams(text);
    const payload = form.get('payload');
    return payload === null ? Object.fromEntries(form) : JSON.parse(payload);
  } catch {
    return undefined;
  }
}

function isChallenge(body: unknown): body is { readonly challenge: string } {
  return (
    typeof body === 'object' &&
    body !== null &&
    'type' in body &&
    body.type === 'url_verification' &&
    'challenge' in body &&
    typeof body.challenge === 'string' &&
    body.challenge.length <= 500
  );
}
