import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const text = z.string().default('');

/** What the one-time set-up of the containers reads; everything it is not given it makes. */
export const setupSchema = z.object({
  SETUP_FOLDER: z.string().default('/setup').describe('Folder of the volumes that are filled'),
  POSTGRES_HOST: z.string().default('postgres').describe('Host of PostgreSQL in the containers'),
  POSTGRES_PASSWORD: text.describe('Password of the database user admin'),
  ALERTMANAGER_SLACK_WEBHOOK: text.describe('Incoming webhook of Slack for alerts while the bot is down'),
});

/** Secrets that are made when nobody gives them. */
const made = {
  POSTGRES_PASSWORD: '',
  AUDIT_KEY: '',
  BOT_API_KEY: 'aak_bot_',
  WEB_API_KEY: 'aak_web_',
  ADMIN_API_KEY: 'aak_admin_',
  ALERTS_TOKEN: '',
} as const;
/** Given by whoever has them, and never made. */
const given = [
  'AZURE_OPENAI_API_KEY',
  'OPENAI_API_KEY',
  'PROMETHEUS_BEARER',
  'ALERTMANAGER_BEARER',
  'LOKI_BEARER',
  'QDRANT_API_KEY',
] as const;
/** What the product is told when no Slack token is given: the local workspace and the sample service. */
const demo = {
  SLACK_BOT_TOKEN: 'xoxb-local-',
  SLACK_APP_TOKEN: 'xapp-local-',
  SLACK_SIGNING_SECRET: '',
} as const;
const demoSettings = {
  SLACK_API_URL: 'http://local-slack:3100/api/',
  LOCAL_PEOPLE: 'true',
  SLACK_WORKSPACE: 'T0LOCAL',
  DEFAULT_CHANNEL: 'C0OPS',
  SAMPLE_SYSTEM: 'true',
} as const;

/**
 * Fills the volumes of `docker-compose.full.yml`, one file a value: `app` for the product, `database` for PostgreSQL, `alerting` for
 * Alertmanager, `console` for Nginx. Run again it keeps what it made, takes over what was given since, and leaves the demo behind
 * once a Slack token is there.
 */
export function fillVolumes(env: Readonly<Record<string, string | undefined>>): 'demo' | 'real' {
  const settings = setupSchema.parse(Object.fromEntries(Object.entries(env).filter(([, value]) => value)));
  const folder = (name: string) => path.join(settings.SETUP_FOLDER, name);
  const write = (where: string, name: string, value: string, mode: number) => {
    mkdirSync(folder(where), { recursive: true });
    const file = path.join(folder(where), name);
    const draft = `${file}.draft`;
    rmSync(draft, { force: true });
    writeFileSync(draft, value, { mode });
    renameSync(draft, file);
  };
  const kept = (name: string): string | undefined => {
    try {
      return readFileSync(path.join(folder('app'), name), 'utf8') || undefined;
    } catch {
      return undefined;
    }
  };
  const value = (name: string, prefix: string) =>
    env[name] || kept(name) || `${prefix}${randomBytes(24).toString('base64url')}`;
  const app = (name: string, content: string) => write('app', name, content, 0o400);
  const drop = (name: string) => rmSync(path.join(folder('app'), name), { force: true });

  const secrets = Object.fromEntries(Object.entries(made).map(([name, prefix]) => [name, value(name, prefix)]));
  for (const [name, content] of Object.entries(secrets)) app(name, content);
  for (const name of given) {
    if (env[name]) app(name, env[name]);
    else drop(name);
  }
  const password = encodeURIComponent(secrets.POSTGRES_PASSWORD ?? '');
  app('DATABASE_URL', `postgresql://admin:${password}@${settings.POSTGRES_HOST}:5432/agentic_ai`);
  write('database', 'POSTGRES_PASSWORD', secrets.POSTGRES_PASSWORD ?? '', 0o444);
  write('alerting', 'alerts-token', secrets.ALERTS_TOKEN ?? '', 0o444);
  if (settings.ALERTMANAGER_SLACK_WEBHOOK)
    write('alerting', 'slack-webhook-url', settings.ALERTMANAGER_SLACK_WEBHOOK, 0o444);
  // Nginx asks with the console's read-only key where the browser brings no credential of its own.
  write(
    'console',
    'key.conf',
    `map $http_authorization $console_authorization { default $http_authorization; "" "Bearer ${secrets.WEB_API_KEY}"; }\n`,
    0o444,
  );

  if (env.SLACK_BOT_TOKEN) {
    const wasDemo = kept('SLACK_API_URL') === demoSettings.SLACK_API_URL;
    for (const name of Object.keys(demo)) {
      if (env[name]) app(name, env[name]);
      else if (wasDemo) drop(name);
    }
    for (const name of Object.keys(demoSettings)) drop(name);
    return 'real';
  }
  for (const [name, prefix] of Object.entries(demo)) app(name, value(name, prefix));
  for (const [name, content] of Object.entries(demoSettings)) app(name, content);
  return 'demo';
}
