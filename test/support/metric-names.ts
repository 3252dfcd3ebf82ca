import { addRecordMetrics, createMetrics } from '../../api/metrics.ts';
import { createBotMetrics } from '../../bot/metrics.ts';
import { createRegistry } from '../../lib/metrics.ts';

const record = {
  executorsAlive: 1,
  executorsSilent: 0,
  inboxPending: 0,
  inboxOldestSeconds: 0,
  effectsUnknown: 0,
  usersActive: 0,
};

/** Registries as the API and the bot make them. */
export function productRegistries() {
  const none = async () => 0;
  const { registry: api } = createMetrics({
    databaseConnections: none,
    outbox: async () => ({ pending: 0, oldestSeconds: 0 }),
    approvalsPending: none,
    queueDepth: none,
  });
  addRecordMetrics(api, async () => record);
  const bot = createRegistry();
  createBotMetrics(bot, { nouns: [], sources: [] });
  return { api, bot };
}

/** Every series name a scrape of the product can show. */
export async function productSeries(): Promise<ReadonlySet<string>> {
  const { api, bot } = productRegistries();
  const names = [...(await api.getMetricsAsJSON()), ...(await bot.getMetricsAsJSON())].flatMap(({ name, type }) =>
    String(type) === 'histogram'
      ? [`${name}_bucket`, `${name}_sum`, `${name}_count`]
      : [name, `${name}_sum`, `${name}_count`],
  );
  return new Set(names);
}

const foreign = new Set(['up', 'ALERTS', 'alertmanager_notifications_failed_total', 'payment_up']);

/** Metrics a PromQL expression names. */
export function metricsIn(expression: string): readonly string[] {
  const bare = expression
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')
    .replaceAll(/\{[^}]*\}/g, '{}')
    .replaceAll(/\[[^\]]*\]/g, '')
    .replaceAll(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, '');
  const words = [...bare.matchAll(/[a-zA-Z_:][a-zA-Z0-9_:]*\b(?!\s*\()/g)].map(([word]) => word);
  return [...new Set(words)].filter((word) => /[_:]/.test(word));
}

/** Names an expression uses that nobody defines: neither the product, nor a recording rule, nor a neighbour that is scraped. */
export function unknownIn(expression: string, known: ReadonlySet<string>): readonly string[] {
  return metricsIn(expression).filter((name) => !known.has(name) && !foreign.has(name));
}
