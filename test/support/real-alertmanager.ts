import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { freePort } from './free-port.ts';
import { type StartedProcess, startProcess } from './process.ts';
import { until } from './until.ts';

/** Debian's Alertmanager with intervals of a second, in a folder of its own. */
export interface RealAlertmanager {
  readonly url: string;
  /** As Prometheus tells it; an end in the past resolves. */
  tell(
    alerts: readonly {
      readonly labels: Readonly<Record<string, string>>;
      readonly annotations?: Readonly<Record<string, string>>;
      readonly startsAt: Date;
      readonly endsAt?: Date;
    }[],
  ): Promise<void>;
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it; with a webhook it posts there, else its receiver is empty. `groupBy` is what its one route groups by. */
export async function startAlertmanager(options: {
  readonly folder: string;
  readonly webhook?: { readonly url: string; readonly token: string };
  readonly groupBy?: readonly string[];
  readonly inhibitRules?: string;
  readonly extraReceiver?: string;
  readonly port?: number;
}): Promise<RealAlertmanager> {
  const port = options.port ?? (await freePort());
  mkdirSync(options.folder, { recursive: true });
  const config = path.join(options.folder, 'alertmanager.yml');
  const receiver =
    options.webhook === undefined
      ? '  - name: agentic-ai\n'
      : `  - name: agentic-ai
    webhook_configs:
      - url: ${options.webhook.url}
        send_resolved: true
        http_config: { authorization: { credentials: ${options.webhook.token} } }
${options.extraReceiver ?? ''}`;
  writeFileSync(
    config,
    `route: { receiver: agentic-ai, group_by: [${(options.groupBy ?? ['alertname', 'service']).join(', ')}], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }
receivers:
${receiver}${options.inhibitRules ?? ''}`,
  );
  const url = `http://127.0.0.1:${port}`;
  let running: StartedProcess | null = null;
  const start = async () => {
    running = startProcess('prometheus-alertmanager', [
      `--config.file=${config}`,
      `--storage.path=${options.folder}/am`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ]);
    await until(async () => (await fetch(`${url}/-/ready`)).ok, { what: 'Alertmanager', timeoutMs: 30_000 });
  };
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    running?.kill(signal);
    await running?.exited;
    running = null;
  };
  await start();
  return {
    url,
    async tell(alerts) {
      const response = await fetch(`${url}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(
          alerts.map(({ labels, annotations, startsAt, endsAt }) => ({
            labels,
            annotations: annotations ?? {},
            startsAt: startsAt.toISOString(),
            endsAt: (endsAt ?? new Date(Date.now() + 3_600_000)).toISOString(),
          })),
        ),
      });
      if (!response.ok) throw new Error(`Alertmanager answered ${response.status}: ${await response.text()}`);
    },
    kill: () => end('SIGKILL'),
    start,
    stop: () => end('SIGTERM'),
  };
}
