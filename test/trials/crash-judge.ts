import { z } from 'zod';
import { fromGlobalId } from '../../lib/ids.ts';
import type { Trial } from './crash-trial.ts';
import type { Seen } from './record.ts';
import type { Stack } from './stack.ts';
import type { Targets } from './targets.ts';

const metadata = z.object({ notification: z.string() });

/** What was counted for the trials of one round. */
export interface Judgement {
  readonly broken: readonly string[];
  readonly lost: number;
  readonly restarts: number;
  readonly approvals: number;
  readonly effectsTwice: number;
  readonly messages: number;
  readonly messagesTwice: number;
}

/** Whether everything has ended as it should: resolved, and every message is out. Late edits of a message wait for Slack's budget. */
export function isFinished(seen: Seen | undefined): boolean {
  return (
    seen !== undefined &&
    seen.incidents.length === 1 &&
    seen.incidents[0]?.status === 'RESOLVED' &&
    seen.tasks.every((task) => task.status === 'SUCCEEDED') &&
    seen.notifications.every((one) => one.status === 'REPLACED' || one.delivered > 0)
  );
}

/** Compares effects with approvals, rows with acknowledgements and posts with outbox rows, for each trial. */
export async function judge(
  stack: Stack,
  targets: Targets,
  trials: readonly Trial[],
  seen: ReadonlyMap<string, Seen>,
): Promise<Judgement> {
  const broken: string[] = [];
  const sum = { lost: 0, restarts: 0, approvals: 0, effectsTwice: 0, messages: 0, messagesTwice: 0 };
  for (const trial of trials) {
    const say = (rule: string) => void broken.push(`${trial.system}: ${rule}`);
    const facts = seen.get(trial.system);
    if (facts === undefined || facts.incidents.length === 0 || facts.alerts !== 1) {
      sum.lost++;
      say(`accepted alert lost (${facts?.alerts ?? 0} alerts, ${facts?.incidents.length ?? 0} incidents)`);
      continue;
    }
    if (facts.incidents.length > 1) say(`${facts.incidents.length} incidents for one system`);
    if (!isFinished(facts)) {
      sum.lost++;
      const open = facts.notifications.filter((one) => one.status !== 'REPLACED' && one.delivered === 0);
      say(
        `not finished: incident ${facts.incidents[0]?.status}, tasks ${facts.tasks.map((task) => `${task.type} ${task.status}`).join(', ')}, approvals ${facts.approvals.map((one) => one.status).join(',')}, effects ${facts.effects.map((one) => one.status).join(',')}, untold ${open.map((one) => `${one.kind} ${one.status}`).join(', ')}`,
      );
    }
    const approved = facts.approvals.filter((one) => one.status === 'APPROVED').length;
    const starts = targets.starts(trial.system);
    sum.approvals += approved;
    sum.restarts += starts;
    if (starts > approved || facts.approvals.some((one) => one.effects > 1)) {
      sum.effectsTwice++;
      say(`${starts} restarts for ${approved} approvals`);
    }
    if (isFinished(facts) && starts < 1) say('resolved without a restart');
    const told = await messagesOf(stack, trial, facts);
    sum.messages += told.posts;
    sum.messagesTwice += told.twice.length;
    for (const twice of told.twice) say(`message twice: ${twice}`);
    if (told.parents !== 1) say(`${told.parents} threads for one incident`);
  }
  return { broken, ...sum };
}

/** The posts of one incident in its channel, by the notification each carries. */
async function messagesOf(stack: Stack, trial: Trial, facts: Seen) {
  const kinds = new Map(facts.notifications.map((one) => [one.id, one.kind]));
  const counts = new Map<string, number>();
  let parents = 0;
  for (const message of await stack.slack.messages(trial.channel)) {
    const key = metadata.safeParse(message.metadata?.event_payload).data?.notification;
    const id = key === undefined ? undefined : (fromGlobalId(key)?.id ?? key);
    if (id === undefined || !kinds.has(id)) continue;
    counts.set(id, (counts.get(id) ?? 0) + 1);
    if (message.thread_ts === undefined || message.thread_ts === message.ts) parents++;
  }
  const twice = [...counts].filter(([, n]) => n > 1).map(([id, n]) => `${kinds.get(id)} ${n} times`);
  return { posts: [...counts.values()].reduce((all, n) => all + n, 0), twice, parents };
}
