import {
  type AckFn,
  App,
  type AppOptions,
  LogLevel,
  type Receiver,
  type ReceiverEvent,
  SocketModeReceiver,
} from '@slack/bolt';
import type { Logger } from '../lib/log.ts';
import type { Secret } from '../lib/secret.ts';
import { type InboundOf, readInbound } from './inbound.ts';
import type { BotMetrics } from './metrics.ts';
import type { Receiver as InboxReceiver } from './receive.ts';
import { clientOptions } from './slack-client.ts';
import type { TakeDelivery } from './slack-door.ts';

export interface TakeOptions {
  readonly receiver: InboxReceiver;
  readonly log: Logger;
  readonly metrics: BotMetrics;
  readonly self: () => string | null;
  /** Whether a task waits for an answer in that thread; what people write elsewhere is not kept. */
  readonly isAwaited: (reply: InboundOf<'reply'>) => Promise<boolean>;
  /** What a person reads when nothing was stored. */
  readonly notAccepted: (user: string) => string;
  /** Shows it where an acknowledgement carries no words. */
  readonly showNotAccepted: (user: string, channel: string | null, text: string) => Promise<void>;
}

/** Commit, acknowledge, work: the one path of every delivery, whichever way it came. */
export function makeTake(options: TakeOptions): TakeDelivery {
  return async (body) => {
    const begun = performance.now();
    const read = readInbound(body, options.self());
    if (read.kind === 'malformed') options.log.warn({ part: read.part }, 'a delivery of Slack has a strange shape');
    if (read.kind !== 'inbound') return { body: undefined };
    const { inbound } = read;
    if (inbound.kind === 'reply' && !(await options.isAwaited(inbound))) return { body: undefined };
    const { outcome, work } = await options.receiver.accept(inbound);
    options.metrics.acknowledgeSeconds.observe((performance.now() - begun) / 1_000);
    if (outcome !== 'not-accepted') {
      // Begun after the answer has left.
      setImmediate(() => void work());
      return { body: undefined };
    }
    const text = options.notAccepted(inbound.user);
    switch (inbound.kind) {
      case 'command':
        return { body: { response_type: 'ephemeral', text } };
      case 'form': {
        const [field] = Object.keys(inbound.values);
        return { body: field === undefined ? undefined : { response_action: 'errors', errors: { [field]: text } } };
      }
      case 'action':
        void options.showNotAccepted(inbound.user, inbound.channel, text);
        return { body: undefined };
      default:
        // Slack repeats events that are not acknowledged.
        return null;
    }
  };
}

/** Bolt, whose own listeners would acknowledge an event before it is stored: each delivery is taken before they see it. */
class StoringApp extends App {
  readonly #take: TakeDelivery;

  constructor(options: AppOptions, take: TakeDelivery) {
    super(options);
    this.#take = take;
  }

  override async processEvent(event: ReceiverEvent): Promise<void> {
    const acknowledgement = await this.#take(event.body);
    if (acknowledgement === null) return;
    const ack: AckFn<unknown> = event.ack;
    await (acknowledgement.body === undefined ? ack() : ack(acknowledgement.body));
  }
}

export interface SlackConnection {
  start(): Promise<void>;
  stop(): Promise<void>;
  isConnected(): boolean;
}

/** Socket Mode: connects, reconnects, and gives every delivery to `take`. */
export function connectSocketMode(options: {
  readonly botToken: Secret;
  readonly appToken: Secret;
  readonly apiUrl: string;
  readonly take: TakeDelivery;
  readonly log: Logger;
}): SlackConnection {
  const receiver = new SocketModeReceiver({
    appToken: options.appToken.reveal(),
    logLevel: LogLevel.ERROR,
    installerOptions: { clientOptions: clientOptions(options) },
    processEventErrorHandler: async ({ error }) => {
      options.log.error({ err: error }, 'a delivery could not be taken');
      return false;
    },
  });
  const app = new StoringApp(
    {
      token: options.botToken.reveal(),
      receiver: asReceiver(receiver),
      logLevel: LogLevel.ERROR,
      tokenVerificationEnabled: false,
      clientOptions: clientOptions(options),
    },
    options.take,
  );
  let connected = false;
  let stopped = false;
  receiver.client.on('connected', () => {
    connected = true;
    options.log.info('connected to Slack');
  });
  for (const state of ['disconnected', 'reconnecting', 'close'])
    receiver.client.on(state, () => {
      connected = false;
    });
  const start = async (): Promise<void> => {
    for (let attempt = 0; !stopped; attempt++) {
      try {
        await app.start();
        return;
      } catch (error) {
        options.log.warn({ err: error }, 'Slack does not answer; trying again');
        await new Promise((resolve) => setTimeout(resolve, Math.min(15_000, 500 * 2 ** Math.min(attempt, 6))));
      }
    }
  };
  return {
    start,
    async stop() {
      stopped = true;
      connected = false;
      await app.stop().catch(() => undefined);
    },
    isConnected: () => connected,
  };
}

const asReceiver = (receiver: SocketModeReceiver): Receiver => receiver;
