import { z } from 'zod';
import { AppError } from '../../lib/errors.ts';
import { findPatterns, type LineSeverity } from './log-pattern-rules.ts';
import { defineReadTool } from './tool.ts';

const args = z.strictObject({
  source: z.string().min(1).max(63),
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  limit: z.number().int().min(1).max(50_000),
});

/** Errors and warnings of a time range as patterns. */
export type LogPatternsReading = {
  readonly source: string;
  readonly lines: number;
  readonly fatal: number;
  readonly errors: number;
  readonly warnings: number;
  readonly cut: boolean;
  /** Share of the fatal and error lines that stand in a listed pattern. */
  readonly covered: number;
  readonly patterns: {
    readonly template: string;
    readonly severity: LineSeverity;
    readonly count: number;
    readonly firstAt: string | null;
    readonly lastAt: string | null;
    readonly sample: string;
  }[];
};

const mostPatterns = 60;
const time = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/** Reads a registered log and groups its errors and warnings. */
export const logPatterns = defineReadTool<z.infer<typeof args>, LogPatternsReading>({
  name: 'logs.patterns',
  args,
  timeoutMs: 60_000,
  run: async ({ source: name, from, to, limit }, ports, signal) => {
    const source = (await ports.registry.logSources()).find((one) => one.name === name);
    if (source === undefined) throw new AppError('INVALID_INPUT', `${name} is not a registered log source.`);
    const { system: _, ...plain } = source;
    const reading = await ports.logs.query(plain, { from: new Date(from), to: new Date(to), limit }, signal);
    const found = findPatterns(reading.lines, mostPatterns);
    const bad = found.fatal + found.errors;
    const listed = found.patterns
      .filter((one) => one.severity === 'fatal' || one.severity === 'error')
      .reduce((sum, one) => sum + one.count, 0);
    const top = found.patterns[0];
    return {
      outcome: found.lines === 0 ? 'no_data' : 'success',
      kind: 'other',
      title: `Log of ${name}`,
      asked: `${reading.from} from ${from} to ${to}, newest ${limit} lines`,
      summary:
        found.lines === 0
          ? `${name}: no line between ${from} and ${to}`
          : `${name}: ${found.lines} lines, ${bad} errors in ${found.patterns.filter((one) => one.severity !== 'warning').length} patterns, ${found.warnings} warnings${reading.cut ? ' (only the newest lines were read)' : ''}${top === undefined ? '' : `; most: ${top.count} × ${top.template}`}`.slice(
              0,
              400,
            ),
      rangeFrom: from,
      rangeTo: to,
      data: {
        source: name,
        lines: found.lines,
        fatal: found.fatal,
        errors: found.errors,
        warnings: found.warnings,
        cut: reading.cut,
        covered: bad === 0 ? 1 : Math.round((listed / bad) * 10_000) / 10_000,
        patterns: found.patterns.map(({ firstAt, lastAt, ...rest }) => ({
          ...rest,
          firstAt: time(firstAt),
          lastAt: time(lastAt),
        })),
      },
    };
  },
});
