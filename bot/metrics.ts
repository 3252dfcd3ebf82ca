import { type Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { zeroedCounter } from '../lib/metrics.ts';

/** What the bot counts. Labels come from closed sets: never a user, channel, task or alert name. */
export interface BotMetrics {
  readonly outboxDepth: Gauge;
  readonly outboxOldestSeconds: Gauge;
  readonly limited: Counter<'method'>;
  readonly acknowledgeSeconds: Histogram;
  readonly commands: Counter<'noun' | 'outcome'>;
  readonly deliveries: Counter<'result'>;
  readonly inbound: Counter<'source' | 'outcome'>;
  readonly alerts: Counter<'source' | 'outcome'>;
  readonly refused: Counter<'reason'>;
}

export const slackMethods = [
  'chat.postMessage',
  'chat.update',
  'chat.postEphemeral',
  'conversations.open',
  'conversations.replies',
  'views.open',
  'views.publish',
  'reactions.add',
  'reactions.remove',
  'auth.test',
  'files.info',
  'users.info',
] as const;
export const commandOutcomes = ['done', 'refused', 'failed'] as const;
export const deliveryResults = ['DELIVERED', 'RETRY_LATER', 'REFUSED', 'UNCERTAIN', 'LIMITED'] as const;
export const inboundOutcomes = ['accepted', 'duplicate', 'not_accepted', 'adopted', 'failed'] as const;
export const alertOutcomes = ['accepted', 'unauthorized', 'malformed', 'too_large', 'unavailable'] as const;
export const refusalReasons = ['signature', 'replay', 'stale', 'shape', 'size', 'type', 'depth', 'method'] as const;

/** Makes the series; each starts at 0. */
export function createBotMetrics(
  registry: Registry,
  names: { readonly nouns: readonly string[]; readonly sources: readonly string[] },
): BotMetrics {
  const registers = [registry];
  const pairs = <A extends string, B extends string>(as: readonly string[], a: A, bs: readonly string[], b: B) =>
    as.flatMap((one) => bs.map((other) => ({ [a]: one, [b]: other }) as Record<A | B, string>));
  return {
    outboxDepth: new Gauge({
      name: 'agentic_slack_outbox_depth',
      help: 'Messages that wait to be sent to Slack',
      registers,
    }),
    outboxOldestSeconds: new Gauge({
      name: 'agentic_slack_outbox_oldest_seconds',
      help: 'How long the oldest message has waited',
      registers,
    }),
    limited: zeroedCounter(
      {
        name: 'agentic_slack_ratelimited_total',
        help: 'Calls Slack refused for their pace',
        labelNames: ['method'],
        registers,
      },
      slackMethods.map((method) => ({ method })),
    ),
    acknowledgeSeconds: new Histogram({
      name: 'agentic_slack_ack_seconds',
      help: 'From a delivery of Slack to its acknowledgement',
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 3],
      registers,
    }),
    commands: zeroedCounter(
      {
        name: 'agentic_commands_total',
        help: 'Commands by noun and outcome',
        labelNames: ['noun', 'outcome'],
        registers,
      },
      pairs(names.nouns, 'noun', commandOutcomes, 'outcome'),
    ),
    deliveries: zeroedCounter(
      {
        name: 'agentic_slack_deliveries_total',
        help: 'Messages of the outbox by what became of them',
        labelNames: ['result'],
        registers,
      },
      deliveryResults.map((result) => ({ result })),
    ),
    inbound: zeroedCounter(
      {
        name: 'agentic_slack_inbound_total',
        help: 'Deliveries of Slack',
        labelNames: ['source', 'outcome'],
        registers,
      },
      pairs(['CHAT_COMMAND', 'CHAT_ACTION', 'CHAT_FORM', 'CHAT_EVENT'], 'source', inboundOutcomes, 'outcome'),
    ),
    alerts: zeroedCounter(
      {
        name: 'agentic_alert_posts_total',
        help: 'Posts of alert sources',
        labelNames: ['source', 'outcome'],
        registers,
      },
      pairs(names.sources, 'source', alertOutcomes, 'outcome'),
    ),
    refused: zeroedCounter(
      {
        name: 'agentic_slack_refused_total',
        help: 'Requests in the name of Slack that were refused',
        labelNames: ['reason'],
        registers,
      },
      refusalReasons.map((reason) => ({ reason })),
    ),
  };
}
