import { z } from 'zod';
import { readConfig } from '../lib/env.ts';
import { Secret } from '../lib/secret.ts';

const secret = (what: string, min = 8) =>
  z
    .string()
    .min(min)
    .transform((value) => new Secret(value))
    .describe(what);
const hosts = z
  .string()
  .default('')
  .transform((value) =>
    value
      .split(',')
      .map((host) => host.trim().toLowerCase())
      .filter((host) => host !== ''),
  );

/** Every variable the bot reads. */
export const botConfigSchema = z.object({
  SLACK_BOT_TOKEN: secret('Bot token of the Slack app (xoxb-…)'),
  SLACK_MODE: z
    .enum(['socket', 'http'])
    .default('socket')
    .describe('How Slack reaches the bot: Socket Mode, or signed HTTP on BOT_PORT'),
  SLACK_APP_TOKEN: secret('App-level token (xapp-…), for Socket Mode').optional(),
  SLACK_SIGNING_SECRET: secret('Signing secret of the Slack app, for signed HTTP', 8).optional(),
  SLACK_API_URL: z.url().default('https://slack.com/api/').describe('Base address of the Slack Web API'),
  API_URL: z.url().default('http://127.0.0.1:8000/graphql').describe('GraphQL address of the api'),
  BOT_API_KEY: secret('Key with which the bot calls the api', 24),
  ALERTS_TOKEN: secret('Bearer token that alert senders must present', 16),
  BOT_HOST: z.string().min(1).default('127.0.0.1').describe('Address the bot listens on'),
  BOT_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(8080)
    .describe('Port for alerts, health, metrics and, in HTTP mode, Slack'),
  CONSOLE_URL: z.url().default('http://localhost:3000').describe('Address of the web console, for links on cards'),
  LINK_HOSTS: hosts.describe('Hosts (with port, comma-separated) that cards may link to besides the console'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'])
    .default('info')
    .describe('Least level that is logged'),
});

export type BotConfig = z.infer<typeof botConfigSchema>;

/** The bot's settings, or a ConfigError that names every wrong one. */
export function readBotConfig(env: Readonly<Record<string, string | undefined>>): BotConfig {
  const mode = env.SLACK_MODE === 'http' ? 'http' : 'socket';
  const needed = mode === 'http' ? 'SLACK_SIGNING_SECRET' : 'SLACK_APP_TOKEN';
  const shape = botConfigSchema.shape;
  return readConfig(
    z.object({
      ...shape,
      ...(needed === 'SLACK_APP_TOKEN' ? { SLACK_APP_TOKEN: shape.SLACK_APP_TOKEN.unwrap() } : {}),
      ...(needed === 'SLACK_SIGNING_SECRET' ? { SLACK_SIGNING_SECRET: shape.SLACK_SIGNING_SECRET.unwrap() } : {}),
    }),
    env,
  );
}
