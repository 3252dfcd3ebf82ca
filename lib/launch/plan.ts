import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { ProcessSpec } from './processes.ts';
import type { LocalSecrets } from './secrets.ts';
import type { Settings } from './settings.ts';

/** What runs on one machine, in starting order; it is stopped in the opposite one. The environment always wins over a generated value. */
export function planProcesses(
  settings: Settings,
  secrets: LocalSecrets,
  databaseUrl: string,
  env: NodeJS.ProcessEnv,
): readonly ProcessSpec[] {
  const given = (name: keyof LocalSecrets) => env[name] || secrets[name];
  const local = settings.localSlack;
  const slackUrl = `http://127.0.0.1:${settings.LOCAL_SLACK_PORT}`;
  const overHttp = env.SLACK_MODE === 'http';
  const own = (values: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(values).filter(([name]) => !env[name]));
  const slack: Record<string, string> = local
    ? {
        SLACK_BOT_TOKEN: secrets.SLACK_BOT_TOKEN,
        SLACK_APP_TOKEN: secrets.SLACK_APP_TOKEN,
        SLACK_SIGNING_SECRET: secrets.SLACK_SIGNING_SECRET,
      }
    : {};
  const specs: ProcessSpec[] = [];
  if (local) {
    specs.push({
      name: 'local-slack',
      program: 'bot/local-slack/main.js',
      env: {
        ...slack,
        LOCAL_SLACK_PORT: String(settings.LOCAL_SLACK_PORT),
        LOCAL_SLACK_STATE: path.join(settings.home, 'local-slack.jsonl'),
        SLACK_EVENTS_URL: overHttp ? `http://127.0.0.1:${settings.BOT_PORT}/slack/events` : '',
      },
      readyUrl: `${slackUrl}/healthz`,
      stopWithinMs: 5_000,
    });
  }
  specs.push(
    {
      name: 'api',
      program: 'api/main.js',
      args: ['--role', 'all'],
      env: {
        DATABASE_URL: databaseUrl,
        API_PORT: String(settings.API_PORT),
        AUDIT_KEY: given('AUDIT_KEY'),
        BOT_API_KEY: given('BOT_API_KEY'),
        WEB_API_KEY: given('WEB_API_KEY'),
        ADMIN_API_KEY: given('ADMIN_API_KEY'),
        ...own({
          AUDIT_ANCHOR_FILE: path.join(settings.home, 'audit-anchor.log'),
          PROCESSES_HOME: settings.home,
          PROCESSES_RUN: randomUUID(),
          PROCESSES_STOP: 'true',
          SAMPLE_PORT: String(settings.SAMPLE_PORT),
          ...(local
            ? { LOCAL_PEOPLE: 'true', SLACK_WORKSPACE: 'T0LOCAL', DEFAULT_CHANNEL: 'C0OPS', SAMPLE_SYSTEM: 'true' }
            : {}),
        }),
      },
      readyUrl: `http://127.0.0.1:${settings.API_PORT}/readyz`,
      stopWithinMs: 30_000,
    },
    {
      name: 'bot',
      program: 'bot/main.js',
      env: {
        ...slack,
        ...(local ? { SLACK_API_URL: `${slackUrl}/api/`, SLACK_MODE: overHttp ? 'http' : 'socket' } : {}),
        BOT_API_KEY: given('BOT_API_KEY'),
        ALERTS_TOKEN: given('ALERTS_TOKEN'),
        BOT_PORT: String(settings.BOT_PORT),
        ...own({
          API_URL: `http://127.0.0.1:${settings.API_PORT}/graphql`,
          CONSOLE_URL: `http://localhost:${settings.WEB_PORT}`,
        }),
      },
      readyUrl: `http://127.0.0.1:${settings.BOT_PORT}/readyz`,
      stopWithinMs: 15_000,
    },
    {
      name: 'web',
      program: 'web/serve.js',
      env: {
        WEB_PORT: String(settings.WEB_PORT),
        WEB_API_KEY: given('WEB_API_KEY'),
        ...own({ API_URL: `http://127.0.0.1:${settings.API_PORT}/graphql` }),
        ...(local ? { LOCAL_SLACK_URL: slackUrl } : {}),
      },
      readyUrl: `http://127.0.0.1:${settings.WEB_PORT}/healthz`,
      stopWithinMs: 5_000,
    },
  );
  return specs;
}
