import { z } from 'zod';
import { newId } from '../../lib/ids.ts';
import { clip } from '../../lib/text.ts';
import { databaseNow, type Incident, inTransaction, type Silence, type SilenceKind, type Tx } from '../db.ts';
import { type By, type IncidentDeps, type Refusal, requireAny } from '../incidents/by.ts';
import { sayCard } from '../incidents/say.ts';
import { addTimeline } from '../incidents/timeline.ts';
import { moment, wordsOf } from '../incidents/words.ts';
import { notify } from '../notifications/write.ts';
import { matchers as storedMatchers } from './fetch.ts';
import { matchersOfGroup, matcherText } from './silence-rules.ts';
import { type Matcher, matchesAll } from './stages/silence.ts';

const shortestMs = 60_000;
const longestMs = 30 * 86_400_000;
const labels = z.record(z.string(), z.string()).catch({});
const labelName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** What is to be muted: the alerts of a group, or whatever the matchers fit. */
export interface SilenceInput {
  readonly alertGroupId?: string | null;
  readonly matchers?: readonly Matcher[] | null;
  readonly durationMs: number;
  readonly comment: string;
  /** Later than now: a maintenance window. */
  readonly startsAt?: Date | null;
  readonly dryRun?: boolean;
  readonly onceKey: string;
}

/** The silence as it stands, and how many firing alerts it mutes now. */
export interface SilenceAnswer {
  readonly silence: Silence | null;
  readonly matchedNow: number;
  readonly userErrors: readonly Refusal[];
}

interface Deps extends IncidentDeps {
  readonly settings: { readonly grouping: { readonly systemLabels: readonly string[] } };
}

const refused = (code: Refusal['code'], message: string, path?: readonly string[]): SilenceAnswer => ({
  silence: null,
  matchedNow: 0,
  userErrors: [{ code, message, ...(path === undefined ? {} : { path }) }],
});

/** Stores a wanted silence; the reconciler brings it about in Alertmanager. The same key twice is one silence. */
export async function createSilence(deps: Deps, viewer: By, input: SilenceInput): Promise<SilenceAnswer> {
  requireAny(viewer, 'SILENCE_WRITE');
  const comment = clip(input.comment.trim(), 500);
  if (comment === '') return refused('INVALID_INPUT', 'A silence needs a reason.', ['input', 'comment']);
  if (!Number.isFinite(input.durationMs) || input.durationMs < shortestMs || input.durationMs > longestMs)
    return refused('INVALID_INPUT', 'A silence lasts between one minute and thirty days.', ['input', 'duration']);
  const answer = await inTransaction(deps.db, async (tx): Promise<SilenceAnswer> => {
    const known = await tx.silence.findUnique({ where: { onceKey: input.onceKey } });
    if (known !== null) return { silence: known, matchedNow: await countMatched(tx, known), userErrors: [] };
    const group =
      input.alertGroupId == null ? null : await tx.alertGroup.findUnique({ where: { id: input.alertGroupId } });
    if (input.alertGroupId != null && group === null)
      return refused('NOT_FOUND', 'There is no such alert group.', ['input', 'alertGroupId']);
    const matchers =
      group === null
        ? (input.matchers ?? [])
        : matchersOfGroup(
            { title: group.title, commonLabels: labels.parse(group.commonLabels) },
            deps.settings.grouping.systemLabels,
          );
    const wrong = wrongMatchers(matchers);
    if (wrong !== null) return refused('INVALID_INPUT', wrong, ['input', 'matchers']);
    const now = await databaseNow(tx);
    const startsAt = input.startsAt != null && input.startsAt > now ? input.startsAt : now;
    const row = {
      id: newId(),
      status: 'PENDING' as const,
      kind: (startsAt > now ? 'MAINTENANCE' : 'COMMAND') as SilenceKind,
      matchers: matchers.map((one) => ({ ...one })),
      comment,
      createdByUserId: viewer.person?.id ?? null,
      createdByName: viewer.actor.name,
      incidentId: group?.incidentId ?? null,
      alertGroupId: group?.id ?? null,
      startsAt,
      endsAt: new Date(startsAt.getTime() + input.durationMs),
      onceKey: input.onceKey,
    };
    if (input.dryRun === true) return { silence: null, matchedNow: await countMatched(tx, row), userErrors: [] };
    const silence = await tx.silence.create({ data: row });
    const matchedNow = await countMatched(tx, silence);
    await tellIncident(tx, viewer, silence, (incident) =>
      wordsOf(incident.locale).silenced(matcherText(matchers), moment(silence.endsAt), viewer.actor.name, comment),
    );
    await deps.audit(tx, {
      actor: viewer.actor,
      operation: 'silenceCreate',
      subject: { type: 'Silence', id: silence.id },
      input: { matchers, durationMs: input.durationMs, comment, startsAt },
      outcome: 'stored',
      correlationId: viewer.correlationId,
    });
    return { silence, matchedNow, userErrors: [] };
  });
  if (answer.silence !== null) wake(deps, answer.silence);
  return answer;
}

