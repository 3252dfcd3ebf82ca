/** How bad a line is, by what it says itself. */
export type LineSeverity = 'fatal' | 'error' | 'warning' | 'info';

/** Lines that differ in their values only. */
export interface LogPattern {
  readonly template: string;
  readonly severity: LineSeverity;
  readonly count: number;
  readonly firstAt: number | null;
  readonly lastAt: number | null;
  readonly sample: string;
}

export interface PatternReading {
  readonly lines: number;
  readonly fatal: number;
  readonly errors: number;
  readonly warnings: number;
  readonly patterns: readonly LogPattern[];
}

const wild = '<*>';
const levels: readonly (readonly [RegExp, LineSeverity])[] = [
  [/(?<![\w/.-])(?:FATAL|PANIC|EMERG(?:ENCY)?|CRIT(?:ICAL)?)\b/, 'fatal'],
  [/"?\b(?:level|severity|lvl)"?\s*[=:]\s*"?(?:fatal|panic|critical|crit|emerg)/i, 'fatal'],
  [/(?<![\w/.-])(?:ERROR|ERR|SEVERE)\b|(?:^|[\s\]])(?:error|fatal|panic):/, 'error'],
  [/\[(?:error|err)\]|"?\b(?:level|severity|lvl)"?\s*[=:]\s*"?(?:error|err)\b/i, 'error'],
  [/(?<![\w/.-])(?:WARN|WARNING)\b|(?:^|[\s\]])warning:/, 'warning'],
  [/\[warn(?:ing)?\]|"?\b(?:level|severity|lvl)"?\s*[=:]\s*"?warn/i, 'warning'],
  [/(?<![\w/.-])(?:INFO|DEBUG|TRACE|NOTICE)\b/, 'info'],
  [/\[(?:info|debug|trace|notice)\]|"?\b(?:level|severity|lvl)"?\s*[=:]\s*"?(?:info|debug|trace|notice)/i, 'info'],
];
/** Words of failure in lines that name no level. */
const failing =
  /\b(?:[A-Za-z]*(?:Exception|Error)\b|exception\b|failed\b|failure\b|fatal:|panic:|segfault|traceback|refused\b|timed? ?out\b|unhandled|out of memory|oom-kill|denied\b|unreachable\b|deadlock)|오류|에러|실패|예외|장애/i;
const warning = /\b(?:deprecated|retrying|slow query)\b|경고|지연/i;
/** An access log says it by its status. */
const access = /"\s([1-5]\d\d)\s\d+/;

/** The severity of one line: what its own level says, for access logs the status, else its words. */
export function severityOf(line: string): LineSeverity {
  const head = line.slice(0, 300);
  for (const [pattern, severity] of levels) if (pattern.test(head)) return severity;
  const code = Number(access.exec(line.slice(0, 2_000))?.[1] ?? 0);
  if (code >= 500) return 'error';
  if (code > 0) return 'info';
  return failing.test(line) ? 'error' : warning.test(line) ? 'warning' : 'info';
}

/** A line of a stack trace belongs to the line before it. */
export function isContinuation(line: string): boolean {
  return /^(?:\s+(?:at\b|in\b|\.\.\.|File ")|\s{2,}\S|\t|Caused by:|\.\.\. \d+ more|Traceback )/.test(line);
}

/** Parts that are values by their shape, whatever the program. Order matters: longer shapes first. */
const values: readonly RegExp[] = [
  /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?/g,
  /\b\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}/g,
  /^(?:<\d{1,3}>)?[A-Z][a-z]{2}\s+\d{1,2} \d\d:\d\d:\d\d/g,
  /\b\d\d:\d\d:\d\d(?:[.,]\d+)?/g,
  /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi,
  /\b(?:https?|jdbc|amqp|redis|tcp):\/\/[^\s"',)\]}]+/g,
  /\b[\w.+-]+@[\w-]+\.[\w.]+\b/g,
  /\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g,
  /\b(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}\b/gi,
  /\b0x[0-9a-f]+\b/gi,
  /\b(?=[0-9a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,}\b/gi,
  /(?<![\w.])\/(?:[\w.@%+~=-]+\/)+[\w.@%+~=-]*/g,
  /\b\d+(?:\.\d+)?(?:ms|us|µs|ns|s|m|h|d|kb|mb|gb|kib|mib|gib|b|%)?\b/gi,
];

/** Fields of a JSON line that say what happened; the others are values. */
const telling = /^(?:msg|message|err|error|reason|exception|level|severity|event|logger|type|code)$/i;

/** The line with its values taken out. */
export function maskValues(line: string): string {
  const cut = line.slice(0, 1_000);
  return (cut.startsWith('{') ? maskJson(line.slice(0, 4_000)) : null) ?? maskPlain(cut);
}

function maskPlain(text: string): string {
  // A quoted single word is a name; a quoted sentence says something.
  const unquoted = text.replace(/"(?:[^"\\]|\\.)*"|(?<!\w)'[^'\s]{1,100}'/g, (part, at: number) =>
    /\s/.test(part) || text[at + part.length] === ':' ? part : wild,
  );
  return values.reduce((rest, pattern) => rest.replace(pattern, wild), unquoted);
}

function maskJson(line: string): string | null {
  try {
    const parsed: unknown = JSON.parse(line);
    if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed)) return null;
    return Object.entries(parsed)
      .map(([key, value]) => `${key}=${typeof value === 'string' && telling.test(key) ? maskPlain(value) : wild}`)
      .join(' ');
  } catch {
    return null;
  }
}

interface Cluster {
  tokens: string[];
  severity: LineSeverity;
  count: number;
  firstAt: number | null;
  lastAt: number | null;
  sample: string;
}

const alike = 0.6;
const mostClusters = 5_000;
const rank: Readonly<Record<LineSeverity, number>> = { fatal: 3, error: 2, warning: 1, info: 0 };

const hasValue = (token: string): boolean => token.includes(wild) || /\d/.test(token);

/**
 * Groups lines into patterns: values are taken out by their shape, then lines of one length that begin alike and share most words fall together,
 * and the words they differ in become wildcards. One pass, and the same lines always give the same patterns.
 */
export function findPatterns(
  lines: readonly { readonly at: number | null; readonly text: string }[],
  most: number,
): PatternReading {
  const groups = new Map<string, Cluster[]>();
  let clusters = 0;
  let total = 0;
  const counts: Record<LineSeverity, number> = { fatal: 0, error: 0, warning: 0, info: 0 };
  for (const { at, text } of lines) {
    if (isContinuation(text) && total > 0) continue;
    total++;
    const severity = severityOf(text);
    counts[severity]++;
    if (severity === 'info') continue;
    const tokens = maskValues(text).split(/\s+/).filter(Boolean).slice(0, 60);
    const lead = tokens.find((token) => !hasValue(token)) ?? wild;
    const key = `${severity} ${tokens.length} ${lead}`;
    const group = groups.get(key) ?? [];
    let best: Cluster | null = null;
    let bestShare = 0;
    for (const cluster of group) {
      const share = likeness(cluster.tokens, tokens);
      if (share > bestShare) [best, bestShare] = [cluster, share];
    }
    if (best !== null && (bestShare >= alike || clusters >= mostClusters)) {
      best.tokens = best.tokens.map((token, index) => (token === tokens[index] ? token : wild));
      best.count++;
      if (at !== null) {
        best.firstAt = best.firstAt === null ? at : Math.min(best.firstAt, at);
        best.lastAt = best.lastAt === null ? at : Math.max(best.lastAt, at);
      }
      continue;
    }
    clusters++;
    group.push({ tokens, severity, count: 1, firstAt: at, lastAt: at, sample: text.slice(0, 300) });
    groups.set(key, group);
  }
  const all = [...groups.values()]
    .flat()
    .sort(
      (one, other) =>
        rank[other.severity] - rank[one.severity] || other.count - one.count || (one.sample < other.sample ? -1 : 1),
    );
  return {
    lines: total,
    fatal: counts.fatal,
    errors: counts.error,
    warnings: counts.warning,
    patterns: all.slice(0, most).map(({ tokens, ...rest }) => ({
      template: tokens
        .join(' ')
        .replaceAll(/(?:<\*>[ ,]?){3,}/g, '<*> ')
        .slice(0, 400),
      ...rest,
    })),
  };
}

/** The share of words two lines of one length have in common; values count as common. */
function likeness(one: readonly string[], other: readonly string[]): number {
  let same = 0;
  for (const [at, token] of one.entries()) if (token === other[at] || token === wild) same++;
  return one.length === 0 ? 1 : same / one.length;
}
