import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startAlertmanager } from '../support/real-alertmanager.ts';
import { channelOf } from '../trials/local-slack.ts';
import { type Asked, type Figure, type Measurement, type Outcome, percentile } from '../trials/measurement.ts';
import { startStack } from '../trials/stack.ts';

const usualAlerts = 60;
const channels = 12;

/** One Alertmanager tells our bot and, by its own Slack receiver, the same local Slack; both messages are timed by the workspace. */
async function run(asked: Asked): Promise<Outcome> {
  const count = asked.trials ?? usualAlerts;
  asked.say('starting one api, one bot, a local workspace and an Alertmanager');
  const stack = await startStack({ topology: 'all', channels, copies: 1 });
  const folder = mkdtempSync(path.join(os.tmpdir(), 'agentic-latency-'));
  const real = await startAlertmanager({
    folder,
    webhook: { url: stack.alertUrls[0] ?? '', token: stack.alertsToken },
    extraReceiver: `    slack_configs:
      - api_url: ${stack.slackUrl}/api/chat.postMessage
        channel: C0OPS
        send_resolved: false
        title: '{{ .CommonLabels.service }}'
        text: own
        http_config: { authorization: { credentials: ${stack.slackToken} } }
`,
  });
  try {
    // A channel each, so that no storm begins and no channel's pace decides.
    for (let i = 0; i < count; i++)
      await stack.database.pool.query(
        `insert into "System" ("id", "name", "displayName", "databases", "logSources", "jobs", "limits", "chatChannel")
         values (gen_random_uuid(), $1, $1, '[]', '[]', '[]', '{}', $2)`,
        [`lat-${i}`, channelOf(i % channels)],
      );
    for (let i = 0; i < count; i++) {
      await real.tell([
        { labels: { alertname: 'Latency', service: `lat-${i}`, severity: 'warning' }, startsAt: new Date() },
      ]);
      if (i % 20 === 19) asked.say(`${i + 1} of ${count} alerts sent`);
      await pause(1_000);
    }
    await pause(5_000);
    // Both are timed by when their call reached the workspace; a receiver's message without text is refused there, which costs no time.
    const calls = await stack.slack.calls('chat.postMessage');
    const service = (args: unknown) => /lat-\d+(?!\d)/.exec(JSON.stringify(args))?.[0];
    const own = new Map<string, number>();
    for (const { args, at } of calls) {
      const name = service(args);
      if (args.channel === 'C0OPS' && name !== undefined && !own.has(name)) own.set(name, at);
    }
    const added: number[] = [];
    for (const { args, at } of calls) {
      const name = service(args);
      const theirs = name === undefined ? undefined : own.get(name);
      if (args.channel === 'C0OPS' || args.thread_ts !== undefined || name === undefined || theirs === undefined)
        continue;
      own.delete(name);
      added.push(at - theirs);
    }
    const median = percentile(added, 0.5);
    const p99 = percentile(added, 0.99);
    const figures: Record<string, Figure> = {
      alerts: count,
      compared: added.length,
      addedMedianMs: median,
      addedP90Ms: percentile(added, 0.9),
      addedP99Ms: p99,
      addedMaxMs: percentile(added, 1),
    };
    return {
      figures,
      baseline: { note: "Alertmanager's own Slack receiver, fed by the same Alertmanager, into the same workspace" },
      aims: { addedMedianMs: 150, addedP99Ms: 1_000 },
      met: {
        addedMedianMs: median !== null && median <= 150,
        addedP99Ms: p99 !== null && p99 <= 1_000,
        'every alert was told by both': added.length === count,
      },
    };
  } finally {
    await real.stop();
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How much later our card is than the message of Alertmanager's own Slack receiver. */
export const latency: Measurement = {
  name: 'latency',
  about: "our card beside the message of Alertmanager's own Slack receiver",
  run,
};
