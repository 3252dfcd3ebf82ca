import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';
import { sessionName } from '../../db.ts';
import type { PubSub } from '../../ports/pubsub.ts';
import { createListeners, decodeWake, encodeWake, wakeChannel } from './listeners.ts';

const reconnectMs = 500;
const pendingLimit = 1_000;

/**
 * Wake-ups between processes that share nothing but PostgreSQL: LISTEN and NOTIFY on one connection of its own. Listeners of this
 * process hear at once, without the way through the server. After a lost connection everybody is woken once.
 */
export async function createPostgresPubSub(options: {
  readonly databaseUrl: string;
  readonly program: string;
  readonly log: Logger;
}): Promise<PubSub> {
  const { log } = options;
  const listeners = createListeners(log);
  // Set as long as wake-ups wait to be sent; those of one moment travel in one statement, equal ones once.
  const pending = new Set<string>();
  let sending = false;
  let client: pg.Client | undefined;
  let closed = false;
  const own = randomUUID();

  const connect = async (): Promise<void> => {
    const next = new pg.Client({
      connectionString: options.databaseUrl,
      application_name: sessionName(options.program),
      connectionTimeoutMillis: 2_000,
      query_timeout: 5_000,
      keepAlive: true,
    });
    next.on('error', () => undefined);
    next.on('notification', ({ payload }) => {
      if (payload === undefined || payload.startsWith(own)) return;
      const wake = decodeWake(payload.slice(own.length));
      if (wake !== null) listeners.tell(wake.topic, wake.id);
    });
    await next.connect();
    await next.query(`listen ${wakeChannel}`);
    next.once('end', () => {
      client = undefined;
      if (!closed) void reconnect();
    });
    client = next;
  };

  const reconnect = async (): Promise<void> => {
    log.warn('wake-ups lost their connection, polling goes on');
    for (let ended = false; !ended && !closed; ) {
      await pause(reconnectMs);
      ended = await connect().then(
        () => true,
        () => false,
      );
    }
    if (closed) return void client?.end().catch(() => undefined);
    listeners.tellAll();
    void send();
  };

  const send = async (): Promise<void> => {
    if (sending) return;
    sending = true;
    while (client !== undefined && pending.size > 0 && !closed) {
      const batch = [...pending];
      pending.clear();
      const sent = client.query(`select pg_notify('${wakeChannel}', w) from unnest($1::text[]) as w`, [
        batch.map((text) => own + text),
      ]);
      // A lost wake-up costs one poll interval, so it is not sent again.
      await sent.catch((error: unknown) => log.debug({ err: error }, 'wake-ups not sent'));
    }
    sending = false;
  };

  await connect();
  return {
    publish: (topic, id) => {
      if (closed) return;
      setImmediate(() => listeners.tell(topic, id));
      if (pending.size < pendingLimit) pending.add(encodeWake(topic, id));
      setImmediate(() => void send());
    },
    subscribe: listeners.add,
    close: async () => {
      closed = true;
      listeners.clear();
      await client?.end().catch(() => undefined);
    },
  };
}
