import { setTimeout as pause } from 'node:timers/promises';
import { canonicalJson, sha256Hex } from '../../lib/canonical-json.ts';

/** One alert as Alertmanager's webhook (version 4) carries it. */
export interface SentAlert {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly startsAt: Date;
}

/** Where alerts go: one webhook address behind which several bots stand. */
export interface AlertTarget {
  readonly urls: readonly string[];
  readonly token: string;
}

/** The body of one webhook call. */
export function webhookBody(alerts: readonly SentAlert[]): string {
  const groupLabels = { alertname: alerts[0]?.name ?? '' };
  return JSON.stringify({
    version: '4',
    groupKey: `{}:{alertname="${groupLabels.alertname}"}/${alerts[0]?.labels.system ?? ''}`,
    truncatedAlerts: 0,
    status: 'firing',
    receiver: 'agentic-ai',
    groupLabels,
    commonLabels: groupLabels,
    commonAnnotations: {},
    externalURL: 'http://alertmanager.example:9093',
    alerts: alerts.map((alert) => ({
      status: 'firing',
      labels: { alertname: alert.name, severity: 'critical', ...alert.labels },
      annotations: { summary: alert.summary },
      startsAt: alert.startsAt.toISOString(),
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: 'http://prometheus.example:9090/graph',
      fingerprint: sha256Hex(canonicalJson({ ...alert.labels, alertname: alert.name })).slice(0, 16),
    })),
  });
}

/** Posts once; answers the status, or 0 when there was no answer. */
export async function postOnce(target: AlertTarget, body: string, turn: number): Promise<number> {
  try {
    const response = await fetch(target.urls[turn % target.urls.length] ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${target.token}` },
      body,
      signal: AbortSignal.timeout(10_000),
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    return 0;
  }
}

/** Posts as Alertmanager does: again after 5xx and connection errors until 2xx, never after 2xx. Answers how many tries it took; 4xx is a failure. */
export async function sendAlerts(
  target: AlertTarget,
  alerts: readonly SentAlert[],
  firstUrl: number,
  withinMs = 90_000,
): Promise<number> {
  const body = webhookBody(alerts);
  const deadline = performance.now() + withinMs;
  for (let tries = 1; ; tries++) {
    const status = await postOnce(target, body, firstUrl + tries - 1);
    if (status >= 200 && status < 300) return tries;
    if (status >= 400 && status < 500) throw new Error(`the bot refused the alert for good (${status})`);
    if (performance.now() > deadline) throw new Error(`the alert was not accepted within ${withinMs / 1000} s`);
    await pause(Math.min(2_000, 100 * 2 ** tries));
  }
}
