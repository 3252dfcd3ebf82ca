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
import type { AlertSource, SourceDelivery } from './source.ts';

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
const largestBody = 16 * 1024 * 1024;
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
  const { alertsIngest: answer } = await options.api.call(
    alertsIngest,
    {
      input: {
        ...inputOf(parsed.delivery),
        ...(parsed.malformed.length === 0 ? {} : { malformed: [...parsed.malformed] }),
        source: source.name,
        idempotencyKey: `alert:${source.name}:${hash}`,
      },
    },
    { timeoutMs: options.ingestWithinMs ?? ingestWithinMs, retry: true },
  );
  const refusal = answer.userErrors[0];
  if (refusal !== undefined) throw new Malformed(refusal.path?.join('.') ?? null, refusal.message);
  if (parsed.malformed.length > 0)
    options.log.warn(
      { source: source.name, count: parsed.malformed.length, reason: parsed.malformed[0]?.reason },
      'malformed alerts of a post were kept aside',
    );
  const { accepted, duplicates, quarantined } = answer;
  return { accepted, duplicates, quarantined };
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
