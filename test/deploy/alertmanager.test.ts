import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { projectPath } from '../../lib/project-path.ts';
import { describeWith, requireProgram } from '../support/debian.ts';
import { freePort } from '../support/free-port.ts';
import { startProcess } from '../support/process.ts';
import { until } from '../support/until.ts';

const file = projectPath('prometheus/alertmanager.yml');
const text = readFileSync(file, 'utf8');
const configuration = z
  .object({
    inhibit_rules: z.array(
      z.object({
        source_matchers: z.array(z.string()),
        target_matchers: z.array(z.string()),
        equal: z.array(z.string()).default([]),
      }),
    ),
  })
  .parse(parse(text));

test('a label that alerts may lack never makes two alerts equal', () => {
  const requires = (matchers: readonly string[], label: string) =>
    label === 'alertname' ||
    matchers.some((matcher) => new RegExp(`^${label}\\s*(=~\\s*"\\.\\+"|=\\s*"[^"]+")`).test(matcher));

  for (const rule of configuration.inhibit_rules)
    for (const label of rule.equal) {
      expect(requires(rule.source_matchers, label), label).toBe(true);
      expect(requires(rule.target_matchers, label), label).toBe(true);
    }
});

describeWith(['amtool'], 'amtool', () => {
  const amtool = (...args: string[]) => execFileSync(requireProgram('amtool'), args, { encoding: 'utf8' });

  test('takes the configuration', () => {
    expect(amtool('check-config', file)).toContain('SUCCESS');
  });

  test.each([
    [
      'an alert of a watched system',
      'agentic-ai',
      ['alertname=PaymentApiDown', 'severity=critical', 'system=payment-api'],
    ],
    ['an alert about the product', 'agentic-ai', ['alertname=HighCPUUsage', 'severity=warning']],
    [
      'what may silence the bot',
      'slack-fallback,agentic-ai',
      ['alertname=BotDown', 'severity=critical', 'fallback=true'],
    ],
    ['the watchdog', 'watchdog', ['alertname=Watchdog', 'severity=none']],
    ['an alert without any label', 'agentic-ai', ['x=y']],
  ] as const)('sends %s to %s', (_, receivers, labels) => {
    amtool('config', 'routes', 'test', `--config.file=${file}`, `--verify.receivers=${receivers}`, ...labels);
  });
});

describeWith(['prometheus-alertmanager'], 'a running Alertmanager with these routes', () => {
  test('tells Slack past a dead bot, and mutes what follows from a cause but nothing else', {
    timeout: 60_000,
  }, async () => {
    const posts: string[] = [];
    const slack = createServer((request, response) => {
      let body = '';
      request.on('data', (part) => {
        body += part;
      });
      request.on('end', () => {
        posts.push(body);
        response.end('ok');
      });
    });
    const [slackPort, deadPort, port] = [await freePort(), await freePort(), await freePort()];
    await new Promise<void>((resolve) => slack.listen(slackPort, '127.0.0.1', resolve));
    const folder = mkdtempSync(path.join(os.tmpdir(), 'agentic-alertmanager-'));
    writeFileSync(path.join(folder, 'alerts-token'), 'token');
    writeFileSync(path.join(folder, 'slack-webhook-url'), `http://127.0.0.1:${slackPort}/hook`);
    writeFileSync(
      path.join(folder, 'alertmanager.yml'),
      text
        .replaceAll('/etc/alertmanager', folder)
        .replaceAll('localhost:8080', `127.0.0.1:${deadPort}`)
        .replaceAll('group_wait: 30s', 'group_wait: 0s'),
    );
    const alertmanager = startProcess('prometheus-alertmanager', [
      `--config.file=${folder}/alertmanager.yml`,
      `--storage.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ]);
    try {
      const url = `http://127.0.0.1:${port}`;
      await until(async () => (await fetch(`${url}/-/ready`)).ok, {
        what: alertmanager.lines.join('\n'),
        timeoutMs: 20_000,
      });
      const alert = (labels: Record<string, string>) => ({
        labels,
        annotations: { summary: `${labels.alertname} says so` },
      });
      await fetch(`${url}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify([
          alert({ alertname: 'BotDown', severity: 'critical', fallback: 'true' }),
          alert({ alertname: 'ApiDown', severity: 'critical', fallback: 'true' }),
          alert({ alertname: 'ApiInstanceDown', severity: 'warning', instance: 'a' }),
          alert({ alertname: 'DiskFull', severity: 'critical' }),
          alert({ alertname: 'DiskSlow', severity: 'warning' }),
          alert({ alertname: 'Latency', severity: 'critical', system: 'payment-api' }),
          alert({ alertname: 'Latency', severity: 'warning', system: 'payment-api' }),
          alert({ alertname: 'Latency', severity: 'warning', system: 'ledger' }),
        ]),
      });
      await until(() => posts.some((post) => post.includes('BotDown says so')), {
        what: 'the plain post',
        timeoutMs: 20_000,
      });

      const shown = z
        .array(
          z.object({
            labels: z.record(z.string(), z.string()),
            status: z.object({ inhibitedBy: z.array(z.string()) }),
          }),
        )
        .parse(await (await fetch(`${url}/api/v2/alerts`)).json());
      const muted = shown
        .filter(({ status }) => status.inhibitedBy.length > 0)
        .map(({ labels }) => [labels.alertname, labels.severity, labels.system].filter(Boolean).join(' '));

      expect(muted.sort()).toEqual(['ApiInstanceDown warning', 'Latency warning payment-api']);
      expect(posts.join('\n')).not.toContain('DiskFull');
    } finally {
      alertmanager.kill('SIGTERM');
      await alertmanager.exited;
      slack.closeAllConnections();
      slack.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
