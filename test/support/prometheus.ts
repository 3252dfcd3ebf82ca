import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { freePort } from './free-port.ts';
import { type StartedProcess, startProcess } from './process.ts';
import { until } from './until.ts';

export interface Monitoring {
  readonly prometheusUrl: string;
  readonly alertmanagerUrl: string;
  /** First value of an instant query, or null. */
  value(query: string): Promise<number | null>;
  stop(): Promise<void>;
}

/** Debian's Prometheus, Alertmanager and node exporter with intervals of a second, scraping a service and posting its alerts to the bot. */
export async function startMonitoring(options: {
  readonly folder: string;
  readonly prometheusPort: number;
  readonly sampleTarget: string;
  readonly system: string;
  readonly alertUrl: string;
  readonly alertToken: string;
}): Promise<Monitoring> {
  const [alertmanager, exporter] = [await freePort(), await freePort()];
  const prometheus = options.prometheusPort;
  mkdirSync(options.folder, { recursive: true });
  const file = (name: string, content: string) => {
    const to = path.join(options.folder, name);
    writeFileSync(to, content);
    return to;
  };
  const rules = file(
    'rules.yml',
    `groups:
  - name: payment-api
    interval: 1s
    rules:
      - alert: PaymentApiDown
        expr: up{job="payment-api"} == 0
        labels: { severity: critical }
        annotations: { summary: payment-api does not answer }
`,
  );
  const config = file(
    'prometheus.yml',
    `global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }
rule_files: ['${rules}']
alerting: { alertmanagers: [{ static_configs: [{ targets: ['127.0.0.1:${alertmanager}'] }] }] }
scrape_configs:
  - job_name: payment-api
    static_configs: [{ targets: ['${options.sampleTarget}'], labels: { system: ${options.system} } }]
  - job_name: node
    static_configs: [{ targets: ['127.0.0.1:${exporter}'] }]
`,
  );
  const routing = file(
    'alertmanager.yml',
    `route: { receiver: agentic-ai, group_by: [alertname, system], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }
receivers:
  - name: agentic-ai
    webhook_configs:
      - url: ${options.alertUrl}
        send_resolved: true
        http_config: { authorization: { credentials: ${options.alertToken} } }
`,
  );
  const running: StartedProcess[] = [
    startProcess('prometheus-node-exporter', [`--web.listen-address=127.0.0.1:${exporter}`]),
    startProcess('prometheus-alertmanager', [
      `--config.file=${routing}`,
      `--storage.path=${options.folder}/am`,
      `--web.listen-address=127.0.0.1:${alertmanager}`,
      '--cluster.listen-address=',
    ]),
    startProcess('prometheus', [
      `--config.file=${config}`,
      `--storage.tsdb.path=${options.folder}/tsdb`,
      `--web.listen-address=127.0.0.1:${prometheus}`,
    ]),
  ];
  const prometheusUrl = `http://127.0.0.1:${prometheus}`;
  const alertmanagerUrl = `http://127.0.0.1:${alertmanager}`;
  for (const url of [
    `${prometheusUrl}/-/ready`,
    `${alertmanagerUrl}/-/ready`,
    `http://127.0.0.1:${exporter}/metrics`,
  ]) {
    await until(async () => (await fetch(url)).ok, {
      what: `${url} answering\n${running.flatMap((one) => one.lines.slice(-5)).join('\n')}`,
      timeoutMs: 30_000,
    });
  }
  return {
    prometheusUrl,
    alertmanagerUrl,
    async value(query) {
      const response = await fetch(`${prometheusUrl}/api/v1/query?query=${encodeURIComponent(query)}`);
      const answer: { data?: { result?: { value: [number, string] }[] } } = await response.json();
      const found = answer.data?.result?.[0]?.value[1];
      return found === undefined ? null : Number(found);
    },
    async stop() {
      for (const one of running) one.kill('SIGTERM');
      await Promise.all(running.map((one) => one.exited));
    },
  };
}
