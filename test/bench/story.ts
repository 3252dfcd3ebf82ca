import { once } from 'node:events';
import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { postOnce, webhookBody } from '../trials/alert-sender.ts';
import { isFinished } from '../trials/crash-judge.ts';
import { prepareTrials, retireTrials, type Trial } from '../trials/crash-trial.ts';
import { type Asked, type Figure, type Measurement, type Outcome, percentile } from '../trials/measurement.ts';
import { observe } from '../trials/record.ts';
import { type Stack, startStack } from '../trials/stack.ts';
import { startTargets, type Targets } from '../trials/targets.ts';

const usualStories = 20;
const storyWithinMs = 60_000;
/** A channel takes one post a second: the next story begins when the last one's post no longer delays it. */
const restBetweenMs = 2_000;
const stages = ['cardMs', 'findingMs', 'askedMs', 'verifiedMs', 'resolvedMs'] as const;
type Stage = (typeof stages)[number];

/** Plays one story and answers when each stage was seen in Slack; verified counts from the press of the approver. */
async function playStory(stack: Stack, targets: Targets, trial: Trial): Promise<Readonly<Record<Stage, number>>> {
  const { channel, system } = trial;
  const known = new Set((await stack.slack.messages(channel)).map((message) => message.ts));
  targets.break(system);
  const begun = performance.now();
  const at: Partial<Record<Stage, number>> = {};
  let pressed: number | null = null;
  const status = await postOnce({ urls: stack.alertUrls, token: stack.alertsToken }, webhookBody([trial.alert]), 0);
  if (status !== 200) throw new Error(`the bot answered ${status}`);
  while (performance.now() - begun < storyWithinMs) {
    const messages = (await stack.slack.messages(channel)).filter((message) => !known.has(message.ts));
    const now = performance.now() - begun;
    const card = messages.find((message) => message.thread_ts === undefined);
    if (card !== undefined) at.cardMs ??= now;
    const replies = messages.filter((message) => message.thread_ts !== undefined && message.ts !== card?.ts);
    const textOf = (message: (typeof messages)[number]) => JSON.stringify(message.blocks) + message.text;
    if (replies.some((message) => /\[\d+\]/.test(textOf(message)))) at.findingMs ??= now;
    const request = replies.find((message) => textOf(message).includes('"action_id":"approval.approve"'));
    if (request !== undefined && pressed === null) {
      at.askedMs ??= now;
      pressed = performance.now();
      await stack.slack.press({ user: 'U0APPROVER', channel, ts: request.ts, action_id: 'approval.approve' });
      continue;
    }
    if (pressed !== null) {
      const seen = (await observe(stack.database.pool, [system])).get(system);
      if (seen?.approvals.some((approval) => approval.outcome === 'VERIFIED'))
        at.verifiedMs ??= performance.now() - pressed;
      if (isFinished(seen)) at.resolvedMs ??= now;
    }
    const { cardMs, findingMs, askedMs, verifiedMs, resolvedMs } = at;
    if (
      cardMs !== undefined &&
      findingMs !== undefined &&
      askedMs !== undefined &&
      verifiedMs !== undefined &&
      resolvedMs !== undefined
    )
      return { cardMs, findingMs, askedMs, verifiedMs, resolvedMs };
    await pause(10);
  }
  throw new Error(`the story of ${system} did not end: reached ${Object.keys(at).join(', ') || 'nothing'}`);
}

/** The least a card could need here: one bare call, one committed row, one post to the local workspace. */
async function measureBaseline(stack: Stack) {
  const server = http.createServer((request, response) => {
    request.resume().on('end', () => response.end('{}'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  await stack.database.pool.query('create table if not exists bench_row (id serial primary key, note text)');
  const post = async (url: string, headers: Record<string, string>, body: unknown) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(5_000),
    });
    await response.body?.cancel();
  };
  const parts: Readonly<Record<string, () => Promise<unknown>>> = {
    httpPost: () => post(`http://127.0.0.1:${port}/`, {}, { a: 1 }),
    insertCommit: () => stack.database.pool.query(`insert into bench_row (note) values ('x')`),
    postMessage: () =>
      post(
        `${stack.slackUrl}/api/chat.postMessage`,
        { authorization: `Bearer ${stack.slackToken}` },
        { channel: 'C0OPS', text: 'x' },
      ),
  };
  const figures: Record<string, Figure> = {};
  let together = 0;
  for (const [name, one] of Object.entries(parts)) {
    const times: number[] = [];
    for (let i = 0; i < 30; i++) {
      const begun = performance.now();
      await one();
      times.push(performance.now() - begun);
    }
    figures[`${name}P50Ms`] = percentile(times, 0.5);
    figures[`${name}P95Ms`] = percentile(times, 0.95);
    together += percentile(times, 0.5) ?? 0;
  }
  server.close();
  return { ...figures, togetherP50Ms: Math.round(together * 10) / 10 };
}

async function run(asked: Asked): Promise<Outcome> {
  const stories = asked.trials ?? usualStories;
  asked.say('starting one api, one bot and a local workspace');
  const stack = await startStack({ topology: 'all', channels: 1, copies: 1 });
  const targets = await startTargets(stack.processesHome);
  const seen: Record<Stage, number[]> = { cardMs: [], findingMs: [], askedMs: [], verifiedMs: [], resolvedMs: [] };
  try {
    const baseline = await measureBaseline(stack);
    asked.say(`baseline ${JSON.stringify(baseline)}`);
    for (let i = 0; i < stories; i++) {
      const [trial] = await prepareTrials(stack, targets, 1);
      if (trial === undefined) throw new Error('no system was made');
      const story = await playStory(stack, targets, trial);
      for (const stage of stages) seen[stage].push(story[stage]);
      asked.say(`story ${i + 1}: ${stages.map((stage) => `${stage} ${Math.round(story[stage])}`).join(', ')}`);
      targets.end([trial.system]);
      await retireTrials(stack, [trial]);
      await pause(restBetweenMs);
    }
    const figures: Record<string, Figure> = { stories };
    for (const stage of stages)
      figures[stage] = { p50: percentile(seen[stage], 0.5), p95: percentile(seen[stage], 0.95) };
    return {
      figures,
      baseline,
      aims: { cardP95Ms: 1_000, findingP95Ms: 5_000 },
      met: {
        cardP95Ms: (percentile(seen.cardMs, 0.95) ?? Number.POSITIVE_INFINITY) <= 1_000,
        findingP95Ms: (percentile(seen.findingMs, 0.95) ?? Number.POSITIVE_INFINITY) <= 5_000,
      },
    };
  } catch (error) {
    process.env.KEEP_TRIALS = 'true';
    asked.say(`logs are kept in ${stack.home}/logs`);
    throw error;
  } finally {
    await targets.stop();
    await stack.stop();
  }
}

/** How long a person waits at each stage, from the alert's arrival at the bot. */
export const story: Measurement = {
  name: 'story',
  about: 'alert received to card, to first finding, to approval asked; approved to verified',
  run,
};
