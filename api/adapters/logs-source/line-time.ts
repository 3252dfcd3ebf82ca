const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Minutes a zone is ahead of UTC at a moment. */
function offsetMinutes(zone: string, at: number): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return Math.round(
    (Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second')) -
      Math.floor(at / 1_000) * 1_000) /
      60_000,
  );
}

/** A wall-clock time of a zone as a moment. */
export function inZone(wall: number, zone: string): number {
  if (zone === 'UTC') return wall;
  const guess = wall - offsetMinutes(zone, wall) * 60_000;
  return wall - offsetMinutes(zone, guess) * 60_000;
}

const iso = /^\W{0,3}(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?\s?(Z|[+-]\d\d:?\d\d)?/;
const syslog = /^(?:<\d{1,3}>)?([A-Z][a-z]{2})\s+(\d{1,2}) (\d\d):(\d\d):(\d\d)/;
const access = /\[(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-]\d{4})\]/;
const field = /"(?:time|ts|timestamp|@timestamp)"\s*:\s*"?(\d{10}(?:\.\d+)?|\d{13}|\d{4}-\d\d-\d\dT[^"]+)/;

/** The time a line begins with, or carries where access logs and JSON logs carry it; null when there is none. Times without a zone are read in `zone`. */
export function timeOf(line: string, zone: string, now: number): number | null {
  const match = iso.exec(line);
  if (match !== null) {
    const [, year, month, day, hour, minute, second, fraction, offset] = match;
    const wall = Date.UTC(
      Number(year),
      Number(month) - 1,
      Number(day),
      Number(hour),
      Number(minute),
      Number(second),
      Math.floor(Number(`0.${fraction ?? 0}`) * 1_000),
    );
    if (offset === undefined) return inZone(wall, zone);
    return offset === 'Z' ? wall : wall - minutesOf(offset) * 60_000;
  }
  const system = syslog.exec(line);
  const month = months.indexOf((system?.[1] ?? '').toLowerCase());
  if (system !== null && month >= 0) {
    const year = new Date(now).getUTCFullYear();
    const at = (of: number) =>
      inZone(Date.UTC(of, month, Number(system[2]), Number(system[3]), Number(system[4]), Number(system[5])), zone);
    // There is no year in it: what would lie ahead is of last year.
    return at(year) > now + 86_400_000 ? at(year - 1) : at(year);
  }
  const web = access.exec(line);
  if (web !== null) {
    const named = months.indexOf((web[2] ?? '').toLowerCase());
    return (
      Date.UTC(Number(web[3]), named, Number(web[1]), Number(web[4]), Number(web[5]), Number(web[6])) -
      minutesOf(web[7] ?? '+0000') * 60_000
    );
  }
  const json = line.startsWith('{') ? field.exec(line)?.[1] : undefined;
  if (json === undefined) return null;
  if (/^\d{13}$/.test(json)) return Number(json);
  if (/^\d{10}/.test(json)) return Number(json) * 1_000;
  const parsed = Date.parse(json);
  return Number.isNaN(parsed) ? null : parsed;
}

function minutesOf(offset: string): number {
  const sign = offset.startsWith('-') ? -1 : 1;
  const digits = offset.replace(/[^\d]/g, '');
  return sign * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2, 4)));
}
