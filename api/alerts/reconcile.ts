import { type AppError, isAppError } from '../../lib/errors.ts';
import { newId } from '../../lib/ids.ts';
import { clip } from '../../lib/text.ts';
import { type Db, databaseNow, inTransaction, type Silence, type Tx } from '../db.ts';
import { automation } from '../incidents/by.ts';
import { sayNotice } from '../incidents/say.ts';
import { addTimeline } from '../incidents/timeline.ts';
import { moment, wordsOf } from '../incidents/words.ts';
import type { ManagerSilence } from '../ports/alert-manager.ts';
import type { ReconcileDeps } from './deps.ts';
import { endSilences } from './end-silences.ts';
import { matchers as storedMatchers } from './fetch.ts';
import { keepOwnedSilences } from './owned-silences.ts';
import { reconcileAlerts } from './reconcile-alerts.ts';
import { saySilence, tellIncident } from './silence.ts';
import { commentOf, matcherText, planSilences, type SilenceAction } from './silence-rules.ts';
import { matchesAll } from './stages/silence.ts';

const leaseMs = 30_000;
const callMs = 10_000;
const firstWaitMs = 15_000;
const longestWaitMs = 300_000;
const by = automation('alertmanager', 'reconcile');

/**
 * Makes the record and Alertmanager agree, both ways. Without a transaction over a call: what is wanted is read, the call is made, and
 * what came of it is stored; whatever is interrupted is found again by the next run. Answers how many differences there were.
 */
export async function reconcile(deps: ReconcileDeps): Promise<number> {
  if (!(await holdLease(deps.db, deps.worker))) return 0;
  await keepOwnedSilences(deps);
  let differences = 0;
  try {
    differences += await reconcileSilences(deps);
    differences += await reconcileAlerts(deps);
    deps.metrics.onReconciled('ok');
  } catch (error) {
    deps.metrics.onReconciled('failed');
    if (!isAppError(error) || (error.code !== 'UPSTREAM_UNAVAILABLE' && error.code !== 'UPSTREAM_REJECTED'))
      throw error;
    await tellUnreachable(deps, error);
    deps.log.warn({ err: error }, 'Alertmanager could not be compared with the record');
  }
  return differences;
}

/** One process at a time: a row that runs out, so that a frozen one is replaced. */
async function holdLease(db: Db, worker: string): Promise<boolean> {
  const rows = await db.$queryRaw<{ name: string }[]>`
    insert into "SenderLease" as l ("name", "holder", "token", "expiresAt")
    values ('reconciler', ${worker}, 1, clock_timestamp() + ${leaseMs} * interval '1 ms')
    on conflict ("name") do update set
      "token" = case when l."holder" = excluded."holder" then l."token" else l."token" + 1 end,
      "holder" = excluded."holder", "expiresAt" = excluded."expiresAt"
    where l."holder" = excluded."holder" or l."expiresAt" < clock_timestamp()
    returning l."name"`;
  return rows.length > 0;
}

async function reconcileSilences(deps: ReconcileDeps): Promise<number> {
  const theirs = await deps.manager.silences(AbortSignal.timeout(callMs));
  const now = await databaseNow(deps.db);
  const rows = await deps.db.silence.findMany({
    where: {
      OR: [{ status: { not: 'EXPIRED' } }, { thereUntil: { gt: now } }],
      AND: [{ OR: [{ tryAfter: null }, { tryAfter: { lte: now } }] }],
    },
    orderBy: { createdAt: 'asc' },
    take: 2_000,
  });
  const waiting = await deps.db.silence.findMany({
    where: { externalId: { not: null }, id: { notIn: rows.map((row) => row.id) } },
    select: { externalId: true },
  });
  const hidden = new Set(waiting.map((row) => row.externalId));
  const byId = new Map(rows.map((row) => [row.id, row]));
  const plan = planSilences(
    rows.map((row) => ({
      id: row.id,
      externalId: row.externalId,
      external: row.external,
      ended: row.status === 'EXPIRED',
      endsAt: row.endsAt,
      thereUntil: row.thereUntil,
    })),
    theirs.filter((one) => !hidden.has(one.id)),
    now,
  );
  for (const action of plan) await act(deps, action, byId, now);
  await endSilences(deps, true);
  return plan.filter((one) => one.type !== 'adopt').length;
}

