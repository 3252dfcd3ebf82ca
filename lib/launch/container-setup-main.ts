import { fillVolumes } from './container-setup.ts';

const mode = fillVolumes(process.env);
process.stdout.write(
  mode === 'demo'
    ? 'No SLACK_BOT_TOKEN is set: the local Slack workspace and the sample service are used.\n'
    : 'SLACK_BOT_TOKEN is set: your Slack workspace is used.\n',
);
