import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { newId, toGlobalId } from '../../lib/ids.ts';
import { postOnce, webhookBody } from './alert-sender.ts';
import { isFinished, judge } from './crash-judge.ts';
import { startPeople } from './crash-people.ts';
import { prepareTrials, type Trial } from './crash-trial.ts';
import { mutate } from './graphql.ts';
import type { Asked, Figure, Measurement, Outcome } from './measurement.ts';
import { observe, type Seen } from './record.ts';
import { type Stack, startStack } from './stack.ts';
import { startTargets, type Targets } from './targets.ts';

const APPROVER = 'U0APPROVER';
const waitMs = 120_000;

interface Part {
  readonly figures: Readonly<Record<string, Figure>>;
  readonly broken: readonly string[];
}

async function lookUntil(
  stack: Stack,
  trials: readonly Trial[],
  good: (seen: Seen) => boolean,
  what: string,
): Promise<ReadonlyMap<string, Seen>> {
  const names = trials.map((trial) => trial.system);
  const deadline = performance.now() + waitMs;
  for (;;) {
    const seen = await observe(stack.database.pool, names);
    if (seen.size === names.length && [...seen.values()].every(good)) return seen;
    if (performance.now() > deadline) throw new Error(`waited in vain for: ${what}`);
    await pause(100);
  }
}

const target = (stack: Stack) => ({ urls: stack.alertUrls, token: stack.alertsToken });

/** Sees the incidents to their end and counts what came of them. */
async function finish(stack: Stack, targets: Targets, trials: readonly Trial[]) {
  const people = startPeople(stack, trials, isFinished);
  const deadline = performance.now() + waitMs;
  for (;;) {
    const seen = await people.press({ approve: true, answer: false });
    const over = seen.size === trials.length && [...seen.values()].every(isFinished);
    if (over || performance.now() > deadline) return judge(stack, targets, trials, seen);
    await pause(100);
  }
}

/** The same webhook body at both bots in the same moment, many times. */
async function alertRaces(stack: Stack, targets: Targets, races: number, asked: Asked): Promise<Part> {
  let repeats = 0;
  const broken: string[] = [];
  const totals = { alerts: 0, lost: 0, restarts: 0, approvals: 0, effectsTwice: 0, messages: 0, messagesTwice: 0 };
  for (let done = 0; done < races; ) {
    const trials = await prepareTrials(stack, targets, Math.min(10, races - done));
    for (const trial of trials) targets.break(trial.system);
    const bodies = trials.map((trial) => webhookBody([trial.alert]));
    const statuses = await Promise.all(
      bodies.flatMap((body) => stack.alertUrls.map((_, i) => postOnce(target(stack), body, i))),
    );
    repeats += statuses.length;
    for (const status of statuses) if (status < 200 || status > 299) broken.push(`a bot answered ${status}`);
    const judged = await finish(stack, targets, trials);
    broken.push(...judged.broken);
    for (const name of ['lost', 'restarts', 'approvals', 'effectsTwice', 'messages', 'messagesTwice'] as const)
      totals[name] += judged[name];
    totals.alerts += trials.length;
    done += trials.length;
    targets.end(trials.map((trial) => trial.system));
    asked.say(`alert races: ${done} of ${races}`);
  }
  return { figures: { ...totals, posts: repeats }, broken };
}

/** Twenty decisions about one approval at once: ten presses in Slack, ten calls of the api, over two processes each. */
async function approvalRaces(stack: Stack, targets: Targets, races: number, asked: Asked): Promise<Part> {
  const broken: string[] = [];
  let won = 0;
  let lost = 0;
  let presses = 0;
  let restarts = 0;
  for (let done = 0; done < races; ) {
    const trials = await prepareTrials(stack, targets, Math.min(5, races - done));
    for (const trial of trials) targets.break(trial.system);
    await Promise.all(trials.map((trial, i) => postOnce(target(stack), webhookBody([trial.alert]), i)));
    const seen = await lookUntil(
      stack,
      trials,
      (one) => one.approvals.some((approval) => approval.status === 'PENDING' && approval.messageTs !== null),
      'approvals',
    );
    for (const trial of trials) {
      const approval = seen.get(trial.system)?.approvals[0];
      if (approval === undefined) continue;
      const calls = Array.from({ length: 10 }, (_, i) =>
        mutate(
          { url: stack.apiUrls[i % stack.apiUrls.length] ?? '', key: stack.botKey, person: APPROVER },
          { approval: z.object({ status: z.string() }).nullable() },
          'approvalDecide',
          'ApprovalDecideInput',
          'approval { status }',
          { id: toGlobalId('Approval', approval.id), approve: true, digest: approval.digest },
        ),
      );
      const pressed = Array.from({ length: 10 }, () =>
        stack.slack.press({
          user: APPROVER,
          channel: trial.channel,
          ts: approval.messageTs ?? '',
          action_id: 'approval.approve',
        }),
      );
      const answers = await Promise.allSettled(calls);
      await Promise.allSettled(pressed);
      presses += calls.length + pressed.length;
      const winners = answers.filter((one) => one.status === 'fulfilled' && one.value.userErrors.length === 0).length;
      won += winners;
      lost += answers.length - winners;
      for (const one of answers) if (one.status === 'rejected') broken.push(`approvalDecide failed: ${one.reason}`);
      if (winners > 1) broken.push(`${trial.system}: ${winners} decisions won`);
      const decisions = await stack.database.pool.query('select 1 from "ApprovalDecision" where "approvalId" = $1', [
        approval.id,
      ]);
      if (decisions.rowCount !== 1) broken.push(`${trial.system}: ${decisions.rowCount} decisions are stored`);
    }
    const judged = await finish(stack, targets, trials);
    broken.push(...judged.broken);
    restarts += judged.restarts;
    if (judged.restarts !== trials.length) broken.push(`${judged.restarts} restarts for ${trials.length} approvals`);
    done += trials.length;
    targets.end(trials.map((trial) => trial.system));
    asked.say(`approval races: ${done} of ${races}`);
  }
  return { figures: { races, presses, wonByCall: won, lostByCall: lost, restarts }, broken };
}

