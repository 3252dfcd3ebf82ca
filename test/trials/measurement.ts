import { parseArgs } from 'node:util';

/** One figure of a measurement; null where it could not be taken. */
export type Figure = number | string | boolean | null | readonly Figure[] | { readonly [name: string]: Figure };

/** What every trial and benchmark ends with. */
export interface Outcome {
  readonly figures: Readonly<Record<string, Figure>>;
  readonly baseline: Readonly<Record<string, Figure>>;
  readonly aims: Readonly<Record<string, Figure>>;
  readonly met: Readonly<Record<string, boolean>>;
  /** Rules that were broken, in words; trials fail by them. */
  readonly broken?: readonly string[];
}

/** What a person asked for on the command line. */
export interface Asked {
  readonly trials: number | undefined;
  readonly batch: number | undefined;
  readonly only: readonly string[];
  /** Folder with data from outside, for evaluations. */
  readonly data: string | undefined;
  readonly say: (line: string) => void;
}

/** One trial or benchmark by its name. */
export interface Measurement {
  readonly name: string;
  readonly about: string;
  readonly run: (asked: Asked) => Promise<Outcome>;
}

/** Runs the measurement named on the command line, or lists them. Answers the exit code: 1 when a rule was broken or it did not run to the end. */
export async function runMeasurements(program: string, measurements: readonly Measurement[]): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      trials: { type: 'string' },
      batch: { type: 'string' },
      only: { type: 'string', multiple: true, default: [] },
      data: { type: 'string' },
    },
  });
  const chosen = measurements.find((one) => one.name === positionals[0]);
  if (chosen === undefined) {
    const width = Math.max(...measurements.map((one) => one.name.length)) + 2;
    process.stdout.write(
      `npm run ${program} -- NAME [--json] [--trials N] [--only VICTIM:BOUNDARY]\n${measurements.map((one) => `  ${one.name.padEnd(width)}${one.about}`).join('\n')}\n`,
    );
    return positionals[0] === undefined ? 0 : 64;
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  const begun = performance.now();
  const say = (line: string) => {
    const at = `${((performance.now() - begun) / 1000).toFixed(1).padStart(7)} s  `;
    (values.json ? process.stderr : process.stdout).write(`${at}${line}\n`);
  };
  const outcome = await chosen.run({
    trials: countOf(values.trials, '--trials'),
    batch: countOf(values.batch, '--batch'),
    only: values.only,
    data: values.data,
    say,
  });
  const broken = outcome.broken ?? [];
  for (const rule of broken) say(`BROKEN: ${rule}`);
  for (const [aim, met] of Object.entries(outcome.met)) say(`${met ? 'met   ' : 'MISSED'} ${aim}`);
  const { figures, baseline, aims, met } = outcome;
  const seconds = Math.round((performance.now() - begun) / 100) / 10;
  const all = { name: chosen.name, figures: { ...figures, seconds }, baseline, aims, met };
  process.stdout.write(`${values.json ? JSON.stringify(all) : JSON.stringify(all, null, 2)}\n`);
  return broken.length > 0 ? 1 : 0;
}

function countOf(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new Error(`${option} must be a whole number from 1`);
  return count;
}

/** The value below which that share of the values lies; null for none. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((one, other) => one - other);
  const at = Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1));
  const value = sorted[at];
  return value === undefined ? null : Math.round(value * 10) / 10;
}
