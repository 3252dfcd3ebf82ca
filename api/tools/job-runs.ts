import { z } from 'zod';
import { AppError } from '../../lib/errors.ts';
import type { Job } from '../ports/source-registry.ts';
import { cronProblem, judgeRuns, type SeenRun } from './job-schedule.ts';
import { databaseNamed } from './sql.ts';
import { defineReadTool, type ToolPorts } from './tool.ts';

const args = z.strictObject({ job: z.string().min(1).max(63), from: z.iso.datetime(), now: z.iso.datetime() });

/** A job as its own traces show it. */
export type JobRunsReading = {
  readonly job: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly expected: number;
  readonly ran: number;
  readonly missed: string[];
  readonly failed: string[];
  readonly extra: number;
  readonly lastRunAt: string | null;
  readonly nextDueAt: string | null;
};

const quoted = (word: string): string => `"${word.replaceAll('"', '""')}"`;
const text = (word: string): string => `'${word.replaceAll("'", "''")}'`;
const mostRuns = 10_000;
const longestRunMs = 6 * 3_600_000;

/** When a registered job was due and when it ran. */
export const jobRuns = defineReadTool<z.infer<typeof args>, JobRunsReading>({
  name: 'jobs.runs',
  args,
  timeoutMs: 60_000,
  run: async ({ job: name, from, now }, ports, signal) => {
    const job = (await ports.registry.jobs()).find((one) => one.name === name);
    if (job === undefined) throw new AppError('INVALID_INPUT', `${name} is not a registered job.`);
    const problem = cronProblem(job.cron, job.timeZone);
    if (problem !== null) throw new AppError('NOT_CONFIGURED', `${name}: its schedule cannot be read: ${problem}`);
    const range = { from: new Date(from), to: new Date(now) };
    const { asked, runs } =
      job.evidence.kind === 'log'
        ? await runsInLog(job, range, ports, signal)
        : await runsInTable(job, range, ports, signal);
    const verdict = judgeRuns({
      cron: job.cron,
      timeZone: job.timeZone,
      graceMinutes: job.graceMinutes,
      from: range.from,
      now: range.to,
      runs,
    });
    const times = (state: 'missed' | 'failed') =>
      verdict.expected.filter((one) => one.state === state).map((one) => new Date(one.at).toISOString());
    const ran = verdict.expected.filter((one) => one.state === 'ran').length;
    const parts = [
      `${ran} of ${verdict.expected.length} runs`,
      ...(verdict.missed > 0 ? [`${verdict.missed} missed (${times('missed').slice(0, 3).join(', ')})`] : []),
      ...(verdict.failed > 0 ? [`${verdict.failed} failed (${times('failed').slice(0, 3).join(', ')})`] : []),
    ];
    return {
      outcome: 'success',
      kind: 'other',
      title: `Runs of ${name}`,
      asked: `${asked}; due by "${job.cron}" in ${job.timeZone}`,
      summary: `${name}: ${parts.join(', ')}`.slice(0, 400),
      rangeFrom: from,
      rangeTo: now,
      data: {
        job: name,
        cron: job.cron,
        timeZone: job.timeZone,
        expected: verdict.expected.length,
        ran,
        missed: times('missed').slice(0, 100),
        failed: times('failed').slice(0, 100),
        extra: verdict.extra,
        lastRunAt: verdict.lastRunAt === null ? null : new Date(verdict.lastRunAt).toISOString(),
        nextDueAt: verdict.nextDueAt === null ? null : new Date(verdict.nextDueAt).toISOString(),
      },
    };
  },
});

type Range = { readonly from: Date; readonly to: Date };
type Seen = { readonly asked: string; readonly runs: readonly SeenRun[] };

/** Each line that holds the word is a run; a line with the word of failure before the next run marks it. */
async function runsInLog(job: Job, range: Range, ports: ToolPorts, signal: AbortSignal): Promise<Seen> {
  if (job.evidence.kind !== 'log') return { asked: '', runs: [] };
  const { source: name, contains, failed } = job.evidence;
  const source = (await ports.registry.logSources()).find((one) => one.name === name);
  if (source === undefined)
    throw new AppError('NOT_CONFIGURED', `${job.name}: ${name} is not a registered log source.`);
  const { system: _, ...plain } = source;
  // The clock of the job may be a minute ahead.
  const from = new Date(range.from.getTime() - 60_000);
  const starts = await ports.logs.query(plain, { from, to: range.to, limit: mostRuns, contains }, signal);
  const failures =
    failed === undefined
      ? null
      : await ports.logs.query(plain, { from, to: range.to, limit: mostRuns, contains: failed }, signal);
  const at = starts.lines.flatMap((one) => (one.at === null ? [] : [one.at]));
  const bad = (failures?.lines ?? []).flatMap((one) => (one.at === null ? [] : [one.at]));
  return {
    asked: `lines with ${JSON.stringify(contains)} in ${name}`,
    runs: at.map((start, index) => {
      const end = Math.min(at[index + 1] ?? Number.POSITIVE_INFINITY, start + longestRunMs);
      return { at: start, failed: bad.some((one) => one >= start && one < end) };
    }),
  };
}

/** Each row of the table is a run. */
async function runsInTable(job: Job, range: Range, ports: ToolPorts, signal: AbortSignal): Promise<Seen> {
  if (job.evidence.kind !== 'table') return { asked: '', runs: [] };
  const { database: name, table, startedColumn, statusColumn, okValues, jobColumn } = job.evidence;
  const database = await databaseNamed(ports, name);
  const started = `t.${quoted(startedColumn)}`;
  const sql = [
    `select (extract(epoch from ${started}) * 1000)::float8 as at, ${statusColumn === undefined ? "''" : `t.${quoted(statusColumn)}::text`} as status`,
    `from ${table.split('.').map(quoted).join('.')} as t`,
    `where ${started} >= ${text(new Date(range.from.getTime() - 60_000).toISOString())}::timestamptz and ${started} < ${text(range.to.toISOString())}::timestamptz`,
    ...(jobColumn === undefined ? [] : [`and t.${quoted(jobColumn)}::text = ${text(job.name)}`]),
    `order by 1`,
  ].join(' ');
  const { rows } = await ports.sql.select(database, sql, signal, { maxRows: mostRuns });
  const ok = new Set(okValues.map((one) => one.toLowerCase()));
  return {
    asked: sql,
    runs: rows.map(([at, status]) => ({
      at: Number(at),
      failed: statusColumn !== undefined && !ok.has(String(status ?? '').toLowerCase()),
    })),
  };
}
