import { setTimeout as pause } from 'node:timers/promises';
import { type BoundaryName, boundaries, type Round } from './crash-boundaries.ts';
import { isFinished, type Judgement, judge } from './crash-judge.ts';
import { startPeople } from './crash-people.ts';
import { prepareTrials, retireTrials } from './crash-trial.ts';
import type { Program } from './program.ts';
import { senderOf } from './record.ts';
import { sessionOf } from './session.ts';
import type { Stack } from './stack.ts';
import type { Targets } from './targets.ts';

export type Victim = 'api' | 'worker' | 'bot' | 'database' | 'all';

/** What one kill brought. */
export interface RoundResult extends Judgement {
  /** Trials that were at the boundary. */
  readonly hits: number;
  /** Longest standstill of each trial at the boundary, in milliseconds. */
  readonly standstills: readonly number[];
  /** Outcomes that could not be known, and the milliseconds until a person was told. */
  readonly unknown: number;
  readonly toldMs: readonly number[];
  readonly tries: number;
}

const finishWithinMs = 150_000;
const unknownOf = (effects: readonly { readonly status: string }[]) => effects.some((one) => one.status === 'UNKNOWN');

/** Brings `size` incidents to the boundary, kills, and sees them all to their end. */
export async function playRound(
  stack: Stack,
  targets: Targets,
  victim: Victim,
  boundary: BoundaryName,
  number: number,
  size: number,
): Promise<RoundResult> {
  await stack.revive();
  const trials = await prepareTrials(stack, targets, size);
  const people = startPeople(stack, trials, isFinished);
  let doomed = await doomedParts(stack, victim, boundary, number);
  const sessions = await Promise.all(stack.workers.map((one) => sessionOf(stack.database.pool, one.pid())));
  const pickVictim = (owners: readonly string[]): readonly string[] => {
    if (victim !== 'api' && victim !== 'worker') return [];
    const owned = sessions.map((name) => owners.filter((owner) => owner.startsWith(`${name}#`)).length);
    const most = owned.indexOf(Math.max(...owned));
    doomed = stack.workers.filter((_, i) => i === most);
    return sessions.filter((name, i) => i === most && name !== null).map(String);
  };
  let revived: Promise<unknown> = Promise.resolve();
  const kill = async () => {
    const killing = doomed.map((one) => one.kill());
    if (victim === 'database' || victim === 'all') killing.push(stack.database.kill());
    people.startClock();
    await Promise.all(killing);
    if (victim === 'database') revived = stack.database.start();
    if (victim === 'all') revived = stack.database.start().then(() => stack.revive());
    revived.catch(() => undefined);
  };
  const round: Round = {
    stack,
    targets,
    trials,
    number,
    firstBot: Math.max(
      0,
      stack.bots.findIndex((bot) => doomed.includes(bot)),
    ),
    kill,
    databaseLives: victim !== 'database' && victim !== 'all',
    pickVictim,
    press: people.press,
    sending: [],
  };
  const hits = await boundaries[boundary](round);
  const deadline = performance.now() + finishWithinMs;
  const unknown = new Set<string>();
  let tookOver = false;
  for (;;) {
    const seen = await people.press({ approve: true, answer: true });
    for (const one of seen.values()) if (unknownOf(one.effects)) unknown.add(one.system);
    if (seen.size === trials.length && [...seen.values()].every(isFinished)) break;
    if (performance.now() > deadline) break;
    // A process that died alone comes back only after the living ones had the time to take its work over.
    if (!tookOver && performance.now() > deadline - finishWithinMs + 15_000) {
      tookOver = true;
      revived = revived.then(() => stack.revive());
    }
    await pause(100);
  }
  await revived;
  const sent = await Promise.allSettled(round.sending);
  const seen = await people.press({ approve: false, answer: false });
  const judged = await judge(stack, targets, trials, seen);
  const untold = [...unknown].filter((system) => !people.told().has(system));
  const refused = sent.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
  await retireTrials(stack, trials);
  // New bots begin with Slack's whole budget of edits, and with nothing in their hands.
  await Promise.all(stack.bots.map((bot) => bot.kill()));
  targets.end(trials.map((trial) => trial.system));
  return {
    ...judged,
    broken: [
      ...judged.broken.map((rule) => `${victim}:${boundary} ${rule}`),
      ...untold.map((system) => `${victim}:${boundary} ${system}: nobody was told that the outcome is unknown`),
      ...refused.map((reason) => `${victim}:${boundary} ${reason}`),
    ],
    hits: hits.size,
    standstills: [...people.standstill()]
      .filter(([system]) => hits.has(system) && !unknown.has(system))
      .map(([, ms]) => ms),
    unknown: unknown.size,
    toldMs: [...people.told().values()],
    tries: sent.reduce((all, one) => all + (one.status === 'fulfilled' ? one.value : 0), 0),
  };
}

/** The processes that die in this round: one of the two in turn (of bots the one that hears of the alerts), the bot that sends, or all. */
async function doomedParts(
  stack: Stack,
  victim: Victim,
  boundary: BoundaryName,
  number: number,
): Promise<readonly Program[]> {
  const inTurn = (parts: readonly Program[]) => parts.filter((_, i) => i === number % parts.length);
  switch (victim) {
    case 'api':
      return inTurn(stack.apis);
    case 'worker':
      return inTurn(stack.workers);
    case 'bot':
      return boundary === 'post-confirm' ? sendingBot(stack, number) : inTurn(stack.bots);
    case 'database':
      return [];
    case 'all':
      return [...new Set([...stack.apis, ...stack.workers, ...stack.bots])];
    default:
      return victim satisfies never;
  }
}

/** The bot whose process holds the right to send; where the holder's name does not tell its process, one in turn. */
async function sendingBot(stack: Stack, number: number): Promise<readonly Program[]> {
  const holder = await senderOf(stack.database.pool);
  const sender = stack.bots.filter((bot) => holder?.split(/\D+/).includes(String(bot.pid())));
  return sender.length === 1 ? sender : stack.bots.filter((_, i) => i === number % stack.bots.length);
}
