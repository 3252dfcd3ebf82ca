import { createHmac } from 'node:crypto';
import { type Fields, parseJson } from './json.ts';
import type { Attempt, DeliveryType, Transport } from './transport.ts';

const FORM = 'application/x-www-form-urlencoded';

/** Slack's signature of a body at a time in whole seconds. */
function signatureHeaders(signingSecret: string, body: string, epochSeconds: number): Record<string, string> {
  const digest = createHmac('sha256', signingSecret).update(`v0:${epochSeconds}:${body}`).digest('hex');
  return { 'x-slack-request-timestamp': String(epochSeconds), 'x-slack-signature': `v0=${digest}` };
}

function formOf(payload: Fields): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(payload)) form.set(name, String(value));
  return form.toString();
}

/** Encodes a payload as Slack posts it: events as JSON, commands as a form, clicks as one form field. */
function encodeDelivery(type: DeliveryType, payload: Fields): { body: string; contentType: string } {
  if (type === 'events_api') return { body: JSON.stringify(payload), contentType: 'application/json' };
  if (type === 'slash_commands') return { body: formOf(payload), contentType: FORM };
  return { body: formOf({ payload: JSON.stringify(payload) }), contentType: FORM };
}

/** Posts signed requests to the app's request URL and reads its answer as the acknowledgement. */
export class HttpDelivery implements Transport {
  readonly #options: { url: string; signingSecret: string; ackTimeoutMs: number; now: () => number };
  readonly #stopping = new AbortController();

  constructor(options: { url: string; signingSecret: string; ackTimeoutMs: number; now: () => number }) {
    this.#options = options;
  }

  async send(type: DeliveryType, payload: Fields, retry?: { attempt: number; reason: string }): Promise<Attempt> {
    const { url, signingSecret, ackTimeoutMs, now } = this.#options;
    const { body, contentType } = encodeDelivery(type, payload);
    const retryHeaders: Record<string, string> = retry
      ? { 'x-slack-retry-num': String(retry.attempt), 'x-slack-retry-reason': retry.reason }
      : {};
    const timeout = AbortSignal.timeout(ackTimeoutMs);
    try {
      const response = await fetch(url, {
        method: 'POST',
        body,
        redirect: 'error',
        headers: {
          'content-type': contentType,
          'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
          ...signatureHeaders(signingSecret, body, Math.floor(now() / 1000)),
          ...retryHeaders,
        },
        signal: AbortSignal.any([timeout, this.#stopping.signal]),
      });
      const text = await response.text();
      if (!response.ok)
        return { ok: false, reason: 'http_error', noRetry: response.headers.get('x-slack-no-retry') === '1' };
      const json = text === '' ? undefined : parseJson(text);
      return { ok: true, payload: json ?? (text === '' ? undefined : { text }) };
    } catch {
      return { ok: false, reason: timeout.aborted ? 'http_timeout' : 'connection_failed' };
    }
  }

  stop(): void {
    this.#stopping.abort();
  }
}
