import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { describeWith } from '../support/debian.ts';
import { freePort } from '../support/free-port.ts';
import { type RunningProduct, startProduct } from '../support/product.ts';
import { type Monitoring, startMonitoring } from '../support/prometheus.ts';
import { APPROVER, CHANNEL, hasControl, parents, textOf, waitForParent, waitForReply } from '../support/thread.ts';
import { until } from '../support/until.ts';

const story = z.object({
  incidents: z.object({
    totalCount: z.number(),
    nodes: z.array(
      z.object({
        number: z.string(),
        status: z.string(),
        evidence: z.object({ nodes: z.array(z.object({ title: z.string(), asked: z.string(), summary: z.string() })) }),
        approvals: z.object({
          nodes: z.array(
            z.object({
              status: z.string(),
              decisions: z.array(z.object({ by: z.object({ displayName: z.string() }) })),
            }),
          ),
        }),
        tasks: z.object({
          nodes: z.array(
            z.object({
              status: z.string(),
              taskType: z.object({ name: z.string() }),
              effects: z.array(z.object({ status: z.string(), accepted: z.boolean().nullable() })),
            }),
          ),
        }),
      }),
    ),
  }),
});

describeWith(
  ['prometheus', 'prometheus-alertmanager', 'prometheus-node-exporter'],
  'a real alert from Prometheus',
  () => {
    let folder: string;
    let product: RunningProduct;
    let monitoring: Monitoring;

    beforeAll(async () => {
      folder = mkdtempSync(path.join(os.tmpdir(), 'agentic-prometheus-'));
      const [sample, bot] = [await freePort(), await freePort()];
      const prometheusPort = await freePort();
      // Prometheus gets its port first, so that the product can be told where it will be.
      product = await startProduct({
        SAMPLE_PORT: String(sample),
        BOT_PORT: String(bot),
        PROMETHEUS_URL: `http://127.0.0.1:${prometheusPort}`,
        HEALTH_CHECK_CRON: '0 0 3 1 1 *',
      });
      monitoring = await startMonitoring({
        folder,
        prometheusPort,
        sampleTarget: `127.0.0.1:${sample}`,
        system: 'payment-api',
        alertUrl: `http://127.0.0.1:${bot}/alerts/alertmanager`,
        alertToken: product.secrets.ALERTS_TOKEN,
      });
      await until(async () => (await monitoring.value('up{job="payment-api"}')) === 1, {
        what: 'Prometheus scraping the sample service',
        timeoutMs: 30_000,
      });
    });

    afterAll(async () => {
      await monitoring?.stop();
      await product?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    test("becomes one incident, one thread, one approved restart, and is verified by the alert's own query", async () => {
      const { slack } = product;
      await fetch(`http://127.0.0.1:${product.env.SAMPLE_PORT}/break`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"mode":"crash"}',
      });

      const card = await until(
        async () => (await parents(slack)).find((message) => hasControl(message, 'incident.acknowledge')),
        { what: 'the incident card', timeoutMs: 30_000 },
      );
      const runbook = await waitForReply(
        slack,
        card.ts,
        'a finding that names the runbook',
        (message) => /PaymentApiDown/.test(textOf(message)) && /\[\d+\]/.test(textOf(message)),
      );
      const request = await waitForReply(slack, card.ts, 'the approval card', (message) =>
        hasControl(message, 'approval.approve'),
      );
      await slack.press({ user: APPROVER, channel: CHANNEL, ts: request.ts, action_id: 'approval.approve' });
      const resolved = await waitForParent(
        slack,
        card.ts,
        'the resolved card',
        (message) => textOf(message).includes('🟢'),
        90_000,
      );

      expect(textOf(runbook)).toContain('PaymentApiDown');
      expect(textOf(resolved)).not.toContain('incident.acknowledge');
      expect(await parents(slack)).toHaveLength(1);
      expect(await monitoring.value('up{job="payment-api"}')).toBe(1);
      const { incidents } = story.parse(
        await product.query(`{ incidents(first: 2) { totalCount nodes { number status
        evidence(first: 100) { nodes { title asked summary } }
        approvals { nodes { status decisions { by { displayName } } } }
        tasks(first: 20) { nodes { status taskType { name } effects { status accepted } } } } } }`),
      );
      expect(incidents.totalCount).toBe(1);
      const [incident] = incidents.nodes;
      expect(incident?.status).toBe('RESOLVED');
      expect(incident?.approvals.nodes).toEqual([{ status: 'APPROVED', decisions: [{ by: { displayName: 'Mina' } }] }]);
      expect(incident?.tasks.nodes.flatMap((task) => task.effects)).toEqual([{ status: 'DONE', accepted: true }]);
      const queries = incident?.evidence.nodes.filter((one) => one.asked.includes('up{job="payment-api"}')) ?? [];
      expect(queries.length, 'one reading while it was down and one that verified the fix').toBeGreaterThanOrEqual(2);
      await until(
        async () => (await slack.thread(CHANNEL, card.ts)).some((message) => /report|보고서/i.test(message.text)),
        { what: 'the report in the thread' },
      );
    });
  },
);