/** Many notifications at once in ten channels while two bots deliver. */
async function delivery(stack: Stack, targets: Targets, count: number, asked: Asked): Promise<Part> {
  const trials = await prepareTrials(stack, targets, 10);
  for (const trial of trials) targets.break(trial.system);
  await Promise.all(trials.map((trial, i) => postOnce(target(stack), webhookBody([trial.alert]), i)));
  const judged = await finish(stack, targets, trials);
  const seen = await observe(
    stack.database.pool,
    trials.map((trial) => trial.system),
  );
  const places = trials.map((trial) => ({
    channel: trial.channel,
    incident: seen.get(trial.system)?.incidents[0]?.id ?? '',
    ids: Array.from({ length: Math.ceil(count / trials.length) }, () => newId()),
  }));
  const ids = places.flatMap((place) => place.ids);
  const begun = performance.now();
  // Notices written as the api writes them: one row for each.
  for (const place of places)
    await stack.database.pool.query(
      `insert into "Notification" (id, kind, priority, "subjectType", "subjectId", receiver, "threadIncidentId", workspace, "chatChannel", text)
       select u.id, 'INCIDENT_NOTICE', 'FINDING', 'Incident', $2, 'trial:' || u.id, $2, 'T0LOCAL', $3, 'Note ' || u.n
         from unnest($1::uuid[]) with ordinality as u(id, n)`,
      [place.ids, place.incident, place.channel],
    );
  const deadline = performance.now() + waitMs * 3;
  let delivered = 0;
  for (;;) {
    const done = await stack.database.pool.query(
      `select 1 from "Notification" where id = any($1) and status = 'DELIVERED'`,
      [ids],
    );
    const now = done.rowCount ?? 0;
    if (Math.floor(now / 50) > Math.floor(delivered / 50)) asked.say(`delivery: ${now} of ${ids.length}`);
    delivered = now;
    if (delivered === ids.length || performance.now() > deadline) break;
    await pause(100);
  }
  const seconds = Math.round((performance.now() - begun) / 100) / 10;
  const wanted = new Set(ids.map((id) => toGlobalId('Notification', id)));
  const counts = new Map<string, number>();
  for (const place of places)
    for (const message of await stack.slack.messages(place.channel)) {
      const key = message.metadata?.event_payload.notification;
      if (typeof key === 'string' && wanted.has(key)) counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  const twice = [...counts.values()].filter((n) => n > 1).length;
  targets.end(trials.map((trial) => trial.system));
  return {
    figures: { notifications: ids.length, delivered, posted: counts.size, twice, deliverySeconds: seconds },
    broken: [
      ...judged.broken,
      ...(counts.size === ids.length ? [] : [`${counts.size} of ${ids.length} notifications were posted`]),
      ...(delivered === ids.length ? [] : [`${delivered} of ${ids.length} are recorded as delivered`]),
      ...(twice === 0 ? [] : [`${twice} notifications were posted twice`]),
    ],
  };
}

async function run(asked: Asked): Promise<Outcome> {
  asked.say('starting two api processes and two bots on one database');
  const stack = await startStack({ topology: 'all', channels: 10 });
  const targets = await startTargets(stack.processesHome);
  const parts = {
    approvals: () => approvalRaces(stack, targets, asked.trials ?? 20, asked),
    alerts: () => alertRaces(stack, targets, asked.trials ?? 50, asked),
    delivery: () => delivery(stack, targets, 200, asked),
  };
  const figures: Record<string, Figure> = {};
  const met: Record<string, boolean> = {};
  const broken: string[] = [];
  try {
    for (const [name, play] of Object.entries(parts)) {
      if (asked.only.length > 0 && !asked.only.includes(name)) continue;
      const part = await play();
      figures[name] = part.figures;
      met[name] = part.broken.length === 0;
      broken.push(...part.broken.map((rule) => `${name}: ${rule}`));
    }
  } finally {
    if (broken.length > 0) {
      process.env.KEEP_TRIALS = 'true';
      asked.say(`logs are kept in ${stack.home}/logs`);
    }
    await targets.stop();
    await stack.stop();
  }
  return {
    figures,
    baseline: { note: 'read-check-write without a condition ran twice in 95 of 100 races' },
    aims: { approvals: 'one decision, one effect', alerts: 'one incident', delivery: 'each posted once' },
    met,
    broken,
  };
}

/** Two api processes and two bots on one database behave as one. */
export const two: Measurement = {
  name: 'two',
  about: 'two api processes and two bots on one database: approval races, alert races, delivery',
  run,
};
