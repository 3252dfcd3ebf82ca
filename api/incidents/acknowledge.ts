import { databaseNow, inTransaction } from '../db.ts';
import { automation, type By, type IncidentAnswer, type IncidentDeps, requireAny } from './by.ts';
import { changeIncident, changeIncidentIn } from './change.ts';
import { moment, wordsOf } from './words.ts';

const usualMs = 3_600_000;
const shortestMs = 60_000;
const longestMs = 24 * 3_600_000;

/** Says "mine" for an hour, or as long as asked up to a day. Again by the same person: extended. It reopens nothing. */
export async function acknowledgeIncident(
  deps: IncidentDeps,
  viewer: By,
  id: string,
  durationMs: number = usualMs,
): Promise<IncidentAnswer> {
  requireAny(viewer, 'INCIDENT_WRITE', 'APPROVAL_DECIDE');
  const { person } = viewer;
  if (person === null)
    return { incident: null, userErrors: [{ code: 'FORBIDDEN', message: wordsOf('EN').noPerson() }] };
  const ms = Number.isFinite(durationMs) ? Math.min(longestMs, Math.max(shortestMs, Math.round(durationMs))) : usualMs;
  return changeIncident(deps, viewer, id, {
    operation: 'incidentAcknowledge',
    event: (_, now) => ({ type: 'acknowledge', personId: person.id, until: new Date(now.getTime() + ms) }),
    text: (incident, effect) => {
      const until = moment(incident.acknowledgedUntil ?? incident.startedAt);
      const words = wordsOf(incident.locale);
      return effect === 'extended'
        ? words.extended(person.displayName, until)
        : words.acknowledged(person.displayName, until);
    },
    data: () => ({ assigneeId: person.id, askedAt: null }),
    urgency: 'RESULT',
    input: { durationMs: ms },
  });
}

/** Gives an acknowledged incident back. */
export async function releaseIncident(
  deps: IncidentDeps,
  viewer: By,
  id: string,
  reason: string | null = null,
): Promise<IncidentAnswer> {
  requireAny(viewer, 'INCIDENT_WRITE', 'APPROVAL_DECIDE');
  return changeIncident(deps, viewer, id, {
    operation: 'incidentRelease',
    event: () => ({ type: 'release' }),
    text: (incident) => wordsOf(incident.locale).released(viewer.actor.name, reason ?? ''),
    data: () => ({ assigneeId: null }),
    urgency: 'RESULT',
    input: { reason },
  });
}

/** Ends the acknowledgements whose time is over, by database time. Answers how many. */
export async function endAcknowledgements(deps: IncidentDeps): Promise<number> {
  const due = await inTransaction(deps.db, async (tx) =>
    tx.incident.findMany({
      where: { status: 'ACKNOWLEDGED', acknowledgedUntil: { lte: await databaseNow(tx) } },
      select: { id: true },
      take: 100,
      orderBy: { acknowledgedUntil: 'asc' },
    }),
  );
  let ended = 0;
  for (const { id } of due) {
    const by = automation('incidents', `acknowledgement:${id}`);
    const answer = await inTransaction(deps.db, (tx) =>
      changeIncidentIn(deps, tx, by, id, {
        operation: 'acknowledgementEnd',
        event: () => ({ type: 'tick' }),
        text: (incident) => wordsOf(incident.locale).ended(),
        data: () => ({ assigneeId: null }),
        urgency: 'PROGRESS',
        input: {},
      }),
    );
    if (answer.userErrors.length === 0 && answer.incident?.status === 'TRIGGERED') ended += 1;
  }
  if (ended > 0) deps.wake('notifications');
  return ended;
}
