import { z } from 'zod';
import { httpCheck } from '../../tools/http-check.ts';
import { metricsQuery } from '../../tools/metrics.ts';
import type { StoredEvidence, SystemFacts, TaskContext } from '../task.ts';
import { verifyQueryOf } from './collect.ts';

/** What fresh looks at the target showed after a change. */
export interface Verification {
  readonly good: boolean;
  readonly summary: string;
  readonly refs: readonly number[];
  readonly seconds: number;
}

const limitMs = 90_000;
const pauseMs = 3_000;
const expectation = z
  .object({ status: z.number().int(), bodyContains: z.string(), maxLatencyMs: z.number().int() })
  .partial();

/** Looks afresh until health and the system's own query are good, at most 90 s. The first good look ends it; an exit code never does. */
export async function verify(task: TaskContext, system: SystemFacts, tag: string): Promise<Verification> {
  const begun = await task.now(`verify${tag}:begun`);
  for (let round = 1; ; round++) {
    const looked = await look(task, system, `${tag}:${round}`);
    const now = await task.now(`verify${tag}:now:${round}`);
    const passedMs = now.getTime() - begun.getTime();
    const seconds = Math.round(passedMs / 1_000);
    const summary = looked.evidence.map((one) => `${one.summary} [${one.ref}]`).join('; ');
    if (looked.good || passedMs + pauseMs > limitMs) {
      return { good: looked.good, summary, refs: looked.evidence.map((one) => one.ref), seconds };
    }
    await task.wait(`verify${tag}:pause:${round}`, pauseMs);
  }
}

async function look(
  task: TaskContext,
  system: SystemFacts,
  tag: string,
): Promise<{ readonly good: boolean; readonly evidence: readonly StoredEvidence[] }> {
  const evidence: StoredEvidence[] = [];
  if (system.healthUrl !== null) {
    const parsed = expectation.safeParse(system.expectation ?? {});
    const health = await task.tool(
      `verify:health${tag}`,
      { en: 'Verify: fresh health check', ko: '검증: 새 상태 점검' },
      httpCheck,
      {
        system: system.name,
        url: system.healthUrl,
        expectation: parsed.success ? parsed.data : null,
        timeoutMs: 2_000,
        attempts: 1,
        waitMs: 10_000,
      },
    );
    evidence.push(health.evidence);
    if (health.outcome === 'success') {
      // The system's history hears of it too: if it goes down again a moment later, that is a new episode and not the old one.
      const { state, statusCode, latencyMs, attempts, message } = health.data;
      await task.record.saveHealth({ systemId: system.id, state, statusCode, latencyMs, attempts, message });
    }
    if (health.outcome !== 'success' || health.data.state !== 'HEALTHY') return { good: false, evidence };
  }
  const query = verifyQueryOf(system);
  if (task.has.metrics && query !== null) {
    const metric = await task.tool(
      `verify:metrics${tag}`,
      { en: "Verify: Prometheus' own query", ko: '검증: Prometheus 쿼리' },
      metricsQuery,
      {
        title: `${system.name} works`,
        query,
        waitMs: 10_000,
      },
    );
    evidence.push(metric.evidence);
    if (metric.outcome !== 'success') return { good: false, evidence };
  }
  // A system with neither a health address nor a query cannot be verified, whatever the restart answered.
  return { good: evidence.length > 0, evidence };
}