/** Gives a silence that stands a later end, counted from now. */
export async function extendSilence(
  deps: IncidentDeps,
  viewer: By,
  id: string,
  durationMs: number,
): Promise<SilenceAnswer> {
  requireAny(viewer, 'SILENCE_WRITE');
  if (!Number.isFinite(durationMs) || durationMs < shortestMs || durationMs > longestMs)
    return refused('INVALID_INPUT', 'A silence lasts between one minute and thirty days.', ['input', 'duration']);
  return change(deps, viewer, id, 'silenceExtend', { durationMs }, (now) => ({
    endsAt: new Date(now.getTime() + durationMs),
    askedAt: null,
  }));
}

/** Ends a silence; one that has ended is answered as it is. */
export async function expireSilence(deps: IncidentDeps, viewer: By, id: string): Promise<SilenceAnswer> {
  requireAny(viewer, 'SILENCE_WRITE');
  return change(deps, viewer, id, 'silenceExpire', {}, (now) => ({
    status: 'EXPIRED',
    endsAt: now,
    endedByName: viewer.actor.name,
    // A silence made elsewhere is ended there too; from now on its end is ours to bring about.
    external: false,
  }));
}

async function change(
  deps: IncidentDeps,
  viewer: By,
  id: string,
  operation: 'silenceExtend' | 'silenceExpire',
  input: unknown,
  data: (now: Date) => Partial<Pick<Silence, 'status' | 'endsAt' | 'endedByName' | 'askedAt' | 'external'>>,
): Promise<SilenceAnswer> {
  const answer = await inTransaction(deps.db, async (tx): Promise<SilenceAnswer> => {
    await tx.$executeRaw`select 1 from "Silence" where "id" = ${id}::uuid for update`;
    const before = await tx.silence.findUnique({ where: { id } });
    if (before === null) return refused('NOT_FOUND', 'There is no such silence.');
    const now = await databaseNow(tx);
    if (before.status === 'EXPIRED' || before.endsAt <= now) {
      if (operation === 'silenceExpire') return { silence: before, matchedNow: 0, userErrors: [] };
      return { ...refused('INVALID_STATE', 'This silence has ended. Set a new one.'), silence: before };
    }
    const silence = await tx.silence.update({ where: { id }, data: { ...data(now), tryAfter: null } });
    const matchers = storedMatchers.catch([]).parse(silence.matchers);
    await tellIncident(tx, viewer, silence, (incident) => {
      const words = wordsOf(incident.locale);
      return operation === 'silenceExpire'
        ? words.silenceEnded(matcherText(matchers), viewer.actor.name)
        : words.silenced(matcherText(matchers), moment(silence.endsAt), viewer.actor.name, silence.comment);
    });
    if (silence.createdByUserId !== null && before.askedAt !== null) await askCreator(tx, silence);
    await deps.audit(tx, {
      actor: viewer.actor,
      operation,
      subject: { type: 'Silence', id },
      input,
      outcome: 'stored',
      correlationId: viewer.correlationId,
    });
    return { silence, matchedNow: await countMatched(tx, silence), userErrors: [] };
  });
  if (answer.userErrors.length === 0 && answer.silence !== null) wake(deps, answer.silence);
  return answer;
}

