import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { z } from 'zod';
import { AppError } from '../../../lib/errors.ts';
import type { Cache } from '../../ports/cache.ts';

const commandTimeoutMs = 1_000;

// The window starts with the first call: its expiry is set together with the first count, or not at all.
const incrementScript = `local n = redis.call('INCR', KEYS[1])
if n == 1 or redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return n`;

/**
 * Short-lived values in Redis. While it is away every call fails with UNAVAILABLE within a second: the caller decides whether that
 * closes a door (a limit that guards an effect) or only costs time.
 */
export async function createRedisCache(options: {
  readonly redisUrl: string;
  readonly log: Logger;
  readonly prefix?: string;
}): Promise<Cache> {
  const prefix = options.prefix ?? 'agentic:';
  const redis = new Redis(options.redisUrl, {
    lazyConnect: true,
    connectTimeout: 2_000,
    commandTimeout: commandTimeoutMs,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => Math.min(100 * times, 1_000),
  });
  redis.on('error', (error: Error) => options.log.debug({ err: error }, 'cache lost Redis'));
  await redis.connect().catch(() => undefined);

  const asked = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw new AppError('UNAVAILABLE', 'The cache cannot be reached now.', { cause: error, retryable: true });
    }
  };

  return {
    get: (key) => asked(async () => (await redis.get(prefix + key)) ?? undefined),
    set: (key, value, ttlMs) =>
      asked(async () => void (await redis.set(prefix + key, value, 'PX', Math.max(1, Math.ceil(ttlMs))))),
    increment: (key, windowMs) =>
      asked(async () =>
        z.number().parse(await redis.eval(incrementScript, 1, prefix + key, Math.max(1, Math.ceil(windowMs)))),
      ),
    ping: () =>
      redis.ping().then(
        () => true,
        () => false,
      ),
    close: () => {
      redis.disconnect();
      return Promise.resolve();
    },
  };
}
