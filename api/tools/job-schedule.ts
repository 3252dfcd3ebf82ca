import { Cron } from 'croner';

/** A run that was seen: when it began, and whether it is known to have failed. */
export interface SeenRun {
  readonly at: number;
  readonly failed: boolean;
}

export interface JobVerdict {
  readonly expected: readonly { readonly at: number; readonly state: 'ran' | 'failed' | 'missed' | 'due' }[];
  readonly missed: number;
  readonly failed: number;
  /** Runs at times nobody expected one. */
  readonly extra: number;
  readonly lastRunAt: number | null;
  readonly nextDueAt: number | null;
}

const mostTimes = 2_000;
/** A clock that is a little ahead is no early run. */
const earlyMs = 60_000;

/** When a job was due in a range, in its own zone: a time that a clock change skips is due after the gap, one that comes twice is due once. */
export function dueTimes(cron: string, timeZone: string, from: Date, to: Date): Date[] {
  const schedule = new Cron(cron, { timezone: timeZone, paused: true });
  const due: Date[] = [];
  for (let after = new Date(from.getTime() - 1_000); due.length < mostTimes; ) {
    const next = schedule.nextRun(after);
    if (next === null || next >= to) break;
    if (next >= from) due.push(next);
    after = next;
  }
  return due;
}

/** Why a cron expression or zone cannot be used; null when it can. */
export function cronProblem(cron: string, timeZone: string): string | null {
  try {
    new Cron(cron, { timezone: timeZone, paused: true }).nextRun();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message.slice(0, 200) : 'not a schedule';
  }
}

/** Sets the runs that were seen against the times they were due: each run counts for one time, each time wants one run. */
export function judgeRuns(options: {
  readonly cron: string;
  readonly timeZone: string;
  readonly graceMinutes: number;
  readonly from: Date;
  readonly now: Date;
  readonly runs: readonly SeenRun[];
}): JobVerdict {
  const { now, from } = options;
  const grace = options.graceMinutes * 60_000;
  const due = dueTimes(options.cron, options.timeZone, from, now).map((one) => one.getTime());
  const runs = [...options.runs].sort((one, other) => one.at - other.at);
  const used = new Set<SeenRun>();
  const expected = due.map((at, index) => {
    const nextDue = due[index + 1] ?? Number.POSITIVE_INFINITY;
    const run = runs.find(
      (one) => !used.has(one) && one.at >= at - earlyMs && one.at <= at + grace && one.at < nextDue - earlyMs,
    );
    if (run !== undefined) {
      used.add(run);
      return { at, state: run.failed ? ('failed' as const) : ('ran' as const) };
    }
    return { at, state: at + grace > now.getTime() ? ('due' as const) : ('missed' as const) };
  });
  const inRange = runs.filter((one) => one.at >= from.getTime());
  return {
    expected,
    missed: expected.filter((one) => one.state === 'missed').length,
    failed: expected.filter((one) => one.state === 'failed').length,
    extra: inRange.filter((one) => !used.has(one)).length,
    lastRunAt: runs.at(-1)?.at ?? null,
    nextDueAt: new Cron(options.cron, { timezone: options.timeZone, paused: true }).nextRun(now)?.getTime() ?? null,
  };
}
