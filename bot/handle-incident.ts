import { type CommandRead, readDuration } from './grammar.ts';
import {
  incidentAssign,
  incidentGroupsQuery,
  incidentMerge,
  incidentSnooze,
  incidentSplit,
  incidentTicketLink,
} from './operations.ts';
import { answeredErrors, found, type Session, tell } from './session.ts';
import { silenceGroups } from './silence-many.ts';

type Verb = 'assign' | 'silence' | 'merge' | 'split' | 'snooze' | 'ticket';
interface Known {
  readonly id: string;
  readonly number: string;
}

/** Words for oneself and for nobody. */
const me = new Set(['me', 'myself', '나', '저', '내가']);
const nobody = new Set(['nobody', 'none', '-', '없음']);

/** What people do with an incident besides taking and closing it. */
export function handleIncident(verb: Verb, input: CommandRead, session: Session, known: Known): Promise<void> {
  switch (verb) {
    case 'assign':
      return assign(input, session, known);
    case 'silence':
      return silence(input, session, known);
    case 'merge':
      return merge(input, session, known);
    case 'split':
      return split(input, session, known);
    case 'snooze':
      return snooze(input, session, known);
    case 'ticket':
      return ticket(input, session, known);
    default:
      return verb satisfies never;
  }
}

async function assign(input: CommandRead, session: Session, { id, number }: Known): Promise<void> {
  const { t, person } = session;
  const word = (input.args[0] ?? 'me').normalize('NFC');
  const user = /^<@([UW][A-Z0-9]+)(?:\|[^>]*)?>$/.exec(word)?.[1];
  const chosen = user ?? (me.has(word.toLowerCase()) ? person.user : null);
  if (chosen === null && !nobody.has(word.toLowerCase()))
    return tell(session, t.whichId('/agent incident assign INC-31 @mina'));
  const { incidentAssign: answer } = await session.api.call(
    incidentAssign,
    { input: { id, ...(chosen === null ? {} : { chatUser: { workspace: person.workspace, user: chosen } }) } },
    { retry: true },
  );
  if (await answeredErrors(session, answer.userErrors)) return;
  const name = answer.incident?.assignee?.displayName;
  await tell(session, name === undefined ? t.unassignedNow(number) : t.assignedNow(number, name));
}

async function silence(input: CommandRead, session: Session, { id }: Known): Promise<void> {
  const duration = await durationOf(input, session, '/agent incident silence INC-31 1h', '30m');
  if (duration === null) return;
  const { incident } = await session.api.call(incidentGroupsQuery, { id });
  const groups = found(session, incident, session.t.silenceTitle).alertGroups.nodes;
  await silenceGroups(
    session,
    groups.filter((one) => one.status !== 'RESOLVED'),
    duration,
    input.flags.reason ?? '',
  );
}

async function merge(input: CommandRead, session: Session, { id, number }: Known): Promise<void> {
  const into = input.ids.filter((one) => /^INC-\d/.test(one)).find((one) => one !== number);
  if (into === undefined) return tell(session, session.t.whichId('/agent incident merge INC-31 INC-30'));
  const { incident } = await session.api.call(incidentGroupsQuery, { number: into });
  const { incidentMerge: answer } = await session.api.call(
    incidentMerge,
    { input: { id, intoId: found(session, incident, into).id } },
    { retry: true },
  );
  if (!(await answeredErrors(session, answer.userErrors))) await tell(session, session.t.mergedNow(number, into));
}

async function split(input: CommandRead, session: Session, { id, number }: Known): Promise<void> {
  const wanted = input.ids.filter((one) => one.startsWith('AG-'));
  const { incident } = await session.api.call(incidentGroupsQuery, { id });
  const groups = found(session, incident, number).alertGroups.nodes;
  const chosen = groups.filter((one) => wanted.includes(one.number));
  if (chosen.length === 0)
    return tell(session, session.t.whichId(`/agent incident split ${number} ${groups[0]?.number ?? 'AG-218'}`));
  const { incidentSplit: answer } = await session.api.call(incidentSplit, {
    input: { id, alertGroupIds: chosen.map((one) => one.id) },
  });
  if (await answeredErrors(session, answer.userErrors)) return;
  await tell(session, session.t.splitNow(number, answer.incident?.number ?? ''));
}

async function snooze(input: CommandRead, session: Session, { id, number }: Known): Promise<void> {
  const duration = await durationOf(input, session, '/agent incident snooze INC-31 2h', '1h');
  if (duration === null) return;
  const { incidentSnooze: answer } = await session.api.call(
    incidentSnooze,
    { input: { id, duration } },
    { retry: true },
  );
  if (await answeredErrors(session, answer.userErrors)) return;
  const until = (answer.incident?.snoozedUntil ?? '').slice(0, 16).replace('T', ' ');
  await tell(session, session.t.snoozedNow(number, `${until} UTC`));
}

async function ticket(input: CommandRead, session: Session, { id, number }: Known): Promise<void> {
  const name = input.ids.find((one) => one !== number) ?? input.args[0];
  if (name === undefined) return tell(session, session.t.whichId('/agent incident ticket INC-31 INC0012345'));
  const link = input.args.map((one) => one.replace(/^<|(\|[^>]*)?>$/g, '')).find((one) => URL.canParse(one));
  const { incidentTicketLink: answer } = await session.api.call(
    incidentTicketLink,
    { input: { id, number: name, ...(link === undefined ? {} : { url: link }) } },
    { retry: true },
  );
  if (!(await answeredErrors(session, answer.userErrors))) await tell(session, session.t.ticketLinked(number, name));
}

async function durationOf(
  input: CommandRead,
  session: Session,
  example: string,
  usual: string,
): Promise<string | null> {
  const word = input.flags.duration ?? input.args[0] ?? usual;
  const duration = readDuration(word);
  if (duration === null) await tell(session, session.t.notATime(word.replaceAll('`', '').slice(0, 40), example));
  return duration;
}
