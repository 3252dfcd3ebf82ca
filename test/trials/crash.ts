import type { BoundaryName } from './crash-boundaries.ts';
import { playRound, type RoundResult, type Victim } from './crash-round.ts';
import { type Asked, type Figure, type Measurement, type Outcome, percentile } from './measurement.ts';
import { startStack, type Topology } from './stack.ts';
import { startTargets } from './targets.ts';

const plan: Readonly<Record<Topology, readonly (readonly [Victim, readonly BoundaryName[]])[]>> = {
  all: [
    ['api', ['before-commit', 'after-commit', 'intent-effect', 'effect-record', 'unknown-outcome']],
    ['bot', ['before-commit', 'after-commit', 'post-confirm']],
    ['database', ['before-commit', 'after-commit', 'intent-effect', 'effect-record', 'post-confirm']],
    ['all', ['before-commit', 'after-commit', 'intent-effect', 'effect-record', 'unknown-outcome', 'post-confirm']],
  ],
  split: [['worker', ['before-commit', 'after-commit', 'intent-effect', 'effect-record', 'unknown-outcome']]],
};

const usualTrials = 50;
const usualBatch = 25;
const takenOverWithinMs = 15_000;
const toldWithinMs = 30_000;

interface Sum {
  kills: number;
  trials: number;
  atBoundary: number;
  accepted: number;
  lost: number;
  approvals: number;
  restarts: number;
  effectsTwice: number;
  messages: number;
  messagesTwice: number;
  unknown: number;
  standstills: number[];
  toldMs: number[];
  broken: string[];
}

const empty = (): Sum => ({
  kills: 0,
  trials: 0,
  atBoundary: 0,
  accepted: 0,
  lost: 0,
  approvals: 0,
  restarts: 0,
  effectsTwice: 0,
  messages: 0,
  messagesTwice: 0,
  unknown: 0,
  standstills: [],
  toldMs: [],
  broken: [],
});

function add(sum: Sum, round: RoundResult, size: number): void {
  sum.kills++;
  sum.trials += size;
  sum.atBoundary += round.hits;
  sum.accepted += size;
  for (const name of ['lost', 'approvals', 'restarts', 'effectsTwice', 'messages', 'messagesTwice', 'unknown'] as const)
    sum[name] += round[name];
  sum.standstills.push(...round.standstills);
  sum.toldMs.push(...round.toldMs);
  sum.broken.push(...round.broken);
}

const figuresOf = (sum: Sum): Readonly<Record<string, Figure>> => ({
  kills: sum.kills,
  trials: sum.atBoundary,
  incidents: sum.trials,
  lost: sum.lost,
  approvals: sum.approvals,
  restarts: sum.restarts,
  effectsTwice: sum.effectsTwice,
  messages: sum.messages,
  messagesTwice: sum.messagesTwice,
  takenOverP50Ms: percentile(sum.standstills, 0.5),
  takenOverMaxMs: percentile(sum.standstills, 1),
  unknown: sum.unknown,
  toldMaxMs: percentile(sum.toldMs, 1),
});

async function run(asked: Asked): Promise<Outcome> {
  const wanted = asked.trials ?? usualTrials;
  const total = empty();
  const figures: Record<string, Figure> = {};
  let failedStarts = 0;
  for (const topology of ['all', 'split'] as const) {
    const chosen = plan[topology].flatMap(([victim, names]) =>
      names
        .map((boundary) => ({ victim, boundary, name: `${victim}:${boundary}` }))
        .filter(({ name }) => asked.only.length === 0 || asked.only.some((one) => [name, victim].includes(one))),
    );
    if (chosen.length === 0) continue;
    const batch = Math.min(asked.batch ?? usualBatch, wanted * 2);
    asked.say(
      `starting two of each (${topology === 'all' ? 'api and worker in one process' : 'api and worker apart'})`,
    );
    const stack = await startStack({ topology, channels: batch });
    const targets = await startTargets(stack.processesHome);
    try {
      for (const { victim, boundary, name } of chosen) {
        const sum = empty();
        for (let number = 1; sum.atBoundary < wanted && number <= 12; number++) {
          const result = await playRound(stack, targets, victim, boundary, number, batch);
          add(sum, result, batch);
          add(total, result, batch);
          for (const rule of result.broken) asked.say(`BROKEN ${rule}`);
        }
        figures[name] = figuresOf(sum);
        asked.say(`${name}: ${JSON.stringify(figures[name])}`);
        if (sum.atBoundary < wanted) total.broken.push(`${name}: only ${sum.atBoundary} trials reached the boundary`);
      }
    } finally {
      if (total.broken.length > 0) {
        process.env.KEEP_TRIALS = 'true';
        asked.say(`logs are kept in ${stack.home}/logs`);
      }
      failedStarts += stack.failedStarts();
      await targets.stop();
      await stack.stop();
    }
  }
  const slowest = Math.max(0, ...total.standstills);
  const latest = Math.max(0, ...total.toldMs);
  return {
    figures: { ...figuresOf(total), failedStarts, byKill: figures },
    baseline: {
      note: 'a correct product loses and doubles nothing; without kills a story has no standstill above 2 s',
    },
    aims: {
      lost: 0,
      effectsTwice: 0,
      messagesTwice: 0,
      takenOverMaxMs: takenOverWithinMs,
      toldMaxMs: toldWithinMs,
      trialsEach: wanted,
    },
    met: {
      lost: total.lost === 0,
      effectsTwice: total.effectsTwice === 0,
      messagesTwice: total.messagesTwice === 0,
      takenOverMaxMs: slowest <= takenOverWithinMs,
      toldMaxMs: latest <= toldWithinMs,
      trialsEach:
        Object.values(figures).length > 0 && !total.broken.some((rule) => rule.includes('reached the boundary')),
    },
    broken: total.broken,
  };
}

/** Kills every part of the product with kill -9 at each boundary of its work. */
export const crash: Measurement = {
  name: 'crash',
  about: 'kill -9 of api, worker, bot, database and all at every boundary: nothing lost, nothing twice',
  run,
};
