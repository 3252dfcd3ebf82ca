/** Functions, aggregations and keywords of PromQL: what an expression does with its series, never what the series are about. */
const grammarWords = new Set(
  (
    'abs absent absent_over_time and atan2 avg avg_over_time bool bottomk by ceil changes clamp clamp_max clamp_min count count_over_time count_values day_of_month ' +
    'day_of_week day_of_year days_in_month delta deriv end exp floor group group_left group_right histogram_avg histogram_count histogram_fraction ' +
    'histogram_quantile histogram_sum holt_winters hour idelta ignoring increase inf irate label_join label_replace last_over_time limitk ln log10 log2 mad_over_time max ' +
    'max_over_time min min_over_time minute month nan offset on or predict_linear present_over_time quantile quantile_over_time rate resets round scalar sgn sort ' +
    'sort_by_label sort_desc sqrt start stddev stddev_over_time stdvar stdvar_over_time sum sum_over_time time timestamp topk unless vector without year'
  ).split(' '),
);

/** A call or selector such as an expression has and prose has not. */
const looksLikeExpression =
  /\b(?:sum|min|max|avg|count|rate|irate|increase|absent|changes|delta|deriv|predict_linear|histogram_quantile|quantile|topk|[a-z]+_over_time)\s*(?:\(|by\s*\(|without\s*\()|\b[a-zA-Z_:][\w:]*(?:_[\w:]+)\s*(?:\{[^}]*\}|\[[0-9a-z:]+\]|[<>=!]=?\s*[\d(])|\{\s*\w+\s*(?:=~|!~|!=|=)\s*["'`]/;

const labelLists = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/gi;
const matchers = /\{[^{}]*\}/g;
const ranges = /\[[^\]]*\]|\boffset\s+\d+[a-z]+/g;
const strings = /"[^"\n]*"|'[^'\n]*'|`[^`\n]*`/g;
const comments = /^\s*#.*$/gm;
const metricName = /[a-zA-Z_][\w:]*/g;
/** What a metric's name says about its unit or kind, not about its subject. */
const units = new Set('total bucket count sum info seconds bytes milliseconds percent ratio created'.split(' '));

/** Words that people wrote and the names of the series an expression reads, apart from each other. */
export interface SplitWords {
  readonly prose: string;
  readonly metrics: readonly string[];
}

/**
 * Takes expressions out of a text such as an alert's: lines that read like PromQL give the names of their series, without functions, labels, ranges and numbers;
 * the rest is prose.
 */
export function splitExpressions(text: string): SplitWords {
  if (!looksLikeExpression.test(text)) return { prose: text, metrics: [] };
  const prose: string[] = [];
  const code: string[] = [];
  let open = 0;
  for (const line of text.split('\n')) {
    const starts = open > 0 || isExpressionLine(line, code.length > 0);
    (starts ? code : prose).push(line);
    if (starts) open = Math.max(0, open + depthOf(line));
  }
  const expression = code
    .join('\n')
    .replace(comments, ' ')
    .replace(matchers, ' ')
    .replace(ranges, ' ')
    .replace(labelLists, ' ')
    .replace(strings, ' ');
  const metrics = [...expression.matchAll(metricName)]
    .map(([name]) => name)
    .filter((name) => !grammarWords.has(name.toLowerCase()) && name.length > 1);
  return { prose: prose.join('\n'), metrics: [...new Set(metrics)] };
}

const depthOf = (line: string): number => (line.match(/[({[]/g)?.length ?? 0) - (line.match(/[)}\]]/g)?.length ?? 0);

/** Lines after the first one of an expression also count when they begin as only an expression goes on. */
function isExpressionLine(line: string, within: boolean): boolean {
  if (looksLikeExpression.test(line)) return true;
  const plain = line.trim();
  if (/^#/.test(plain)) return true;
  return (
    /^[a-zA-Z_:][\w:]*[_:][\w:]*$/.test(plain) ||
    (within && /^(?:[)<>=*/+\-|]|and\b|or\b|unless\b|on\s*\(|by\s*\(|\d|[a-zA-Z_:]\w*\s*\()/.test(plain))
  );
}

/** The words of a metric's name that speak of its subject: node_filesystem_avail_bytes → node filesystem avail. */
export function metricWords(name: string): string {
  return name
    .split(/[_:]+/)
    .filter((part) => part !== '' && !units.has(part))
    .join(' ');
}