async function act(
  deps: ReconcileDeps,
  action: SilenceAction,
  rows: ReadonlyMap<string, Silence>,
  now: Date,
): Promise<void> {
  const row = action.type === 'foreign' ? undefined : rows.get(action.id);
  switch (action.type) {
    case 'set':
      return row === undefined ? undefined : setThere(deps, row, action.externalId, now);
    case 'expire': {
      await deps.manager.expireSilence(action.externalId, AbortSignal.timeout(callMs));
      await deps.db.silence.update({ where: { id: action.id }, data: { thereUntil: null, tryAfter: null } });
      deps.metrics.onDifference('silence_ended', 1);
      return;
    }
    case 'adopt':
      await stands(deps, action.id, action.externalId, action.thereUntil);
      return;
    case 'follow':
      await inTransaction(deps.db, async (tx) => {
        const changed = await tx.silence.update({
          where: { id: action.id },
          data: { endsAt: action.endsAt, thereUntil: action.endsAt, askedAt: null },
        });
        await tellIncident(tx, by, changed, (incident) =>
          wordsOf(incident.locale).silencedElsewhere(
            textOf(changed),
            moment(changed.endsAt),
            wordsOf(incident.locale).someone(),
            clip(changed.comment, 200),
          ),
        );
      });
      deps.metrics.onDifference('silence_changed_elsewhere', 1);
      deps.wake('notifications');
      return;
    case 'ended':
      await inTransaction(deps.db, async (tx) => {
        const changed = await tx.silence.update({
          where: { id: action.id },
          data: { status: 'EXPIRED', endsAt: now, thereUntil: null, endedByName: 'alertmanager' },
        });
        await tellIncident(tx, by, changed, (incident) =>
          wordsOf(incident.locale).silenceEndedElsewhere(textOf(changed)),
        );
      });
      deps.metrics.onDifference('silence_ended_elsewhere', 1);
      deps.wake('notifications');
      return;
    case 'foreign':
      await takeForeign(deps, action.silence, now);
      deps.metrics.onDifference('silence_made_elsewhere', 1);
      deps.wake('notifications');
      return;
    default:
      return action satisfies never;
  }
}

async function setThere(deps: ReconcileDeps, row: Silence, externalId: string | null, now: Date): Promise<void> {
  const matchers = storedMatchers.catch([]).parse(row.matchers);
  try {
    const id = await deps.manager.setSilence(
      {
        id: externalId,
        matchers,
        startsAt: row.startsAt > now ? row.startsAt : now,
        endsAt: row.endsAt,
        createdBy: row.createdByName || 'Agentic AI',
        comment: commentOf(row.id, await wordsFor(deps.db, row)),
      },
      AbortSignal.timeout(callMs),
    );
    await stands(deps, row.id, id, row.endsAt);
    deps.metrics.onDifference(externalId === null ? 'silence_set' : 'silence_changed', 1);
  } catch (error) {
    if (!isAppError(error)) throw error;
    await failed(deps, row, error);
  }
}

/** What people read in Alertmanager: reason, incident and person, and a link when there is a console. */
async function wordsFor(db: Db, row: Silence): Promise<string> {
  if (row.kind === 'ACKNOWLEDGEMENT' || row.incidentId === null) return row.comment;
  const incident = await db.incident.findUnique({ where: { id: row.incidentId } });
  if (incident === null) return row.comment;
  return wordsOf(incident.locale).silenceComment(`INC-${incident.number}`, row.createdByName, row.comment);
}

async function stands(deps: ReconcileDeps, id: string, externalId: string, until: Date): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const before = await tx.silence.findUniqueOrThrow({ where: { id } });
    const changed = await tx.silence.update({
      where: { id },
      data: {
        externalId,
        thereUntil: until,
        failures: 0,
        error: null,
        tryAfter: null,
        ...(before.status === 'EXPIRED' ? {} : { status: 'ACTIVE' as const }),
      },
    });
    if (before.failures > 0) await tellOnce(tx, changed, 'set', (words) => words.silenceSet(textOf(changed)));
  });
}

