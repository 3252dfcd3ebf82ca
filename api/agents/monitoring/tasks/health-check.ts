import { z } from 'zod';
import { AppError } from '../../../../lib/errors.ts';
import { httpCheck } from '../../../tools/http-check.ts';
import { defineTask, type SystemFacts } from '../../task.ts';

const input = z.strictObject({
  /** Names of systems; all registered ones when left out. */
  systems: z.array(z.string().min(1).max(120)).min(1).max(100).optional(),
});
const expectation = z
  .object({ status: z.number().int(), bodyContains: z.string(), maxLatencyMs: z.number().int() })
  .partial();

const reading = z.object({
  system: z.string(),
  state: z.enum(['HEALTHY', 'SLOW', 'UNHEALTHY', 'UNKNOWN']),
  statusCode: z.number().nullable(),
  latencyMs: z.number().nullable(),
  message: z.string(),
  evidenceRef: z.number().int().nullable(),
});
type Reading = z.infer<typeof reading>;

const tryLimitMs = 3_000;
const tries = 2;

/** Asks the health address of each system at once; unhealthy ones first in the answer. Needs no language model. */
export const task = defineTask<z.infer<typeof input>>({
  type: 'health_check',
  title: { en: 'Health check', ko: '상태 점검' },
  description: {
    en: 'Calls the health address of each system in parallel, with a time limit and one more try, and keeps the readings.',
    ko: '각 시스템의 상태 주소를 병렬로 호출하고(시간 제한, 재시도 1회) 결과를 남깁니다.',
  },
  input,
  exampleInput: { systems: ['payment-api'] },
  output: z.object({ readings: z.array(reading), unhealthy: z.number().int() }),
  maxRisk: 'read_only',
  usesLanguageModel: false,
  describe: ({ systems }) => ({
    en: systems === undefined ? 'Health of all systems' : `Health of ${systems.join(', ')}`,
    ko: systems === undefined ? '전체 시스템 상태 점검' : `${systems.join(', ')} 상태 점검`,
  }),
  run: async ({ systems: names }, context) => {
    const registered = await context.record.systems();
    const unknown = (names ?? []).filter((name) => registered.every((one) => one.name !== name));
    if (unknown.length > 0) {
      throw new AppError('INVALID_INPUT', inLocale(context.locale, unknown.join(', ')), {
        path: ['input', 'params', 'systems'],
      });
    }
    const wanted = registered.filter((one) => names === undefined || names.includes(one.name));
    const readings = await Promise.all(wanted.map((system) => check(system)));
    // One after the other and in one order: each of these is a step of its own.
    for (const [index, one] of readings.entries()) {
      const system = wanted[index];
      if (system === undefined || one.state === 'UNKNOWN') continue;
      const { state, statusCode, latencyMs, message } = one;
      await context.record.saveHealth({
        systemId: system.id,
        state,
        statusCode,
        latencyMs,
        attempts: one.attempts,
        message,
      });
    }
    const order = ['UNHEALTHY', 'SLOW', 'UNKNOWN', 'HEALTHY'];
    const sorted = readings
      .map(({ attempts: _, ...rest }): Reading => rest)
      .sort(
        (one, other) => order.indexOf(one.state) - order.indexOf(other.state) || (one.system < other.system ? -1 : 1),
      );
    return { readings: sorted, unhealthy: sorted.filter((one) => one.state === 'UNHEALTHY').length };

    async function check(system: SystemFacts): Promise<Reading & { attempts: number }> {
      const none = { system: system.name, statusCode: null, latencyMs: null, attempts: 0 };
      if (system.healthUrl === null) {
        return { ...none, state: 'UNKNOWN', message: 'no health address is registered', evidenceRef: null };
      }
      const parsed = expectation.safeParse(system.expectation ?? {});
      const reply = await context.tool(
        `check:${system.name}`,
        { en: `Health of ${system.displayName}`, ko: `${system.displayName} 상태` },
        httpCheck,
        {
          system: system.name,
          url: system.healthUrl,
          expectation: parsed.success ? parsed.data : null,
          timeoutMs: tryLimitMs,
          attempts: tries,
          waitMs: 0,
        },
      );
      if (reply.outcome !== 'success') {
        return { ...none, state: 'UNKNOWN', message: reply.reason, evidenceRef: reply.evidence.ref };
      }
      return { ...reply.data, evidenceRef: reply.evidence.ref };
    }
  },
});

const inLocale = (locale: 'KO' | 'EN', names: string) =>
  locale === 'KO' ? `등록되지 않은 시스템입니다: ${names}` : `Not registered: ${names}`;
