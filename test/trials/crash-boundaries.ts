import { setTimeout as pause } from 'node:timers/promises';
import { sendAlerts } from './alert-sender.ts';
import { corruptState, lockEffects } from './crash-holds.ts';
import type { Trial } from './crash-trial.ts';
import type { Seen } from './record.ts';
import type { Stack } from './stack.ts';
import type { Targets } from './targets.ts';

/** What people do while they look: approve, and say what happened where the product does not know. */
export interface Pressing {
  readonly approve: boolean;
  readonly answer: boolean;
}

/** One kill and everything it may hit. */
export interface Round {
  readonly stack: Stack;
  readonly targets: Targets;
  readonly trials: readonly Trial[];
  /** Number of the round within its victim and boundary. */
  readonly number: number;
  readonly kill: () => Promise<void>;
  /** Number of the bot that hears of the alerts first. */
  readonly firstBot: number;
  /** Whether the record goes on living, so that what waits for it can be let go on after the kill. */
  readonly databaseLives: boolean;
  /** Picks the process to be killed among those that own these effects; answers its sessions, none when the work of any is hit. */
  readonly pickVictim: (owners: readonly string[]) => readonly string[];
  /** Presses what waits for a person; answers what it saw. */
  readonly press: (how: Pressing) => Promise<ReadonlyMap<string, Seen>>;
  /** Alerts that are being sent; all must be accepted in the end. */
  readonly sending: Promise<number>[];
}

/** Names of the systems at the boundary when the kill came. */
export type Boundary = (round: Round) => Promise<ReadonlySet<string>>;

const near = 60;

function breakAll({ targets, trials }: Round): void {
  for (const trial of trials) targets.break(trial.system);
}

function send(round: Round, trials: readonly Trial[]): Promise<number> {
  const { stack } = round;
  const sent = sendAlerts(
    { urls: stack.alertUrls, token: stack.alertsToken },
    trials.map((trial) => trial.alert),
    round.firstBot,
  );
  sent.catch(() => undefined);
  round.sending.push(sent);
  return sent;
}

const namesOf = (trials: readonly Trial[]): Set<string> => new Set(trials.map((trial) => trial.system));

async function lookUntil(
  round: Round,
  approve: boolean,
  good: (seen: Seen) => boolean,
  withinMs: number,
): Promise<ReadonlyMap<string, Seen>> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const seen = await round.press({ approve, answer: false });
    const reached = [...seen].filter(([, one]) => good(one));
    if (reached.length === round.trials.length || performance.now() > deadline) return new Map(reached);
    await pause(near);
  }
}

/** At a moment of its own within 30 ms after the alerts were sent, each in a call of its own. */
const beforeCommit: Boundary = async (round) => {
  breakAll(round);
  for (const trial of round.trials) void send(round, [trial]);
  await pause(Math.random() * 30);
  await round.kill();
  return namesOf(round.trials);
};

/** The moment the 2xx arrives. */
const afterCommit: Boundary = async (round) => {
  breakAll(round);
  await send(round, round.trials);
  await round.kill();
  return namesOf(round.trials);
};

interface Held {
  readonly letGo: () => Promise<void>;
  readonly at: ReadonlySet<string>;
  readonly sessions: readonly string[];
}

/** Waits until all approvals are asked for, holds the targets, approves, waits until the intents stand. */
async function holdAtIntent(round: Round): Promise<Held> {
  breakAll(round);
  await send(round, round.trials);
  const waiting = (seen: Seen) => seen.approvals.some((one) => one.status === 'PENDING' && one.messageTs !== null);
  await lookUntil(round, false, waiting, 60_000);
  const letGo = await round.targets.hold(round.trials.map((trial) => trial.system));
  const begun = await lookUntil(round, true, (seen) => seen.effects.length > 0, 12_000);
  const owners = [...begun.values()].flatMap((seen) => seen.effects.map((effect) => effect.owner));
  const sessions = round.pickVictim(owners);
  const isVictims = (owner: string) =>
    sessions.length === 0 || sessions.some((session) => owner.startsWith(`${session}#`));
  const at = [...begun.values()].filter((seen) =>
    seen.effects.some((effect) => effect.status === 'INTENT' && isVictims(effect.owner)),
  );
  return { letGo, at: new Set(at.map((seen) => seen.system)), sessions };
}

/** The intents stand, the targets were not reached yet. */
const intentEffect: Boundary = async (round) => {
  const { letGo, at } = await holdAtIntent(round);
  await round.kill();
  await letGo();
  return at;
};

async function afterEffect(round: Round, silent: boolean): Promise<ReadonlySet<string>> {
  const { letGo, at, sessions } = await holdAtIntent(round);
  const rows = await lockEffects(round.stack.database, [...at]);
  await letGo();
  const deadline = performance.now() + 8_000;
  const done = () => [...at].filter((name) => round.targets.starts(name) > 0);
  while (done().length < at.size && performance.now() < deadline) await pause(near);
  const names = new Set(done());
  const restore = silent ? await corruptState(round.stack.processesHome, [...names]) : null;
  await round.kill();
  await rows.release(round.databaseLives, sessions);
  if (restore !== null) {
    // The target answers again when a person has been told.
    const told = (seen: Seen) => seen.notifications.some((one) => one.kind === 'OUTCOME_UNKNOWN' && one.delivered > 0);
    await lookUntil(
      round,
      true,
      (seen) => !names.has(seen.system) || told(seen) || seen.effects[0]?.status === 'DONE',
      30_000,
    );
    await restore();
  }
  return names;
}

/** The targets have restarted, the rows that say so cannot be written. */
const effectRecord: Boundary = (round) => afterEffect(round, false);

/** The same, and the target cannot be asked afterwards: the outcome is unknown until a person says it. */
const unknownOutcome: Boundary = (round) => afterEffect(round, true);

/** Slack has taken a post of each trial and its answer never comes: the card, or what comes after it. */
const postConfirm: Boundary = async (round) => {
  const { stack, trials } = round;
  const hang = () =>
    stack.slack.addFault(
      trials.map((trial) => ({ kind: 'hang-after', method: 'chat.postMessage', channel: trial.channel, times: 1 })),
    );
  const count = async (trial: Trial) => (await stack.slack.messages(trial.channel)).length;
  const counts = async () =>
    new Map(await Promise.all(trials.map(async (trial) => [trial, await count(trial)] as const)));
  const late = round.number % 2 === 0;
  if (!late) await hang();
  let before = await counts();
  breakAll(round);
  await send(round, trials);
  if (late) {
    const hasCard = (seen: Seen) => seen.notifications.some((one) => one.kind === 'INCIDENT_CARD' && one.delivered > 0);
    await lookUntil(round, false, hasCard, 30_000);
    await hang();
    before = await counts();
  }
  const hit = new Set<string>();
  const deadline = performance.now() + 6_000;
  while (hit.size < trials.length && performance.now() < deadline) {
    for (const trial of trials) if ((await count(trial)) > (before.get(trial) ?? 0)) hit.add(trial.system);
    await pause(near);
  }
  await round.kill();
  await stack.slack.clearFaults();
  return hit;
};

/** Every boundary by its name. */
export const boundaries = {
  'before-commit': beforeCommit,
  'after-commit': afterCommit,
  'intent-effect': intentEffect,
  'effect-record': effectRecord,
  'unknown-outcome': unknownOutcome,
  'post-confirm': postConfirm,
} as const satisfies Readonly<Record<string, Boundary>>;

export type BoundaryName = keyof typeof boundaries;