/** Told in the thread the first time, then tried again after a growing pause. */
async function failed(deps: ReconcileDeps, row: Silence, error: AppError): Promise<void> {
  const waitMs = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(10, row.failures));
  await inTransaction(deps.db, async (tx) => {
    const changed = await tx.silence.update({
      where: { id: row.id },
      data: {
        failures: { increment: 1 },
        error: clip(error.message, 300),
        tryAfter: new Date((await databaseNow(tx)).getTime() + waitMs),
      },
    });
    if (row.failures === 0)
      await tellOnce(tx, changed, 'failed', (words) => words.silenceFailed(textOf(changed), clip(error.message, 200)));
  });
  deps.wake('notifications');
}

async function tellOnce(
  tx: Tx,
  row: Silence,
  what: 'set' | 'failed',
  text: (words: ReturnType<typeof wordsOf>) => string,
): Promise<void> {
  const incident = row.incidentId === null ? null : await tx.incident.findUnique({ where: { id: row.incidentId } });
  if (incident === null) return;
  const entry = await addTimeline(tx, {
    incidentId: incident.id,
    kind: 'SILENCE',
    actor: by.actor,
    text: text(wordsOf(incident.locale)),
    subject: { type: 'Silence', id: row.id },
    onceKey: `silence:${what}:${row.id}:${row.createdAt.getTime()}`,
  });
  await sayNotice(tx, incident, entry);
}

/** Alertmanager cannot be reached: silences that wait to be set there are told of, once each. */
async function tellUnreachable(deps: ReconcileDeps, error: AppError): Promise<void> {
  const now = await databaseNow(deps.db);
  const rows = await deps.db.silence.findMany({
    where: { status: 'PENDING', external: false, startsAt: { lte: now }, endsAt: { gt: now }, failures: 0 },
    take: 100,
  });
  for (const row of rows) await failed(deps, row, error);
}

async function takeForeign(deps: ReconcileDeps, silence: ManagerSilence, now: Date): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const data = {
      status: 'ACTIVE' as const,
      kind: 'EXTERNAL' as const,
      external: true,
      matchers: silence.matchers.map((one) => ({ ...one })),
      comment: clip(silence.comment, 1_000).replaceAll('\u0000', ''),
      createdByName: clip(silence.createdBy, 200).replaceAll('\u0000', ''),
      startsAt: silence.startsAt,
      endsAt: silence.endsAt,
      thereUntil: silence.endsAt,
    };
    const { count } = await tx.silence.createMany({
      data: [{ ...data, id: newId(), externalId: silence.id }],
      skipDuplicates: true,
    });
    // One that was ended here or there and stands again.
    if (count === 0) await tx.silence.update({ where: { externalId: silence.id }, data });
    const row = await tx.silence.findUniqueOrThrow({ where: { externalId: silence.id } });
    await deps.audit(tx, {
      actor: by.actor,
      operation: 'silenceSeen',
      subject: { type: 'Silence', id: row.id },
      input: { createdBy: row.createdByName, until: row.endsAt, at: now },
      outcome: 'stored',
      correlationId: by.correlationId,
    });
    const incident = await incidentMutedBy(tx, row);
    if (incident === null) return;
    await tx.silence.update({ where: { id: row.id }, data: { incidentId: incident.id } });
    const words = wordsOf(incident.locale);
    await addTimeline(tx, {
      incidentId: incident.id,
      kind: 'SILENCE',
      actor: by.actor,
      text: words.silencedElsewhere(textOf(row), moment(row.endsAt), row.createdByName || words.someone(), row.comment),
      subject: { type: 'Silence', id: row.id },
    });
    await saySilence(tx, incident, row.id);
  });
}

/** The open incident one of whose firing alerts a silence mutes. */
async function incidentMutedBy(tx: Tx, row: Silence) {
  const matchers = storedMatchers.catch([]).parse(row.matchers);
  const groups = await tx.alertGroup.findMany({
    where: { firingCount: { gt: 0 }, incident: { status: { not: 'RESOLVED' } } },
    include: { incident: true, alerts: { where: { status: 'FIRING' }, select: { labels: true }, take: 20 } },
    orderBy: { lastSeenAt: 'desc' },
    take: 500,
  });
  const hit = groups.find((group) => group.alerts.some((one) => matchesAll(matchers, plainLabels(one.labels))));
  return hit?.incident ?? null;
}

const plainLabels = (value: unknown): Record<string, string> =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === 'string'))
    : {};

const textOf = (row: Pick<Silence, 'matchers'>): string => matcherText(storedMatchers.catch([]).parse(row.matchers));
