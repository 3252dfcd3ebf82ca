import { Cron } from 'croner';
import { AppError } from '../../lib/errors.ts';

/**
 * First due time after a moment, in the schedule's own time zone: a time that daylight saving skips runs right after the gap, a time
 * that comes twice runs once. Null when it is never due again. Throws INVALID_INPUT for what is no cron expression or zone.
 */
export function nextDue(cron: string, timeZone: string, after: Date): Date | null {
  try {
    return new Cron(cron, { timezone: timeZone, paused: true }).nextRun(after);
  } catch (cause) {
    throw new AppError('INVALID_INPUT', `"${cron}" in ${timeZone} is no schedule.`, { cause });
  }
}