function wake(deps: IncidentDeps, silence: Silence): void {
  deps.wake('silences');
  deps.wake('notifications');
  if (silence.incidentId !== null) deps.wake('incident', silence.incidentId);
}

/** A line in the incident's timeline and the silence's own message in its thread. */
export async function tellIncident(
  tx: Tx,
  by: By,
  silence: Silence,
  text: (incident: Incident) => string,
): Promise<void> {
  if (silence.incidentId === null) return;
  const incident = await tx.incident.findUnique({ where: { id: silence.incidentId } });
  if (incident === null) return;
  await addTimeline(tx, {
    incidentId: incident.id,
    kind: 'SILENCE',
    actor: by.actor,
    text: text(incident),
    subject: { type: 'Silence', id: silence.id },
  });
  await saySilence(tx, incident, silence.id);
  await sayCard(tx, incident, 'PROGRESS');
}

/** The message of a silence in the thread of an incident: it shows the silence as it is. */
export async function saySilence(tx: Tx, incident: Incident, silenceId: string): Promise<void> {
  if (incident.workspace === null || incident.channel === null) return;
  await notify(tx, {
    kind: 'SILENCE_NOTICE',
    subject: { type: 'Silence', id: silenceId },
    to: { type: 'incident', incidentId: incident.id, workspace: incident.workspace, channel: incident.channel },
    locale: incident.locale,
  });
}

/** A direct message to whoever made it, with buttons to go on or to end it. */
export async function askCreator(tx: Tx, silence: Silence): Promise<void> {
  if (silence.createdByUserId === null) return;
  const user = await tx.user.findUnique({ where: { id: silence.createdByUserId } });
  if (user === null) return;
  await notify(tx, {
    kind: 'SILENCE_NOTICE',
    subject: { type: 'Silence', id: silence.id },
    to: { type: 'user', userId: user.id },
    locale: user.locale,
  });
}

function wrongMatchers(matchers: readonly Matcher[]): string | null {
  if (matchers.length === 0) return 'A silence needs an alert group or at least one matcher.';
  if (matchers.length > 20) return 'A silence has at most 20 matchers.';
  for (const one of matchers) {
    if (!labelName.test(one.name)) return `${clip(one.name, 60)} is not the name of a label.`;
    if (one.value.length > 1_000) return `The value of ${one.name} is too long.`;
    if (one.isRegex && !compiles(one.value)) return `The expression of ${one.name} cannot be read.`;
  }
  return matchesAll(matchers, {}) ? 'These matchers would mute every alert that lacks the labels.' : null;
}

function compiles(expression: string): boolean {
  try {
    new RegExp(`^(?:${expression})$`, 'su');
    return true;
  } catch {
    return false;
  }
}

/** How many alerts that fire now a silence fits. Exact labels are compared in the database, the rest here. */
export async function countMatched(tx: Tx, silence: Pick<Silence, 'matchers'>): Promise<number> {
  const matchers = storedMatchers.catch([]).parse(silence.matchers);
  const exact = matchers.filter((one) => !one.isRegex && one.isEqual && one.value !== '');
  const rest = matchers.filter((one) => !exact.includes(one));
  const contains = JSON.stringify(Object.fromEntries(exact.map(({ name, value }) => [name, value])));
  if (rest.length === 0) {
    const rows = await tx.$queryRaw<{ n: number }[]>`
      select count(*)::int as n from "Alert" where "status" = 'FIRING' and "labels" @> ${contains}::jsonb`;
    return rows[0]?.n ?? 0;
  }
  const rows = await tx.$queryRaw<{ labels: unknown }[]>`
    select "labels" from "Alert" where "status" = 'FIRING' and "labels" @> ${contains}::jsonb limit 20000`;
  return rows.filter((row) => matchesAll(matchers, labels.parse(row.labels))).length;
}
