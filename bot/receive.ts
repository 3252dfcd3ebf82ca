import { setTimeout as delay } from 'node:timers/promises';
import { formatDuration } from '../lib/duration.ts';
import { isAppError } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import type { Api } from './api.ts';
import { type Inbound, inboundSchema, inboxKey, inboxSources } from './inbound.ts';
import type { BotMetrics } from './metrics.ts';
import { inboxAccept, inboxClaim, inboxComplete } from './operations.ts';

export type Accepted = 'accepted' | 'duplicate' | 'not-accepted';

export interface Receiver {
  /** Stores one delivery; acknowledge it only when the answer is not "not-accepted". `work` then carries it out. */
  accept(inbound: Inbound): Promise<{ readonly outcome: Accepted; readonly work: () => Promise<void> }>;
  /** Stops adopting; resolves when nothing is being carried out any more. */
  stop(): Promise<void>;
}

export interface ReceiveOptions {
  readonly api: Api;
  readonly log: Logger;
  readonly metrics: BotMetrics;
  readonly worker: string;
  readonly handle: (inbound: Inbound) => Promise<void>;
  /** Tells the person that an accepted request waits for the api. */
  readonly tellLater: (inbound: Inbound) => Promise<void>;
  readonly acceptWithinMs?: number;
  readonly adoptEveryMs?: number;
}

const acceptWithinMs = 2_500;
const adoptEveryMs = 3_000;
const adoptLeaseMs = 60_000;
const chatSources = ['CHAT_COMMAND', 'CHAT_ACTION', 'CHAT_FORM', 'CHAT_EVENT'] as const;
const nothing = async (): Promise<void> => undefined;

/** Commit, then acknowledge, then work. Rows that a dead bot left behind are adopted. */
export function createReceiver(options: ReceiveOptions): Receiver {
  const { api, log, metrics } = options;
  const working = new Set<Promise<void>>();
  /** Keys this process works on, or has told the person that nothing was started. */
  const mine = new Set<string>();
  const refused = new Set<string>();
  const ending = new AbortController();

  const accept = async (inbound: Inbound) => {
    const key = inboxKey(inbound);
    const source = inboxSources[inbound.kind];
    mine.add(key);
    try {
      const { inboxAccept: answer } = await api.call(
        inboxAccept,
        { input: { key, source, payload: inbound } },
        { timeoutMs: options.acceptWithinMs ?? acceptWithinMs, retry: true },
      );
      if (answer.event === null || answer.userErrors.length > 0) {
        mine.delete(key);
        log.error({ key, code: answer.userErrors[0]?.code }, 'a delivery was refused by the inbox');
        metrics.inbound.inc({ source, outcome: 'not_accepted' });
        return { outcome: 'not-accepted' as const, work: nothing };
      }
      const { id } = answer.event;
      if (answer.duplicate) {
        mine.delete(key);
        metrics.inbound.inc({ source, outcome: 'duplicate' });
        return { outcome: 'duplicate' as const, work: nothing };
      }
      metrics.inbound.inc({ source, outcome: 'accepted' });
      return { outcome: 'accepted' as const, work: () => track(work(inbound, id, null)) };
    } catch (error) {
      mine.delete(key);
      log.warn({ key, code: isAppError(error) ? error.code : 'INTERNAL' }, 'a delivery could not be stored');
      metrics.inbound.inc({ source, outcome: 'not_accepted' });
      // Slack repeats events, and only them: the others were refused in words, so nothing may start from a late commit.
      if (source !== 'CHAT_EVENT') void forget(inbound, key);
      return { outcome: 'not-accepted' as const, work: nothing };
    }
  };

  const track = (work: Promise<void>): Promise<void> => {
    const tracked = work.finally(() => working.delete(tracked));
    working.add(tracked);
    return tracked;
  };

  const work = async (inbound: Inbound, id: string, leaseToken: string | null): Promise<void> => {
    const key = inboxKey(inbound);
    mine.add(key);
    let problem: string | null = null;
    try {
      await options.handle(inbound);
    } catch (error) {
      problem = isAppError(error) ? error.code : 'INTERNAL';
      metrics.inbound.inc({ source: inboxSources[inbound.kind], outcome: 'failed' });
      log.warn({ key, err: error }, 'a delivery waits for another try');
      if (leaseToken === null) await options.tellLater(inbound).catch(() => undefined);
    }
    await complete(id, leaseToken, problem, false);
    mine.delete(key);
  };

  const complete = async (id: string, leaseToken: string | null, error: string | null, quarantine: boolean) => {
    try {
      await api.call(
        inboxComplete,
        {
          input: {
            id,
            quarantine,
            ...(leaseToken === null ? {} : { leaseToken }),
            ...(error === null ? {} : { error }),
          },
        },
        { retry: true, timeoutMs: 8_000 },
      );
    } catch (failure) {
      log.warn({ err: failure }, 'a delivery could not be marked complete; it will be adopted');
    }
  };

  /** Makes sure that a delivery the person was told is not accepted stays without effect, even if its commit arrives late. */
  const forget = async (inbound: Inbound, key: string): Promise<void> => {
    refused.add(key);
    for (let attempt = 0; attempt < 20 && !ending.signal.aborted; attempt++) {
      try {
        await delay(Math.min(10_000, 500 * 2 ** attempt), undefined, { signal: ending.signal });
        const { inboxAccept: answer } = await api.call(
          inboxAccept,
          { input: { key, source: inboxSources[inbound.kind], payload: inbound } },
          { retry: true },
        );
        if (answer.event !== null)
          await complete(answer.event.id, null, 'the person was told that it was not accepted', true);
        break;
      } catch {
        // The api is still away; nothing can have started meanwhile.
      }
    }
    refused.delete(key);
  };

  const adopt = async (): Promise<void> => {
    if (ending.signal.aborted) return;
    const { inboxClaim: answer } = await api.call(inboxClaim, {
      input: { sources: [...chatSources], leaseFor: formatDuration(adoptLeaseMs), limit: 10, worker: options.worker },
    });
    for (const event of answer.events) {
      const token = answer.lease?.token ?? null;
      const parsed = inboundSchema.safeParse(event.payload);
      if (refused.has(event.key)) {
        await complete(event.id, token, 'the person was told that it was not accepted', true);
      } else if (!parsed.success) {
        log.error({ inbox: event.key }, 'a stored delivery has a strange shape');
        await complete(event.id, token, 'strange shape', true);
      } else if (!mine.has(event.key)) {
        metrics.inbound.inc({ source: inboxSources[parsed.data.kind], outcome: 'adopted' });
        void track(work(parsed.data, event.id, token));
      }
    }
  };

  let adopting = false;
  const timer = setInterval(() => {
    if (adopting) return;
    adopting = true;
    void adopt()
      .catch((error: unknown) => {
        if (isAppError(error) && error.code === 'UNAVAILABLE') log.debug({ err: error }, 'nothing could be adopted');
        else log.error({ err: error }, 'nothing could be adopted');
      })
      .finally(() => {
        adopting = false;
      });
  }, options.adoptEveryMs ?? adoptEveryMs);
  return {
    accept,
    async stop() {
      ending.abort();
      clearInterval(timer);
      await Promise.allSettled([...working]);
    },
  };
}
