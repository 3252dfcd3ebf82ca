import type { Db } from './db.ts';
import type { Durable } from './durable/durable.ts';
import type { DependencyReading } from './graphql/request-context.ts';
import type { Readiness } from './http/server.ts';
import type { Llm } from './ports/llm.ts';
import type { MetricsSource } from './ports/metrics-source.ts';

export interface DependencyOptions {
  readonly redisConfigured: boolean;
  readonly db: Db;
  readonly durable: Durable;
  readonly llm: Llm;
  readonly metrics: MetricsSource | null;
  readonly kubernetes: unknown;
  /** Qdrant as searches see it; null when none is configured. */
  readonly qdrant: (() => Promise<QdrantReading>) | null;
  readonly works: boolean;
  readonly isLaunched: () => boolean;
}

/** What Qdrant holds, and why searches are not answered by it. */
export interface QdrantReading {
  /** Null when it does not answer. */
  readonly points: number | null;
  readonly fallback: string | null;
}

const probeMs = 2_000;

/** What the product leans on, read afresh when asked, and whether this process is ready. */
export function createDependencies(options: DependencyOptions) {
  let open = false;
  const database = async (): Promise<number | null> => {
    const begun = performance.now();
    try {
      await Promise.race([
        options.db.$queryRaw`select 1`,
        new Promise((_, reject) => setTimeout(() => reject(new Error('late')), probeMs).unref()),
      ]);
      return Math.round(performance.now() - begun);
    } catch {
      return null;
    }
  };
  return {
    /** From here on the process may be called ready. */
    open() {
      open = true;
    },
    async readiness(): Promise<Readiness> {
      const checks = {
        started: open,
        database: (await database()) !== null,
        worker: !options.works || (options.isLaunched() && options.durable.isHeld()),
      };
      return { ready: Object.values(checks).every(Boolean), checks };
    },
    async read(): Promise<readonly DependencyReading[]> {
      const checkedAt = new Date();
      const reading = (
        name: string,
        state: DependencyReading['state'],
        message: string | null,
        required = false,
        latencyMs: number | null = null,
      ): DependencyReading => ({ name, state, message, required, latencyMs, checkedAt });
      const { redisConfigured } = options;
      const latency = await database();
      return [
        reading('postgresql', latency === null ? 'DOWN' : 'UP', null, true, latency),
        reading(
          'redis',
          redisConfigured ? 'UP' : 'NOT_CONFIGURED',
          redisConfigured ? null : 'wake-ups travel through PostgreSQL',
        ),
        reading(
          'language model',
          options.llm.mode === 'none' ? 'NOT_CONFIGURED' : 'UP',
          options.llm.mode === 'none' ? 'facts are collected, no analysis is written' : options.llm.model,
        ),
        await prometheus(),
        reading(
          'kubernetes',
          options.kubernetes === null ? 'NOT_CONFIGURED' : 'UP',
          options.kubernetes === null ? 'the local process runner alone' : null,
        ),
        await qdrant(),
      ];

      async function qdrant(): Promise<DependencyReading> {
        if (options.qdrant === null)
          return reading('qdrant', 'NOT_CONFIGURED', 'manuals are searched in the embedded index');
        const begun = performance.now();
        const { points, fallback } = await options.qdrant();
        const tookMs = Math.round(performance.now() - begun);
        if (points === null) return reading('qdrant', 'DOWN', 'manuals are searched in the embedded index');
        if (fallback === null) return reading('qdrant', 'UP', `${points} chunks`, false, tookMs);
        return reading('qdrant', 'DEGRADED', fallback, false, tookMs);
      }

      async function prometheus(): Promise<DependencyReading> {
        if (options.metrics === null) return reading('prometheus', 'NOT_CONFIGURED', 'health checks alone');
        const begun = performance.now();
        try {
          await options.metrics.instant('vector(1)', AbortSignal.timeout(probeMs));
          return reading('prometheus', 'UP', null, false, Math.round(performance.now() - begun));
        } catch {
          return reading('prometheus', 'DOWN', 'it does not answer');
        }
      }
    },
  };
}
