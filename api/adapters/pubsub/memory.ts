import type { Logger } from 'pino';
import type { PubSub } from '../../ports/pubsub.ts';
import { createListeners } from './listeners.ts';

/** The twin: wakes the listeners of this process, after the caller has gone on. */
export function createMemoryPubSub(log: Logger): PubSub {
  const listeners = createListeners(log);
  let closed = false;
  return {
    publish: (topic, id) => {
      if (!closed) setImmediate(() => listeners.tell(topic, id));
    },
    subscribe: listeners.add,
    close: () => {
      closed = true;
      listeners.clear();
      return Promise.resolve();
    },
  };
}
