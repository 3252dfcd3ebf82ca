import type { RunningProduct } from './product.ts';

/** One alert as Alertmanager sends it. */
export interface SentAlert {
  readonly labels: Readonly<Record<string, unknown>>;
  readonly annotations?: Readonly<Record<string, unknown>>;
  readonly status?: 'firing' | 'resolved';
  readonly startsAt?: string;
}

/** The body of Alertmanager's webhook (version 4). */
export function alertmanagerBody(alerts: readonly unknown[]): Record<string, unknown> {
  return {
    version: '4',
    groupKey: '{}:{}',
    truncatedAlerts: 0,
    status: 'firing',
    receiver: 'agentic-ai',
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'http://alertmanager.example',
    alerts,
  };
}

let made = 0;
/** A firing alert with an episode of its own. */
export function firing(alert: SentAlert): Record<string, unknown> {
  made++;
  return {
    status: alert.status ?? 'firing',
    labels: alert.labels,
    annotations: alert.annotations ?? {},
    startsAt: alert.startsAt ?? new Date().toISOString(),
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: 'http://prometheus.example/graph',
    fingerprint: (BigInt(Date.now()) * 1_000n + BigInt(made)).toString(16).padStart(16, '0'),
  };
}

/** Posts to the bot's alert door as Alertmanager does. */
export function postAlerts(
  product: Pick<RunningProduct, 'ports' | 'secrets'>,
  body: string | Uint8Array<ArrayBuffer> | Readonly<Record<string, unknown>>,
  options: {
    readonly source?: string;
    readonly token?: string | null;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Promise<Response> {
  const token = options.token === undefined ? product.secrets.ALERTS_TOKEN : options.token;
  return fetch(`http://127.0.0.1:${product.ports.bot}/alerts/${options.source ?? 'alertmanager'}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...options.headers,
    },
    body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
    signal: AbortSignal.timeout(20_000),
  });
}
