import type { IncomingMessage, ServerResponse } from 'node:http';
import { sha256Hex } from '../../lib/canonical-json.ts';
import { isAppError } from '../../lib/errors.ts';
import { timingSafeEqualText } from '../../lib/http.ts';
import type { Logger } from '../../lib/log.ts';
import type { Secret } from '../../lib/secret.ts';
import type { Api } from '../api.ts';
import { isDeeperThan, readBody, sendJson } from '../http-body.ts';
import type { BotMetrics } from '../metrics.ts';
import { alertsIngest } from '../operations.ts';
import type { Repeats, StoredPost } from './repeats.ts';
import type { AlertSource, MalformedAlert, SourceAlert, SourceDelivery } from './source.ts';

export interface AlertDoorOptions {
  readonly api: Api;
  readonly log: Logger;
  readonly metrics: BotMetrics;
  readonly token: Secret;
  readonly sources: ReadonlyMap<string, AlertSource>;
  readonly repeats: Repeats;
  /** The api must have committed by then. */
  readonly ingestWithinMs?: number;
}

/** Ten thousand alerts of the usual size. */
const largestBody = 10 * 1024 * 1024;
/** What one call of the api carries: below its own limit, with room for the envelope. */
const largestCall = 3_000_000;
const largestAlert = 1_000_000;
const mostPerCall = 2_000;
const ingestWithinMs = 8_000;
const deepest = 12;
const retryAfter = { 'retry-after': '5' } as const;

/** Takes a post of an alert source. 2xx is answered only after the api has committed; Alertmanager repeats a 503. */
export async function answerAlerts(
  options: AlertDoorOptions,
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const source = options.sources.get(name);
  const count = (outcome: 'accepted' | 'unauthorized' | 'malformed' | 'too_large' | 'unavailable') => {
    if (source !== undefined) options.metrics.alerts.inc({ source: source.name, outcome });
  };
  if (request.method !== 'POST') return sendJson(response, 405, { error: 'only POST' }, { allow: 'POST' });
  const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (given === undefined || !timingSafeEqualText(given, options.token.reveal())) {
    count('unauthorized');
    if (given !== undefined) return sendJson(response, 403, { error: 'the token is not right' });
    return sendJson(response, 401, { error: 'a bearer token is needed' }, { 'www-authenticate': 'Bearer' });
  }
  if (source === undefined)
    return sendJson(response, 404, { error: 'this source is not known', known: [...options.sources.keys()] });
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json')
    return sendJson(response, 415, { error: 'the content type must be application/json' });
  const body = await readBody(request, largestBody);
  if (!body.ok) {
    count(body.status === 413 ? 'too_large' : 'malformed');
    return sendJson(response, body.status, { error: body.problem });
  }
  const hash = sha256Hex(body.content);
  try {
    const post = await options.repeats.once(`${source.name}:${hash}`, () => store(options, source, body.content, hash));
    count('accepted');
    return sendJson(response, 200, post);
  } catch (error) {
    if (error instanceof Malformed) {
      count('malformed');
      options.log.warn({ source: source.name, part: error.part, problem: error.message }, 'a malformed alert post');
      return sendJson(response, 400, {
        error: error.part === null ? error.message : `${error.part}: ${error.message}`,
        part: error.part,
      });
    }
    const code = isAppError(error) ? error.code : 'INTERNAL';
    if (code === 'INVALID_INPUT') {
      count('malformed');
      return sendJson(response, 400, { error: isAppError(error) ? error.message : 'malformed' });
    }
    count('unavailable');
    options.log.warn({ source: source.name, code }, 'alerts could not be stored; the sender repeats them');
    return sendJson(response, 503, { error: 'the alerts could not be stored; send them again' }, retryAfter);
  }
}

/** A post that will not be taken however often it comes. */
class Malformed extends Error {
  readonly part: string | null;

  constructor(part: string | null, problem: string) {
    super(problem);
    this.part = part;
  }
}

async function store(
  options: AlertDoorOptions,
  source: AlertSource,
  content: Buffer,
  hash: string,
): Promise<StoredPost> {
  const parsed = parse(source, content);
  if (!parsed.ok) throw new Malformed(parsed.part, parsed.problem);
  const { parts, malformed } = partsOf(parsed.delivery.alerts, parsed.malformed);
  const sum = { accepted: 0, duplicates: 0, quarantined: 0 };
  // A post is answered when all its parts are committed. One that fails in between comes again, and what is stored is a repeat then.
  for (const [index, alerts] of parts.entries()) {
    const { alertsIngest: answer } = await options.api.call(
      alertsIngest,
      {
        input: {
          ...inputOf(parsed.delivery),
          alerts: [...alerts],
          ...(index === 0 && malformed.length > 0 ? { malformed: [...malformed] } : {}),
          source: source.name,
          idempotencyKey: `alert:${source.name}:${hash}${index === 0 ? '' : `:${index}`}`,
        },
      },
      { timeoutMs: options.ingestWithinMs ?? ingestWithinMs, retry: true },
    );
    const refusal = answer.userErrors[0];
    if (refusal !== undefined) throw new Malformed(refusal.path?.join('.') ?? null, refusal.message);
    sum.accepted += answer.accepted;
    sum.duplicates += answer.duplicates;
    sum.quarantined += answer.quarantined;
  }
  if (malformed.length > 0)
    options.log.warn(
      { source: source.name, count: malformed.length, reason: malformed[0]?.reason },
      'malformed alerts of a post were kept aside',
    );
  return sum;
}

/** Cuts a post into calls the api takes; an alert that is too large for any of them is kept aside. There is at least one part. */
function partsOf(
  alerts: readonly SourceAlert[],
  aside: readonly MalformedAlert[],
): { readonly parts: readonly (readonly SourceAlert[])[]; readonly malformed: readonly MalformedAlert[] } {
  const parts: SourceAlert[][] = [[]];
  const malformed = [...aside];
  let size = 0;
  for (const alert of alerts) {
    const text = JSON.stringify(alert);
    const bytes = Buffer.byteLength(text);
    if (bytes > largestAlert) {
      malformed.push({
        reason: `the alert: has over ${largestAlert} bytes`,
        content: text.slice(0, 4_000).toWellFormed(),
      });
      continue;
    }
    const last = parts.at(-1);
    if (last === undefined || (last.length > 0 && (size + bytes > largestCall || last.length >= mostPerCall))) {
      parts.push([alert]);
      size = bytes;
      continue;
    }
    last.push(alert);
    size += bytes;
  }
  return { parts, malformed };
}

function parse(source: AlertSource, content: Buffer): ReturnType<AlertSource['parse']> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content));
  } catch {
    return { ok: false, part: 'body', problem: 'is not JSON in UTF-8' };
  }
  if (isDeeperThan(json, deepest))
    return { ok: false, part: 'body', problem: `is nested deeper than ${deepest} levels` };
  return source.parse(json);
}

function inputOf(delivery: SourceDelivery) {
  const { alerts, groupKey, receiver, externalUrl, truncatedAlerts } = delivery;
  return {
    alerts: [...alerts],
    truncatedAlerts,
    ...(groupKey === undefined ? {} : { groupKey }),
    ...(receiver === undefined ? {} : { receiver }),
    ...(externalUrl === undefined ? {} : { externalUrl }),
  };
}
