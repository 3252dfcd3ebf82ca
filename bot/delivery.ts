import { formatDuration } from '../lib/duration.ts';
import { isAppError } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import type { Api } from './api.ts';
import type { Notification } from './blocks/draw.ts';
import { type DeliverOneOptions, type DeliveryReport, deliverOne } from './deliver-one.ts';
import type { BotMetrics } from './metrics.ts';
import { notificationClaim, notificationConfirm } from './operations.ts';
import { ended, idlePace, limited, nextSends, type PaceState, sending, type Waiting } from './pace-rules.ts';

export interface DeliveryOptions extends DeliverOneOptions {
  readonly api: Api;
  readonly log: Logger;
  readonly metrics: BotMetrics;
  /** Unique among running bots. */
  readonly worker: string;
  readonly workspace: () => string;
  readonly pollMs?: number;
}

export interface Delivery {
  /** Something waits, or may. */
  wake(): void;
  /** Hands back what is not on its way; resolves when the last call has ended. */
  stop(): Promise<void>;
}

interface Claimed extends Waiting {
  readonly notification: Notification;
  readonly leaseToken: string;
  readonly claimedAt: number;
}

const leaseMs = 60_000;
/** A claim that could not be used by then goes back, so that it never runs out on its way. */
const handBackAfterMs = 35_000;
const claimSize = 20;
const longestQueue = 80;
/** A shorter rest is waited out here, which keeps the order of the channel. */
const longestRestHereMs = 20_000;

/** Sends the outbox: claim, pace, post or edit, confirm. Runs until stopped. */
export function startDelivery(options: DeliveryOptions): Delivery {
  const { api, log, metrics } = options;
  const waiting = new Map<string, Claimed>();
  const flying = new Set<Promise<void>>();
  let pace: PaceState = idlePace;
  let order = 0;
  let stopped = false;
  let claiming = false;
  let again = false;
  let pumpTimer: NodeJS.Timeout | undefined;

  const claim = async (): Promise<void> => {
    if (claiming) {
      again = true;
      return;
    }
    if (stopped || waiting.size >= longestQueue) return;
    claiming = true;
    try {
      do {
        again = false;
        const { notificationClaim: answer } = await api.call(notificationClaim, {
          input: { channels: ['CHAT'], leaseFor: formatDuration(leaseMs), limit: claimSize, worker: options.worker },
        });
        for (const notification of answer.notifications) take(notification, answer.lease?.token ?? '');
        again ||= answer.notifications.length === claimSize && waiting.size < longestQueue;
      } while (again && !stopped);
    } catch (error) {
      // While the api is away /readyz and its own log say so; anything else is a fault to be seen.
      if (isAppError(error) && error.code === 'UNAVAILABLE') log.debug({ err: error }, 'nothing could be claimed');
      else log.error({ err: error }, 'nothing could be claimed');
    } finally {
      claiming = false;
    }
    if (stopped) for (const one of [...waiting.values()]) handBack(one, 'the bot stops');
    pump();
  };

  const take = (notification: Notification, token: string): void => {
    const post = notification.address?.message == null;
    waiting.set(notification.id, {
      id: notification.id,
      channel: notification.address?.channel ?? `direct:${notification.id}`,
      method: post ? 'post' : 'update',
      priority: notification.priority,
      isParent: post && (notification.kind === 'INCIDENT_CARD' || notification.kind === 'STORM_DIGEST'),
      isDigest: notification.kind === 'STORM_DIGEST',
      order: order++,
      notification,
      leaseToken: notification.leaseToken ?? token,
      claimedAt: performance.now(),
    });
  };

  const pump = (): void => {
    clearTimeout(pumpTimer);
    if (stopped) return;
    const now = performance.now();
    for (const one of waiting.values()) if (now - one.claimedAt > handBackAfterMs) handBack(one, 'waited for its turn');
    const { send, lookAgainAt } = nextSends(pace, [...waiting.values()], now);
    for (const one of send) {
      const claimed = waiting.get(one.id);
      if (claimed === undefined) continue;
      waiting.delete(one.id);
      pace = sending(pace, one, now);
      fly(sendOne(claimed));
    }
    measure();
    if (lookAgainAt !== null) pumpTimer = setTimeout(pump, Math.max(5, lookAgainAt - now));
  };

  const fly = (work: Promise<void>): void => {
    const tracked = work.finally(() => flying.delete(tracked));
    flying.add(tracked);
  };

  const sendOne = async (claimed: Claimed): Promise<void> => {
    let report: DeliveryReport;
    try {
      report = await deliverOne(options, claimed.notification);
    } catch (error) {
      log.error({ err: error, notificationId: claimed.id }, 'a message could not be drawn or sent');
      report = { result: 'REFUSED', error: 'it could not be drawn' };
    }
    metrics.deliveries.inc({ result: report.result });
    pace = ended(pace, claimed.channel);
    if (report.result === 'LIMITED') {
      pace = limited(pace, report.method, claimed.channel, report.retryAfterMs, performance.now());
      if (report.retryAfterMs <= longestRestHereMs && !stopped) waiting.set(claimed.id, claimed);
      else fly(confirm(claimed, { result: 'RETRY_LATER', error: 'rate limited' }, report.retryAfterMs));
    } else fly(confirm(claimed, report));
    pump();
  };

  const confirm = async (
    claimed: Claimed,
    report: Exclude<DeliveryReport, { result: 'LIMITED' }>,
    retryAfterMs?: number,
  ): Promise<void> => {
    const input = {
      id: claimed.id,
      leaseToken: claimed.leaseToken,
      revision: claimed.notification.revision,
      result: report.result,
      ...(report.result === 'DELIVERED'
        ? {
            address: {
              workspace: options.workspace(),
              channel: report.channel,
              thread: report.thread,
              message: report.message,
            },
          }
        : { error: report.error }),
      ...(retryAfterMs === undefined ? {} : { retryAfter: formatDuration(retryAfterMs) }),
    };
    try {
      // The same report twice changes nothing, so it is repeated for as long as the claim may stand.
      const { notificationConfirm: answer } = await api.call(
        notificationConfirm,
        { input },
        { retry: true, timeoutMs: stopped ? 3_000 : 20_000 },
      );
      for (const { code, message } of answer.userErrors)
        log.warn({ notificationId: claimed.id, code, message }, 'a delivery report was refused');
    } catch (error) {
      log.warn(
        { notificationId: claimed.id, result: report.result, code: isAppError(error) ? error.code : 'INTERNAL' },
        'a delivery could not be reported; it will be looked up',
      );
    }
  };

  const handBack = (one: Claimed, why: string): void => {
    waiting.delete(one.id);
    fly(confirm(one, { result: 'RETRY_LATER', error: why }, 0));
  };

  const measure = (): void => {
    const now = performance.now();
    metrics.outboxDepth.set(waiting.size);
    metrics.outboxOldestSeconds.set(
      Math.max(0, ...[...waiting.values()].map(({ claimedAt }) => (now - claimedAt) / 1_000)),
    );
  };

  const poll = setInterval(() => fly(claim()), options.pollMs ?? 1_000);
  fly(claim());
  return {
    wake: () => void (stopped || fly(claim())),
    async stop() {
      stopped = true;
      clearInterval(poll);
      clearTimeout(pumpTimer);
      for (const one of [...waiting.values()]) handBack(one, 'the bot stops');
      while (flying.size > 0) await Promise.allSettled([...flying]);
    },
  };
}
