import type { ChartSpec } from './chart-draw.ts';
import type { KeptRows } from './sql-run.ts';

/** What a chart shows, without its values: those belong to the person who asked. */
export type ChartReading = {
  readonly kind: 'line' | 'bar';
  readonly points: number;
  readonly series: string[];
  readonly altText: string;
};

const mostPoints = 500;
const mostSeries = 6;

/** Chooses what to draw: the first column that is no measure names the points, every column of numbers is a series. Null when there is none. */
export function chartOf(
  kept: KeptRows,
  kind: 'line' | 'bar' | null,
  title: string,
): { readonly spec: ChartSpec; readonly reading: ChartReading; readonly altText: string } | null {
  const rows = kept.rows.slice(0, mostPoints);
  const isNumber = kept.columns.map(
    (column, at) =>
      !column.masked &&
      rows.some((row) => typeof row[at] === 'number') &&
      rows.every((row) => row[at] === null || typeof row[at] === 'number'),
  );
  const isTime = kept.columns.map((column) => /^(date|timestamp|time)/.test(column.type));
  const named = kept.columns.findIndex((_, at) => isTime[at] === true);
  const label = named >= 0 ? named : kept.columns.findIndex((_, at) => isNumber[at] !== true);
  const first = label >= 0 ? label : 0;
  const measures = kept.columns.flatMap((_, at) => (isNumber[at] === true && at !== first ? [at] : []));
  const chosen = (measures.length > 0 ? measures : isNumber[first] === true ? [first] : []).slice(0, mostSeries);
  if (chosen.length === 0 || rows.length === 0) return null;
  const labels = rows.map((row, at) =>
    label < 0 ? String(at + 1) : shortLabel(row[first] ?? '', isTime[first] === true),
  );
  const series = chosen.map((at) => ({
    name: kept.columns[at]?.name ?? '',
    values: rows.map((row) => (typeof row[at] === 'number' ? row[at] : null)),
  }));
  const drawn = kind ?? (isTime[first] === true ? 'line' : 'bar');
  const altText = `${title}: ${series.map((one) => extremes(one, labels)).join('; ')}`.slice(0, 1_000);
  return {
    spec: { kind: drawn, title, labels, series },
    reading: {
      kind: drawn,
      points: rows.length,
      series: series.map((one) => one.name),
      altText: `${drawn} chart, ${rows.length} points`,
    },
    altText,
  };
}

/** The reading of a series in words: where it begins and ends, and its highest and lowest. */
export function extremes(series: ChartSpec['series'][number], labels: readonly string[]): string {
  const points = series.values.flatMap((value, at) => (value === null ? [] : [{ value, at: labels[at] ?? '' }]));
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return `${series.name}: empty`;
  const high = points.reduce((best, one) => (one.value > best.value ? one : best));
  const low = points.reduce((best, one) => (one.value < best.value ? one : best));
  return `${series.name} from ${first.value} (${first.at}) to ${last.value} (${last.at}), highest ${high.value} (${high.at}), lowest ${low.value} (${low.at})`;
}

const shortLabel = (value: string | number | boolean, isTime: boolean): string =>
  isTime
    ? String(value)
        .replace(/ 00:00:00(\+00)?$/, '')
        .replace(/:00(\+00)?$/, '')
        .slice(0, 16)
    : String(value).slice(0, 24);
