import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { PubSub } from '../../ports/pubsub.ts';
import { createListeners, decodeWake, encodeWake, wakeChannel } from './listeners.ts';

/**
 * Wake-ups by way of Redis: one connection that listens, one that speaks, both come back by themselves. Listeners of this process
 * hear at once, also while Redis is away; after a gap everybody is woken once.
 */
export async function createRedisPubSub(options: { readonly redisUrl: string; readonly log: Logger }): Promise<PubSub> {
  const { log } = options;
  const listeners = createListeners(log);
  const own = randomUUID();
  let closed = false;
  const open = (): Redis => {
    const redis = new Redis(options.redisUrl, {
      lazyConnect: true,
      connectTimeout: 2_000,
      enableOfflineQueue: false,
      autoResubscribe: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (times) => Math.min(100 * times, 1_000),
    });
    redis.on('error', (error: Error) => log.debug({ err: error }, 'wake-ups lost Redis, polling goes on'));
    return redis;
  };
  const [hearing, speaking] = [open(), open()];
  hearing.on('message', (_channel: string, text: string) => {
    if (text.startsWith(own)) return;
    const wake = decodeWake(text.slice(own.length));
    if (wake !== null) listeners.tell(wake.topic, wake.id);
  });
  const subscribe = (): Promise<unknown> =>
    hearing.subscribe(wakeChannel).catch((error: unknown) => log.debug({ err: error }, 'wake-ups not subscribed'));
  // A Redis that is away at the start is no reason not to start: it is only a hint.
  const [heard] = await Promise.allSettled([hearing.connect(), speaking.connect()]);
  if (heard.status === 'fulfilled') await subscribe();
  hearing.on('ready', () => void subscribe().then(listeners.tellAll));
  return {
    publish: (topic, id) => {
      if (closed) return;
      setImmediate(() => listeners.tell(topic, id));
      speaking
        .publish(wakeChannel, own + encodeWake(topic, id))
        .catch((error: unknown) => log.debug({ err: error }, 'wake-up not sent'));
    },
    subscribe: listeners.add,
    close: () => {
      closed = true;
      listeners.clear();
      hearing.disconnect();
      speaking.disconnect();
      return Promise.resolve();
    },
  };
}
