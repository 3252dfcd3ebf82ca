import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { projectPath } from '../../lib/project-path.ts';
import { panelsOf } from '../support/dashboard-panels.ts';
import { describeWith } from '../support/debian.ts';
import { freePort } from '../support/free-port.ts';
import { type StartedProcess, startProcess } from '../support/process.ts';
import { type RunningProduct, startProduct } from '../support/product.ts';
import { APPROVER, CHANNEL } from '../support/thread.ts';
import { until } from '../support/until.ts';

/** Lines that show no number here, and why. */
const noNumber: Readonly<Record<string, string>> = {
  'Duration of a call': 'no language model is configured, so there is no call to be timed',
};
const answer = z.object({
  status: z.string(),
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }).optional(),
});
const ruleFile = z.object({ groups: z.array(z.object({ rules: z.array(z.object({ expr: z.string() })) })) });

describeWith(['prometheus'], 'the dashboards on a real Prometheus that scrapes the real product', () => {
  let folder: string;
  let product: RunningProduct;
  let prometheus: StartedProcess;
  let url: string;

  async function query(expr: string) {
    const response = await fetch(`${url}/api/v1/query`, { method: 'POST', body: new URLSearchParams({ query: expr }) });
    const { status, data } = answer.parse(await response.json());
    expect(status, expr).toBe('success');
    return (data?.result ?? []).map(({ value }) => Number(value[1]));
  }

  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'agentic-dashboards-'));
    const [port, nobody] = [await freePort(), await freePort()];
    product = await startProduct({ HEALTH_CHECK_CRON: '*/2 * * * * *' });
    const { ports } = product;
    const text = readFileSync(projectPath('prometheus/prometheus.yml'), 'utf8')
      .replaceAll('15s', '1s')
      .replaceAll('rules/*.yml', projectPath('prometheus/rules/*.yml'))
      .replaceAll('localhost:8000', `127.0.0.1:${ports.api}`)
      .replaceAll('localhost:8080', `127.0.0.1:${ports.bot}`)
      .replaceAll('localhost:8090', `127.0.0.1:${ports.sample}`)
      .replaceAll(/localhost:9\d+/g, `127.0.0.1:${nobody}`);
    writeFileSync(path.join(folder, 'prometheus.yml'), text);
    url = `http://127.0.0.1:${port}`;
    prometheus = startProcess('prometheus', [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ]);
    await until(async () => (await fetch(`${url}/-/ready`)).ok, { what: 'Prometheus', timeoutMs: 30_000 });
    await until(async () => (await query('sum(up{job=~"agentic-.+"})'))[0] === 2, {
      what: 'scrapes',
      timeoutMs: 60_000,
    });
    // A few requests, a command, an answer that fails: what happens every day. Some tasks end meanwhile.
    await until(
      async () => {
        await product.query('query Operators { incidents(first: 1) { totalCount } }');
        await fetch(`http://127.0.0.1:${ports.api}/nowhere`);
        return ((await query('sum(increase(agent_tasks_total[24h]))'))[0] ?? 0) > 2;
      },
      { what: 'ended tasks', timeoutMs: 90_000, everyMs: 500 },
    );
    await product.slack.command({ user: APPROVER, channel: CHANNEL, text: 'help' });
    await until(async () => ((await query('sum(increase(agentic_commands_total[5m]))'))[0] ?? 0) > 0, {
      what: 'a counted command',
      timeoutMs: 30_000,
      everyMs: 500,
    });
  });

  afterAll(async () => {
    prometheus?.kill('SIGTERM');
    await prometheus?.exited;
    await product?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(['agent-performance.json', 'system-health.json'])('every panel of %s shows something', async (file) => {
    const empty: string[] = [];
    for (const panel of panelsOf(JSON.parse(readFileSync(projectPath('grafana/dashboards', file), 'utf8')))) {
      for (const expr of panel.queries) {
        const values = await query(expr.replaceAll('$__rate_interval', '1m'));
        const shown = panel.title in noNumber ? values.length > 0 : values.some((value) => Number.isFinite(value));
        if (!shown) empty.push(`${panel.title}: ${expr} → ${JSON.stringify(values)}`);
      }
    }

    expect(empty).toEqual([]);
  });

  test('every rule can be evaluated, and a product that is well raises none but the watchdog', async () => {
    const rules = ruleFile.parse(parse(readFileSync(projectPath('prometheus/rules/agentic-ai.yml'), 'utf8')));
    for (const { expr } of rules.groups.flatMap((group) => group.rules)) await query(expr);

    expect(await query('count(ALERTS{alertname="Watchdog",alertstate="firing"})')).toEqual([1]);
    expect(await query('ALERTS{alertname=~".*(Down|Stuck|Missing|Silent|Unreachable|Errors|Failing)"}')).toEqual([]);
  });

  test('no process shows more than 2,000 series', async () => {
    const [most] = await query('max(scrape_samples_scraped{job=~"agentic-.+"})');

    expect(most).toBeGreaterThan(100);
    expect(most).toBeLessThan(2_000);
  });
});
