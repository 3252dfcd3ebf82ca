const units = [
  ['D', 86_400_000],
  ['H', 3_600_000],
  ['M', 60_000],
  ['S', 1_000],
] as const;

/** Milliseconds of an ISO 8601 duration of days, hours, minutes and seconds; null when it is none. */
export function parseDuration(text: string): number | null {
  const match = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,3})?)S)?)?$/.exec(text);
  if (!match || text === 'P' || text.endsWith('T')) return null;
  const [, weeks, days, hours, minutes, seconds] = match;
  const ms = Math.round(
    Number(weeks ?? 0) * 604_800_000 +
      Number(days ?? 0) * 86_400_000 +
      Number(hours ?? 0) * 3_600_000 +
      Number(minutes ?? 0) * 60_000 +
      Number(seconds ?? 0) * 1_000,
  );
  return Number.isSafeInteger(ms) ? ms : null;
}

/** ISO 8601 duration of a number of milliseconds, for example PT15M. */
export function formatDuration(ms: number): string {
  let rest = Math.max(0, Math.round(ms));
  let date = '';
  let time = '';
  for (const [unit, size] of units) {
    const count = unit === 'S' ? rest / size : Math.floor(rest / size);
    if (count === 0) continue;
    rest -= Math.floor(count) * size;
    if (unit === 'D') date += `${count}D`;
    else time += `${count}${unit}`;
  }
  if (date === '' && time === '') return 'PT0S';
  return `P${date}${time === '' ? '' : `T${time}`}`;
}
