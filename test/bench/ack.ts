import { createHmac } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Asked, type Measurement, type Outcome, percentile } from '../trials/measurement.ts';
import { type Stack, startStack } from '../trials/stack.ts';
import { sendPosts, stormPosts } from './storm-alerts.ts';

const perSecond = 50;
const seconds = 20;
let made = 0;

/** One signed slash command, as Slack sends it. */
async function command(stack: Stack): Promise<{ readonly ms: number; readonly status: number }> {
  const body = new URLSearchParams({
    command: '/agent',
    text: 'status',
    user_id: 'U0REQUESTER',
    user_name: 'jin',
    team_id: 'T0LOCAL',
    channel_id: 'C0OPS',
    channel_name: 'ops',
    trigger_id: `bench.${Date.now()}.${++made}`,
    response_url: `${stack.slackUrl}/nowhere`,
    api_app_id: 'A0LOCAL',
  }).toString();
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signature = `v0=${createHmac('sha256', stack.signingSecret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
  const begun = performance.now();
  const response = await fetch((stack.alertUrls[0] ?? '').replace('/alerts/alertmanager', '/slack/events'), {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': signature,
    },
    body,
    signal: AbortSignal.timeout(10_000),
  }).catch(() => null);
  await response?.body?.cancel();
  return { ms: performance.now() - begun, status: response?.status ?? 0 };
}

async function spray(stack: Stack, forSeconds: number) {
  const running: Promise<{ readonly ms: number; readonly status: number }>[] = [];
  const begun = performance.now();
  for (let i = 0; i < forSeconds * perSecond; i++) {
    const due = begun + (i * 1_000) / perSecond;
    const wait = due - performance.now();
    if (wait > 1) await pause(wait);
    running.push(command(stack));
  }
  const answers = await Promise.all(running);
  const millis = answers.map((one) => one.ms);
  return {
    commands: answers.length,
    refused: answers.filter((one) => one.status !== 200).length,
    p50Ms: percentile(millis, 0.5),
    p99Ms: percentile(millis, 0.99),
    maxMs: percentile(millis, 1),
  };
}

async function run(asked: Asked): Promise<Outcome> {
  asked.say('starting one api, one bot (signed HTTP) and a local workspace');
  const stack = await startStack({ topology: 'all', channels: 1, copies: 1, botEnv: { SLACK_MODE: 'http' } });
  try {
    await spray(stack, 3);
    asked.say('commands without a storm');
    const calm = await spray(stack, 5);
    asked.say('commands while 10,000 alerts come, each post three times');
    const storm = sendPosts(stack, stormPosts(asked.trials ?? 10_000, 100, 'ack'), { times: 3, connections: 8 });
    const stormy = await spray(stack, seconds);
    const sent = await storm;
    const good = (value: number | null, limit: number) => value !== null && value <= limit;
    return {
      figures: { calm, stormy, stormSeconds: Math.round(sent.seconds * 10) / 10 },
      baseline: { note: 'the same commands before the storm (calm)' },
      aims: { p99Ms: 500, maxMs: 2_500, refused: 0 },
      met: {
        'p99 within 500 ms': good(stormy.p99Ms, 500),
        'maximum within 2.5 s': good(stormy.maxMs, 2_500),
        'every command accepted': stormy.refused === 0,
      },
    };
  } finally {
    await stack.stop();
  }
}

/** How fast signed commands are acknowledged while a storm of alerts comes in. */
export const ack: Measurement = {
  name: 'ack',
  about: `${perSecond} signed commands a second while 10,000 alerts come in`,
  run,
};
