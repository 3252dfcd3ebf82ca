import { Agent, request } from 'undici';
import { z } from 'zod';
import { AppError } from '../../../lib/errors.ts';
import { redactText } from '../../../lib/redact.ts';
import type { Secret } from '../../../lib/secret.ts';
import type { AlertManager, ManagerAlert, ManagerSilence } from '../../ports/alert-manager.ts';

/** Where Alertmanager answers, and where people open its pages. */
export interface AlertmanagerOptions {
  readonly url: string;
  readonly publicUrl?: string;
  readonly bearer?: Secret;
  readonly timeoutMs?: number;
}

const replyLimit = 64_000_000;
const texts = z.record(z.string(), z.string());
const time = z.string().transform((text, context) => {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) context.addIssue('is no time');
  return at;
});
const named = z.object({ name: z.string() });
const alertsSchema = z.array(
  z.object({
    fingerprint: z.string(),
    labels: texts,
    annotations: texts.default({}),
    startsAt: time,
    updatedAt: time,
    generatorURL: z.string().nullish(),
    receivers: z.array(named).default([]),
    status: z.object({
      state: z.string(),
      silencedBy: z.array(z.string()).nullish(),
      inhibitedBy: z.array(z.string()).nullish(),
    }),
  }),
);
const groupsSchema = z.array(
  z.object({ labels: texts, receiver: named, alerts: z.array(z.object({ fingerprint: z.string() })) }),
);
const silencesSchema = z.array(
  z.object({
    id: z.string(),
    status: z.object({ state: z.enum(['pending', 'active', 'expired']) }),
    matchers: z.array(
      z.object({ name: z.string(), value: z.string(), isRegex: z.boolean(), isEqual: z.boolean().default(true) }),
    ),
    startsAt: time,
    endsAt: time,
    createdBy: z.string().default(''),
    comment: z.string().default(''),
  }),
);
const statusSchema = z.object({ uptime: time });
const madeSchema = z.object({ silenceID: z.string().min(1) });

const unavailable = (message: string, cause?: unknown) =>
  new AppError('UPSTREAM_UNAVAILABLE', message, { retryable: true, ...(cause === undefined ? {} : { cause }) });

/** Alertmanager's API, version 2. */
export function createAlertmanager(options: AlertmanagerOptions): AlertManager & { close(): Promise<void> } {
  const base = options.url.replace(/\/+$/, '');
  const agent = new Agent({ maxResponseSize: replyLimit, connect: { timeout: 3_000 } });
  const limitMs = options.timeoutMs ?? 10_000;

  async function call(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    outer: AbortSignal,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly text: string }> {
    try {
      const answer = await request(`${base}${path}`, {
        method,
        dispatcher: agent,
        signal: AbortSignal.any([outer, AbortSignal.timeout(limitMs)]),
        headers: {
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(options.bearer === undefined ? {} : { authorization: `Bearer ${options.bearer.reveal()}` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: answer.statusCode, text: await answer.body.text() };
    } catch (error) {
      throw unavailable(`Alertmanager did not answer within ${limitMs / 1_000} s.`, error);
    }
  }

  async function read<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> {
    return understood(await call('GET', path, signal), schema);
  }

  return {
    url: (options.publicUrl ?? base).replace(/\/+$/, ''),
    runningSince: async (signal) => (await read('/api/v2/status', statusSchema, signal)).uptime,
    async alerts(signal) {
      const rows = await read('/api/v2/alerts', alertsSchema, signal);
      return rows.map(
        (row): ManagerAlert => ({
          fingerprint: row.fingerprint,
          labels: row.labels,
          annotations: row.annotations,
          startsAt: row.startsAt,
          updatedAt: row.updatedAt,
          generatorUrl: row.generatorURL ?? null,
          silencedBy: row.status.silencedBy ?? [],
          inhibitedBy: row.status.inhibitedBy ?? [],
          receivers: row.receivers.map(({ name }) => name),
        }),
      );
    },
    async groups(signal) {
      const rows = await read('/api/v2/alerts/groups', groupsSchema, signal);
      return rows.map((row) => ({
        labels: row.labels,
        receiver: row.receiver.name,
        fingerprints: row.alerts.map(({ fingerprint }) => fingerprint),
      }));
    },
    async silences(signal) {
      const rows = await read('/api/v2/silences', silencesSchema, signal);
      return rows.map(({ status, ...row }): ManagerSilence => ({ ...row, state: status.state }));
    },
    async setSilence({ id, startsAt, endsAt, ...wanted }, signal) {
      const answer = await call('POST', '/api/v2/silences', signal, {
        ...(id === null ? {} : { id }),
        ...wanted,
        startsAt: startsAt.toISOString(),
        endsAt: endsAt.toISOString(),
      });
      return understood(answer, madeSchema).silenceID;
    },
    async expireSilence(id, signal) {
      const answer = await call('DELETE', `/api/v2/silence/${encodeURIComponent(id)}`, signal);
      if (answer.status === 404) return 'gone';
      // Older versions answer 500 for one that has ended or was never there.
      if (answer.status === 500 && /not found|already expired/i.test(answer.text)) return 'gone';
      if (answer.status < 200 || answer.status > 299) throw refusalOf(answer);
      return 'expired';
    },
    close: () => agent.close(),
  };
}

function understood<T>(answer: { readonly status: number; readonly text: string }, schema: z.ZodType<T>): T {
  if (answer.status < 200 || answer.status > 299) throw refusalOf(answer);
  const parsed = schema.safeParse(parseJson(answer.text));
  if (!parsed.success) throw unavailable('Alertmanager answered with something that is no reply of its API.');
  return parsed.data;
}

function refusalOf(answer: { readonly status: number; readonly text: string }): AppError {
  const words = redactText(answer.text.replace(/\s+/g, ' ')).slice(0, 200);
  return answer.status >= 500 || answer.status === 429
    ? unavailable(`Alertmanager answered ${answer.status}: ${words}`)
    : new AppError('UPSTREAM_REJECTED', `Alertmanager refused (${answer.status}): ${words}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
