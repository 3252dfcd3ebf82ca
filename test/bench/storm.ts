import { setTimeout as pause } from 'node:timers/promises';
import { type Asked, type Figure, type Measurement, type Outcome, percentile } from '../trials/measurement.ts';
import { startStack } from '../trials/stack.ts';
import { drained, recorded, sendPosts, stormPosts, watchMemory } from './storm-alerts.ts';

const perPost = 100;
const connections = 8;
const times = 3;

interface Round {
  readonly figures: Readonly<Record<string, Figure>>;
  readonly met: Readonly<Record<string, boolean>>;
  readonly broken: readonly string[];
}

async function round(asked: Asked, count: number): Promise<Round> {
  asked.say(`${count} alerts: starting one api, one bot and a local workspace`);
  const stack = await startStack({ topology: 'all', channels: 1, copies: 1 });
  try {
    const posts = stormPosts(count, perPost, `s${count}`);
    await pause(3_000);
    const memory = watchMemory(stack);
    const begunAt = Date.now() / 1_000;
    const begun = performance.now();
    const sent = await sendPosts(stack, posts, { times, connections });
    asked.say(`accepted in ${sent.seconds.toFixed(1)} s`);
    const drainMs = await drained(stack, 300_000);
    const processedSeconds = (performance.now() - begun) / 1_000;
    asked.say(`processed after ${processedSeconds.toFixed(1)} s`);
    await pause(Math.max(0, 60_000 - (performance.now() - begun)));
    const { beforeMb, mostMb } = memory.stop();
    const seen = await recorded(stack);
    const messages = (await stack.slack.messages('C0OPS')).filter((one) => Number(one.ts) - begunAt <= 60);
    const { rows } = await stack.database.pool.query(
      `select (select count(*)::int from "Incident" where kind = 'STORM') as storms,
        (select count(*)::int from "Incident" where kind = 'NORMAL' and "mergedIntoId" is null) as threads,
        (select count(*)::int from "Task" where "agentId" = 'sop' and not "cancelRequested") as investigations,
        (select count(*)::int from "AlertGroup") as groups`,
    );
    const state = rows[0];
    const p99 = percentile(sent.millis, 0.99) ?? Number.POSITIVE_INFINITY;
    const lost = count - seen.alerts;
    const doubled = seen.counted - count;
    const figures = {
      alerts: count,
      posts: sent.posts,
      acceptedSeconds: Math.round(sent.seconds * 10) / 10,
      postP50Ms: percentile(sent.millis, 0.5),
      postP99Ms: p99,
      statuses: sent.statuses,
      waitedAfterMs: Math.round(drainMs),
      processedSeconds: Math.round(processedSeconds * 10) / 10,
      lost,
      doubled,
      quarantined: seen.odd,
      groups: state.groups,
      storms: state.storms,
      ownThreads: state.threads,
      investigations: state.investigations,
      slackMessagesFirstMinute: messages.length,
      residentBeforeMb: beforeMb,
      residentGrowthMb: mostMb - beforeMb,
    };
    const broken = [
      ...(lost === 0 ? [] : [`${lost} alerts are not in the record`]),
      ...(doubled === 0 ? [] : [`${doubled} alerts are counted twice`]),
      ...(state.storms === 1 ? [] : [`${state.storms} storm incidents`]),
    ];
    return {
      figures,
      broken,
      met: {
        [`${count} accepted within ${count / 1_000} s`]: sent.seconds <= count / 1_000,
        [`${count} none lost, none doubled`]: lost === 0 && doubled === 0,
        [`${count} post p99 within 1 s`]: p99 <= 1_000,
        [`${count} at most 25 Slack messages in the first minute`]: messages.length <= 25,
        [`${count} resident memory grows by at most 200 MB`]: mostMb - beforeMb <= 200,
      },
    };
  } catch (error) {
    process.env.KEEP_TRIALS = 'true';
    asked.say(`logs are kept in ${stack.home}/logs`);
    throw error;
  } finally {
    await stack.stop();
  }
}

async function run(asked: Asked): Promise<Outcome> {
  const counts = asked.trials === undefined ? [10_000, 100_000] : [asked.trials];
  const figures: Record<string, Figure> = {};
  const met: Record<string, boolean> = {};
  const broken: string[] = [];
  for (const count of counts) {
    const one = await round(asked, count);
    figures[String(count)] = one.figures;
    Object.assign(met, one.met);
    broken.push(...one.broken);
  }
  return {
    figures,
    baseline: { note: 'accepted means committed: one inbox row an alert, in batches of a thousand' },
    aims: { acceptedSeconds: 10, postP99Ms: 1_000, lost: 0, doubled: 0, slackMessages: 25, residentGrowthMb: 200 },
    met,
    broken,
  };
}

/** Ten thousand alerts at once, then a hundred thousand (`--trials N` takes another number). */
export const storm: Measurement = {
  name: 'storm',
  about: 'posts of 100 alerts over 8 connections, each sent three times: accepted, lost, doubled, told, memory',
  run,
};
