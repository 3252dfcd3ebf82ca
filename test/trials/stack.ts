import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { type LocalSlackClient, localSlackClient } from '../../bot/local-slack/client.ts';
import { freePort } from '../support/free-port.ts';
import { temporaryHome } from '../support/temporary-home.ts';
import { type Balancer, startBalancer } from './balancer.ts';
import { type Database, startDatabase } from './database.ts';
import { type Program, program } from './program.ts';

/** `all`: two processes that are api and worker at once. `split`: two of each. */
export type Topology = 'all' | 'split';

export interface StackOptions {
  readonly topology: Topology;
  /** How many trials run side by side, each in a channel of its own. */
  readonly channels: number;
  /** How many bots and how many of each part of the api; two unless told. */
  readonly copies?: number;
  /** Commands the product may run, for actions whose outcome cannot be asked. */
  readonly apiEnv?: Readonly<Record<string, string>>;
  readonly botEnv?: Readonly<Record<string, string>>;
}

/** The whole product on one machine, several copies of each part, on one database. */
export interface Stack {
  readonly home: string;
  readonly processesHome: string;
  readonly database: Database;
  readonly slack: LocalSlackClient;
  readonly slackUrl: string;
  readonly slackToken: string;
  readonly signingSecret: string;
  /** They answer requests. */
  readonly apis: readonly Program[];
  /** They run tasks; the same ones in topology `all`. */
  readonly workers: readonly Program[];
  readonly bots: readonly Program[];
  /** Through the balancer. */
  readonly apiUrl: string;
  readonly apiUrls: readonly string[];
  readonly alertUrls: readonly string[];
  readonly alertsToken: string;
  readonly adminKey: string;
  readonly botKey: string;
  /** Starts what is not alive, as a supervisor does: again when a start fails, three times at most. */
  revive(): Promise<void>;
  /** Starts that failed so far. */
  failedStarts(): number;
  stop(): Promise<void>;
}

const secret = (prefix = '') => prefix + randomBytes(24).toString('base64url');

/** Starts everything and resolves when all of it is ready. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const home = temporaryHome('agentic-trials-');
  const database = await startDatabase(home);
  const keys = {
    AUDIT_KEY: secret(),
    BOT_API_KEY: secret('aak_bot_'),
    WEB_API_KEY: secret('aak_web_'),
    ADMIN_API_KEY: secret('aak_admin_'),
  };
  const alertsToken = secret();
  const tokens = {
    SLACK_BOT_TOKEN: secret('xoxb-local-'),
    SLACK_APP_TOKEN: secret('xapp-local-'),
    SLACK_SIGNING_SECRET: secret(),
  };
  const logs = path.join(home, 'logs');
  const copies = options.copies ?? 2;
  const processesHome = path.join(home, 'processes');

  const slackPort = await freePort();
  const slackUrl = `http://127.0.0.1:${slackPort}`;
  const slack = program({
    name: 'local-slack',
    file: 'test/trials/main.js',
    args: ['serve-local-slack'],
    env: { ...tokens, LOCAL_SLACK_PORT: String(slackPort), TRIAL_CHANNELS: String(options.channels) },
    readyUrl: `${slackUrl}/healthz`,
    logs,
  });

  const apiPart = async (role: 'all' | 'api' | 'worker', number: number) => {
    const port = await freePort();
    const part = program({
      name: `${role}-${number}`,
      file: 'api/main.js',
      args: ['--role', role],
      env: {
        ...keys,
        DATABASE_URL: database.url,
        API_PORT: String(port),
        AUDIT_ANCHOR_FILE: path.join(home, 'audit-anchor.log'),
        PROCESSES_HOME: processesHome,
        LOCAL_PEOPLE: 'true',
        SLACK_WORKSPACE: 'T0LOCAL',
        DEFAULT_CHANNEL: 'C0OPS',
        // The alerts of the trials alone begin work.
        HEALTH_CHECK_CRON: '0 0 0 29 2 *',
        ...options.apiEnv,
      },
      readyUrl: `http://127.0.0.1:${port}/readyz`,
      logs,
    });
    return { part, port };
  };
  const many = async <T>(make: (number: number) => Promise<T>): Promise<T[]> => {
    const made: T[] = [];
    for (let i = 1; i <= copies; i++) made.push(await make(i));
    return made;
  };
  const fronts = await many((number) => apiPart(options.topology === 'all' ? 'all' : 'api', number));
  const workers = options.topology === 'all' ? fronts : await many((number) => apiPart('worker', number));
  const balancer: Balancer = await startBalancer(fronts.map((one) => one.port));
  const apiUrl = `http://127.0.0.1:${balancer.port}/graphql`;

  const bots = await many(async (number) => {
    const port = await freePort();
    const part = program({
      name: `bot-${number}`,
      file: 'bot/main.js',
      env: {
        ...tokens,
        SLACK_API_URL: `${slackUrl}/api/`,
        SLACK_MODE: 'socket',
        BOT_API_KEY: keys.BOT_API_KEY,
        ALERTS_TOKEN: alertsToken,
        BOT_PORT: String(port),
        API_URL: apiUrl,
        ...options.botEnv,
      },
      readyUrl: `http://127.0.0.1:${port}/readyz`,
      logs,
    });
    return { part, port };
  });

  const apiParts = [...new Set([...fronts, ...workers])].map((one) => one.part);
  const botParts = bots.map((one) => one.part);
  const stop = async () => {
    await Promise.all(botParts.map((one) => one.stop()));
    await Promise.all(apiParts.map((one) => one.stop()));
    await slack.kill();
    await balancer.stop();
    await database.stop();
    if (process.env.KEEP_TRIALS === undefined) rmSync(home, { recursive: true, force: true });
  };
  let failed = 0;
  const revive = async () => {
    const dead = [...apiParts, ...botParts].filter((one) => !one.alive());
    await Promise.all(dead.map((one) => startAgain(one, 3)));
  };
  const startAgain = async (one: Program, left: number): Promise<unknown> =>
    one.start().catch((error: unknown) => {
      failed++;
      if (left > 1) return startAgain(one, left - 1);
      throw error;
    });
  try {
    await slack.start();
    await revive();
  } catch (error) {
    process.env.KEEP_TRIALS = 'true';
    await stop();
    throw error;
  }
  return {
    home,
    processesHome,
    database,
    slack: localSlackClient(slackUrl),
    slackUrl,
    slackToken: tokens.SLACK_BOT_TOKEN,
    signingSecret: tokens.SLACK_SIGNING_SECRET,
    apis: fronts.map((one) => one.part),
    workers: workers.map((one) => one.part),
    bots: botParts,
    apiUrl,
    apiUrls: fronts.map((one) => `http://127.0.0.1:${one.port}/graphql`),
    alertUrls: bots.map((one) => `http://127.0.0.1:${one.port}/alerts/alertmanager`),
    alertsToken,
    adminKey: keys.ADMIN_API_KEY,
    botKey: keys.BOT_API_KEY,
    revive,
    failedStarts: () => failed,
    stop,
  };
}
