import { databaseNow, type Incident, inTransaction, type Prisma, type TimelineKind, type Tx } from '../db.ts';
import { type By, type IncidentAnswer, type IncidentDeps, incidentNumber, type Refusal, requireAny } from './by.ts';
import { sayCard, sayNotice } from './say.ts';
import { addTimeline } from './timeline.ts';
import { moment, wordsOf } from './words.ts';

/** A change of what is known about an incident, not of its state. */
interface Amendment {
  readonly operation: string;
  readonly kind: TimelineKind;
  readonly input: unknown;
  /** What is stored and said; a refusal when it cannot be, null when nothing would change. */
  readonly change: (
    tx: Tx,
    incident: Incident,
    now: Date,
  ) => Promise<
    | { readonly data: Prisma.IncidentUncheckedUpdateManyInput; readonly text: string }
    | { readonly refusal: Refusal }
    | null
  >;
  /** Also told in the thread. */
  readonly notice?: boolean;
}

async function amend(deps: IncidentDeps, by: By, id: string, wanted: Amendment): Promise<IncidentAnswer> {
  requireAny(by, 'INCIDENT_WRITE');
  const answer = await inTransaction(deps.db, async (tx): Promise<IncidentAnswer> => {
    await tx.$executeRaw`select "id" from "Incident" where "id" = ${id}::uuid for update`;
    const incident = await tx.incident.findUnique({ where: { id } });
    if (incident === null)
      return { incident, userErrors: [{ code: 'NOT_FOUND', message: 'There is no such incident.' }] };
    const change = await wanted.change(tx, incident, await databaseNow(tx));
    if (change === null) return { incident, userErrors: [] };
    if ('refusal' in change) return { incident, userErrors: [change.refusal] };
    const changed = await tx.incident.update({
      where: { id },
      data: { ...change.data, version: { increment: 1 } } as Prisma.IncidentUncheckedUpdateInput,
    });
    const entry = await addTimeline(tx, { incidentId: id, kind: wanted.kind, actor: by.actor, text: change.text });
    if (wanted.notice === true) await sayNotice(tx, incident, entry);
    await sayCard(tx, changed, 'PROGRESS');
    await deps.audit(tx, {
      actor: by.actor,
      operation: wanted.operation,
      subject: { type: 'Incident', id },
      input: wanted.input,
      outcome: 'stored',
      correlationId: by.correlationId,
    });
    return { incident: changed, userErrors: [] };
  });
  if (answer.userErrors.length === 0) {
    deps.wake('notifications');
    deps.wake('incident', id);
  }
  return answer;
}

/** Gives an incident to a person, or to nobody. It says who works on it; acknowledging is another matter. */
export function assignIncident(deps: IncidentDeps, by: By, id: string, userId: string | null): Promise<IncidentAnswer> {
  return amend(deps, by, id, {
    operation: 'incidentAssign',
    kind: 'STATUS',
    input: { userId },
    notice: true,
    change: async (tx, incident) => {
      if (incident.status === 'RESOLVED') return { refusal: closed(incident) };
      if (incident.assigneeId === userId) return null;
      const words = wordsOf(incident.locale);
      if (userId === null) return { data: { assigneeId: null }, text: words.unassigned(by.actor.name) };
      const user = await tx.user.findUnique({ where: { id: userId } });
      if (user === null || !user.active)
        return { refusal: { code: 'NOT_FOUND', message: 'There is no such person.', path: ['input', 'assigneeId'] } };
      return { data: { assigneeId: userId }, text: words.assigned(user.displayName, by.actor.name) };
    },
  });
}

const longestSnoozeMs = 24 * 3_600_000;

/** Notices of the thread wait until then; approvals, failures and a raised severity do not. Zero ends it. */
export function snoozeIncident(deps: IncidentDeps, by: By, id: string, durationMs: number): Promise<IncidentAnswer> {
  return amend(deps, by, id, {
    operation: 'incidentSnooze',
    kind: 'STATUS',
    input: { durationMs },
    change: async (_, incident, now) => {
      if (incident.status === 'RESOLVED') return { refusal: closed(incident) };
      if (!Number.isFinite(durationMs) || durationMs < 0 || durationMs > longestSnoozeMs)
        return {
          refusal: { code: 'INVALID_INPUT', message: 'At most a day.', path: ['input', 'duration'] },
        };
      const until = new Date(now.getTime() + durationMs);
      return { data: { snoozedUntil: until }, text: wordsOf(incident.locale).snoozed(moment(until), by.actor.name) };
    },
  });
}

/** Notes a ticket of another system on the incident. The same number twice is one link. */
export function linkTicket(
  deps: IncidentDeps,
  by: By,
  id: string,
  ticket: { readonly number: string; readonly url: string | null },
): Promise<IncidentAnswer> {
  return amend(deps, by, id, {
    operation: 'incidentTicketLink',
    kind: 'TICKET',
    input: ticket,
    change: async (_, incident) => {
      const links = ticketLinksOf(incident);
      if (links.some((one) => one.number === ticket.number)) return null;
      if (links.length >= 20)
        return { refusal: { code: 'INVALID_STATE', message: 'An incident has at most 20 tickets.' } };
      return {
        data: { ticketLinks: [...links, ticket].map((one) => ({ ...one })) },
        text: wordsOf(incident.locale).ticketLinked(ticket.number, by.actor.name),
      };
    },
  });
}

/** Tickets noted on an incident. */
export function ticketLinksOf(
  incident: Pick<Incident, 'ticketLinks'>,
): readonly { readonly number: string; readonly url: string | null }[] {
  if (!Array.isArray(incident.ticketLinks)) return [];
  return incident.ticketLinks.flatMap((one) =>
    typeof one === 'object' && one !== null && 'number' in one && typeof one.number === 'string'
      ? [{ number: one.number, url: 'url' in one && typeof one.url === 'string' ? one.url : null }]
      : [],
  );
}

function closed(incident: Incident): Refusal {
  return {
    code: 'INVALID_STATE',
    message: wordsOf(incident.locale).alreadyResolved(
      incidentNumber(incident),
      moment(incident.resolvedAt ?? incident.createdAt),
    ),
  };
}
