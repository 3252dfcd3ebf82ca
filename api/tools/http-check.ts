import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { ProbeReply } from '../ports/http-probe.ts';
import { defineReadTool } from './tool.ts';

const args = z.strictObject({
  system: z.string().min(1).max(120),
  url: z.url({ protocol: /^https?$/ }),
  expectation: z
    .object({
      status: z.number().int().optional(),
      bodyContains: z.string().optional(),
      maxLatencyMs: z.number().int().optional(),
    })
    .nullable(),
  /** Time limit of one try. */
  timeoutMs: z.number().int().min(100).max(10_000),
  /** Tries in a row while it is unhealthy. */
  attempts: z.number().int().min(1).max(5),
  /** Goes on trying until healthy or this much time has passed; for the check after a change. */
  waitMs: z.number().int().min(0).max(15_000),
});
type Args = z.infer<typeof args>;

/** One reading of a system's health. */
export type HealthReading = {
  readonly system: string;
  readonly state: 'HEALTHY' | 'SLOW' | 'UNHEALTHY';
  readonly statusCode: number | null;
  readonly latencyMs: number | null;
  readonly attempts: number;
  readonly message: string;
};

const slowAfterMs = 2_000;

/** What one answer means against what is expected of the system. */
export function judgeProbe(
  reply: ProbeReply,
  expectation: Args['expectation'],
): Pick<HealthReading, 'state' | 'message'> {
  if (!reply.reached) return { state: 'UNHEALTHY', message: reply.error ?? 'not reachable' };
  const wanted = expectation?.status;
  const code = reply.statusCode ?? 0;
  if (wanted === undefined ? code < 200 || code >= 400 : code !== wanted) {
    return { state: 'UNHEALTHY', message: `answered ${code}${wanted === undefined ? '' : `, expected ${wanted}`}` };
  }
  if (expectation?.bodyContains !== undefined && !reply.body.includes(expectation.bodyContains)) {
    return { state: 'UNHEALTHY', message: `answered ${code} without the expected words` };
  }
  const limit = expectation?.maxLatencyMs ?? slowAfterMs;
  if (reply.latencyMs > limit)
    return { state: 'SLOW', message: `answered ${code} in ${reply.latencyMs} ms, limit ${limit} ms` };
  return { state: 'HEALTHY', message: `answered ${code} in ${reply.latencyMs} ms` };
}

/** Asks the health address of a registered system, once more when the first answer is bad. */
export const httpCheck = defineReadTool<Args, HealthReading>({
  name: 'http.check',
  args,
  timeoutMs: 30_000,
  run: async ({ system, url, expectation, timeoutMs, attempts, waitMs }, ports, signal) => {
    const until = performance.now() + waitMs;
    for (let attempt = 1; ; attempt++) {
      const reply = await ports.probe.get(url, timeoutMs);
      const judged = judgeProbe(reply, expectation);
      const again = judged.state === 'UNHEALTHY' && (attempt < attempts || performance.now() < until);
      if (!again) {
        return {
          outcome: 'success',
          kind: 'health',
          title: `Health of ${system}`,
          asked: `GET ${url}`,
          summary: `${system}: ${judged.message}${attempt > 1 ? ` (try ${attempt})` : ''}`,
          data: {
            system,
            ...judged,
            statusCode: reply.statusCode,
            latencyMs: reply.reached ? reply.latencyMs : null,
            attempts: attempt,
          },
        };
      }
      await pause(waitMs > 0 ? 500 : 200, undefined, { signal });
    }
  },
});
