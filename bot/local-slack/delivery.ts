import type { Faults } from './faults.ts';
import { newId } from './ids.ts';
import { type Fields, fieldsOf, isFields, textOf } from './json.ts';
import { APP_ID, BOT_USER, type ResolvedOptions } from './options.ts';
import type { Store } from './store.ts';
import type { Attempt, DeliveryType, Transport } from './transport.ts';

/** What the person who pressed or typed sees of the acknowledgement. */
export type Outcome =
  | { ok: true; payload: Fields | undefined }
  | { ok: false; error: 'operation_timeout' | 'dispatch_failed' };

const RETRY_WAITS_MS = [0, 60_000, 300_000];
const REORDER_HOLD_MS = 1000;
const RESUME_AFTER_MS = 5000;

function channelIn(type: DeliveryType, payload: Fields): string | undefined {
  if (type === 'slash_commands') return textOf(payload.channel_id);
  const holder = type === 'events_api' ? fieldsOf(payload.event) : payload;
  const channel = holder.channel ?? fieldsOf(holder.item).channel;
  return textOf(channel) ?? textOf(fieldsOf(channel).id);
}

/** Gets events, commands and clicks to the app: events repeatedly until acknowledged, the others once. */
export class Delivery {
  readonly #transport: () => Transport;
  readonly #store: Store;
  readonly #faults: Faults;
  readonly #options: ResolvedOptions;
  readonly #timers = new Set<NodeJS.Timeout>();
  #held: (() => void)[] = [];
  #isStopped = false;

  constructor(parts: { transport: () => Transport; store: Store; faults: Faults; options: ResolvedOptions }) {
    this.#transport = parts.transport;
    this.#store = parts.store;
    this.#faults = parts.faults;
    this.#options = parts.options;
  }

  /** Sends an event, again at once, after one and after five minutes until it is acknowledged. */
  event(event: Fields): string {
    const id = newId('Ev');
    const { teamId, now } = this.#options;
    const payload = {
      token: 'local',
      type: 'event_callback',
      team_id: teamId,
      api_app_id: APP_ID,
      event_id: id,
      event_time: Math.floor(now() / 1000),
      authorizations: [
        { enterprise_id: null, team_id: teamId, user_id: BOT_USER, is_bot: true, is_enterprise_install: false },
      ],
      is_ext_shared_channel: false,
      event_context: id,
      event,
    };
    this.#store.saveEvent({ id, payload, attempt: 0 });
    void this.#deliverEvent(id, 0, '');
    return id;
  }

  /** Takes up events that were waiting when the process ended, after the app has had a moment to connect. */
  resume(): void {
    for (const { id, attempt } of [...this.#store.pendingEvents.values()]) {
      const waitMs = Math.max(RETRY_WAITS_MS[attempt] ?? 0, RESUME_AFTER_MS);
      this.#later(waitMs * this.#options.retryTimeScale, () => void this.#deliverEvent(id, attempt + 1, 'timeout'));
    }
  }

  command(payload: Fields): Promise<Outcome> {
    return this.#once('slash_commands', payload);
  }

  interactive(payload: Fields): Promise<Outcome> {
    return this.#once('interactive', payload);
  }

  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#releaseHeld();
  }

  async #deliverEvent(id: string, attempt: number, reason: string): Promise<void> {
    const event = this.#store.pendingEvents.get(id);
    if (!event || this.#isStopped) return;
    if (attempt > RETRY_WAITS_MS.length) {
      this.#store.finishEvent(id);
      return;
    }
    const outcome = await this.#send('events_api', event.payload, attempt === 0 ? undefined : { attempt, reason });
    if (this.#isStopped) return;
    if (outcome.ok || outcome.noRetry || attempt >= RETRY_WAITS_MS.length) {
      this.#store.finishEvent(id);
      return;
    }
    this.#store.saveEvent({ ...event, attempt });
    this.#later((RETRY_WAITS_MS[attempt] ?? 0) * this.#options.retryTimeScale, () => {
      void this.#deliverEvent(id, attempt + 1, outcome.reason);
    });
  }

  async #once(type: DeliveryType, payload: Fields): Promise<Outcome> {
    const attempt = await this.#send(type, payload);
    if (attempt.ok) return { ok: true, payload: isFields(attempt.payload) ? attempt.payload : undefined };
    const isLate = attempt.reason === 'timeout' || attempt.reason === 'http_timeout';
    return { ok: false, error: isLate ? 'operation_timeout' : 'dispatch_failed' };
  }

  async #send(type: DeliveryType, payload: Fields, retry?: { attempt: number; reason: string }): Promise<Attempt> {
    const fault = this.#faults.forDelivery(type, channelIn(type, payload));
    switch (fault?.kind) {
      case 'drop-delivery':
        await this.#wait(this.#options.ackTimeoutMs);
        return { ok: false, reason: 'timeout' };
      case 'delay':
        await this.#wait(fault.ms ?? 1000);
        break;
      case 'reorder-delivery':
        await this.#holdUntilNext();
        return await this.#transport().send(type, payload, retry);
      case 'duplicate-delivery': {
        const [first] = await Promise.all([
          this.#transport().send(type, payload, retry),
          this.#transport().send(type, payload, retry),
        ]);
        return first;
      }
    }
    const attempt = this.#transport().send(type, payload, retry);
    this.#releaseHeld();
    return await attempt;
  }

  #holdUntilNext(): Promise<void> {
    return new Promise((resolve) => {
      this.#held.push(resolve);
      this.#later(REORDER_HOLD_MS, resolve);
    });
  }

  #releaseHeld(): void {
    const held = this.#held;
    this.#held = [];
    for (const release of held) release();
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#later(ms, resolve));
  }

  #later(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
  }
}
