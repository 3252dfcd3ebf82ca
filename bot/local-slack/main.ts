import { z } from 'zod';
import { withFiles } from '../../lib/env.ts';
import { createLogger } from '../../lib/log.ts';
import { createShutdown } from '../../lib/shutdown.ts';
import { startLocalSlack } from './server.ts';

const optional = z.preprocess((value) => (value === '' ? undefined : value), z.string().optional());
const environment = z.object({
  LOCAL_SLACK_PORT: z.coerce.number().int().min(0).max(65_535).default(3100),
  LOCAL_SLACK_HOST: z.string().min(1).default('127.0.0.1'),
  LOCAL_SLACK_ANY_PEER: z.enum(['true', 'false']).default('false'),
  LOCAL_SLACK_STATE: optional,
  LOCAL_SLACK_RATE_LIMITS: z.enum(['true', 'false']).default('true'),
  SLACK_BOT_TOKEN: optional,
  SLACK_APP_TOKEN: optional,
  SLACK_SIGNING_SECRET: optional,
  SLACK_EVENTS_URL: z.preprocess((value) => (value === '' ? undefined : value), z.url().optional()),
});

const log = createLogger({ name: 'local-slack' });
const read = environment.safeParse(withFiles(process.env, Object.keys(environment.shape)));
if (!read.success) {
  log.fatal({ problems: z.flattenError(read.error).fieldErrors }, 'the configuration is wrong');
  process.exit(1);
}
const env = read.data;
const slack = await startLocalSlack({
  port: env.LOCAL_SLACK_PORT,
  host: env.LOCAL_SLACK_HOST,
  rateLimits: env.LOCAL_SLACK_RATE_LIMITS === 'true',
  anyPeer: env.LOCAL_SLACK_ANY_PEER === 'true',
  ...(env.LOCAL_SLACK_STATE === undefined ? {} : { stateFile: env.LOCAL_SLACK_STATE }),
  ...(env.SLACK_BOT_TOKEN === undefined ? {} : { botToken: env.SLACK_BOT_TOKEN }),
  ...(env.SLACK_APP_TOKEN === undefined ? {} : { appToken: env.SLACK_APP_TOKEN }),
  ...(env.SLACK_SIGNING_SECRET === undefined ? {} : { signingSecret: env.SLACK_SIGNING_SECRET }),
  ...(env.SLACK_EVENTS_URL === undefined ? {} : { eventsUrl: env.SLACK_EVENTS_URL }),
}).catch((error: unknown) => {
  log.fatal({ err: error }, 'the local workspace could not start');
  process.exit(1);
});
createShutdown({ log }).add('local Slack', () => slack.stop());
log.info({ url: slack.url }, 'the local workspace is ready');
