import { defaultUsers } from '../../bot/local-slack/options.ts';
import { startLocalSlack } from '../../bot/local-slack/server.ts';

/** The channel of one of the trials that run side by side. */
export const channelOf = (index: number): string => `C0TRIAL${String(index).padStart(3, '0')}`;

/** Runs a local workspace in this process: the usual one, with a channel for each trial, without rate limits. */
export async function serveLocalSlack(env: NodeJS.ProcessEnv): Promise<void> {
  const users = defaultUsers();
  const members = users.map((user) => user.id);
  const count = Number(env.TRIAL_CHANNELS ?? '20');
  const names = [['C0OPS', 'ops'], ...Array.from({ length: count }, (_, i) => [channelOf(i), `trial-${i}`])];
  const slack = await startLocalSlack({
    port: Number(env.LOCAL_SLACK_PORT ?? '0'),
    users,
    channels: names.map(([id = '', name = '']) => ({
      id,
      name,
      topic: 'trials',
      isDirect: false,
      isPrivate: false,
      isArchived: false,
      members,
    })),
    ...(env.SLACK_BOT_TOKEN === undefined ? {} : { botToken: env.SLACK_BOT_TOKEN }),
    ...(env.SLACK_APP_TOKEN === undefined ? {} : { appToken: env.SLACK_APP_TOKEN }),
    ...(env.SLACK_SIGNING_SECRET === undefined ? {} : { signingSecret: env.SLACK_SIGNING_SECRET }),
  });
  process.stdin.on('close', () => process.exit(0));
  process.stdin.resume();
  process.stdout.write(`${slack.url}\n`);
}
