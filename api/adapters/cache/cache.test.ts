import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../../lib/log.ts';
import { describeWith } from '../../../test/support/debian.ts';
import { type OwnRedis, startRedis } from '../../../test/support/redis.ts';
import { until } from '../../../test/support/until.ts';
import { cacheContract } from './contract.ts';
import { createMemoryCache } from './memory.ts';
import { createRedisCache } from './redis.ts';

const log = createLogger({ name: 'test', level: 'silent' });

describe('in this process', () => {
  cacheContract(async () => createMemoryCache());

  it('is bounded: what expired goes first, then what was written first', async () => {
    let now = 0;
    const cache = createMemoryCache({ monotonicMs: () => now, maxEntries: 3 });
    await cache.set('short', 'x', 10);
    await cache.set('first', 'x', 1_000);
    await cache.set('second', 'x', 1_000);
    now = 20;

    await cache.set('third', 'x', 1_000);
    const afterExpired = [await cache.get('first'), await cache.get('second'), await cache.get('third')];
    await cache.set('fourth', 'x', 1_000);

    expect(afterExpired).toEqual(['x', 'x', 'x']);
    expect(await cache.get('first')).toBeUndefined();
    expect(await cache.get('fourth')).toBe('x');
  });
});

describeWith(['redis-server'], 'in Redis', () => {
  let redis: OwnRedis;
  const open = () => createRedisCache({ redisUrl: redis.url, log });
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  cacheContract(open);

  it('while Redis is away each call fails quickly as UNAVAILABLE, and works again afterwards', async () => {
    const cache = await open();
    await redis.kill();
    const begun = performance.now();

    const failure = await cache.increment('limit', 1_000).catch((error: unknown) => error);
    const usable = await cache.ping();
    const tookMs = performance.now() - begun;
    await redis.start();
    await until(() => cache.ping(), { what: 'Redis back' });

    expect(failure).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    expect(usable).toBe(false);
    expect(tookMs).toBeLessThan(2_500);
    expect(await cache.increment('limit', 1_000)).toBe(1);
    await cache.close();
  });
});
