import { z } from 'zod';
import { databaseNow, type Incident, inTransaction, type Tx } from '../db.ts';
import { automation } from '../incidents/by.ts';
import { closeQuietIncidentsIn } from '../incidents/resolve.ts';
import { sayCard, sayNotice } from '../incidents/say.ts';
import { addTimeline } from '../incidents/timeline.ts';
import { wordsOf } from '../incidents/words.ts';
import type { AlertDeps } from './deps.ts';
import { readStorm, stormColumn } from './storm.ts';
import { isStormOver, likelyCause, type StormState } from './storm-state.ts';

const mostGroups = 2_000;
const labels = z.record(z.string(), z.string()).catch({});

/** Sweep: looks for the likely cause of running storms, counts what came in against the record, and ends those that are quiet. Answers how many ended. */
export async function tickStorms(deps: AlertDeps): Promise<number> {
  const running = await deps.db.incident.findMany({
    where: { kind: 'STORM', status: { not: 'RESOLVED' } },
    select: { id: true },
    take: 100,
  });
  let ended = 0;
  for (const { id } of running) {
    const done = await inTransaction(deps.db, (tx) => tickStorm(deps, tx, id), { timeoutMs: 20_000 });
    if (done === 'none') continue;
    if (done === 'ended') ended += 1;
    deps.wake('notifications');
    deps.wake('incident', id);
  }
  return ended;
}

async function tickStorm(deps: AlertDeps, tx: Tx, id: string): Promise<'none' | 'changed' | 'ended'> {
  await tx.$executeRaw`select 1 from "Incident" where "id" = ${id}::uuid for update`;
  const incident = await tx.incident.findUnique({ where: { id } });
  const state = incident === null ? null : readStorm(incident);
  if (incident === null || state === null || incident.status === 'RESOLVED' || state.endedAt !== null) return 'none';
  const now = await databaseNow(tx);
  const next: StormState = { ...state, cause: await causeOf(tx, id), dropped: await countDropped(tx, state) };
  if (!isStormOver(state, now, deps.settings.storm)) {
    if (JSON.stringify(next) === JSON.stringify(state)) return 'none';
    await tx.incident.update({ where: { id }, data: { storm: stormColumn(next), version: { increment: 1 } } });
    await sayCard(tx, incident, 'PROGRESS');
    return 'changed';
  }
  await tx.incident.update({
    where: { id },
    data: { storm: stormColumn({ ...next, endedAt: now.toISOString() }), version: { increment: 1 } },
  });
  const totals = await tx.alertGroup.aggregate({ where: { incidentId: id }, _sum: { totalCount: true }, _count: true });
  const by = automation('alerts', `storm:${id}`);
  const text = wordsOf(incident.locale).stormEnded(totals._sum.totalCount ?? 0, totals._count, next.dropped ?? 0);
  await sayNotice(tx, incident, await addTimeline(tx, { incidentId: id, kind: 'STATUS', actor: by.actor, text }));
  await sayCard(tx, incident, 'RESULT');
  await deps.audit(tx, {
    actor: by.actor,
    operation: 'stormEnd',
    subject: { type: 'Incident', id },
    input: { alerts: totals._sum.totalCount ?? 0, groups: totals._count, dropped: next.dropped },
    outcome: 'ended',
    correlationId: by.correlationId,
  });
  await closeQuietIncidentsIn(deps, tx, by, [id]);
  return 'ended';
}

async function causeOf(tx: Tx, incidentId: string): Promise<StormState['cause']> {
  const rows = await tx.alertGroup.findMany({
    where: { incidentId },
    select: { title: true, severity: true, startedAt: true, commonLabels: true, system: { select: { name: true } } },
    orderBy: { startedAt: 'asc' },
    take: mostGroups,
  });
  const systems = await tx.system.findMany({ where: { archived: false }, select: { name: true, dependsOn: true } });
  return likelyCause(
    rows.map((row) => ({
      title: row.title,
      severity: row.severity,
      startedAt: row.startedAt,
      labels: labels.parse(row.commonLabels),
      system: row.system?.name ?? null,
    })),
    new Map(systems.map((one) => [one.name, one.dependsOn])),
  );
}

/** Alerts that were accepted since the storm began and are done, but whose episode is not in the record: there must be none. */
async function countDropped(tx: Tx, state: StormState): Promise<number> {
  const rows = await tx.$queryRaw<{ n: number }[]>`
    select count(*)::int as n from "InboxEvent" e
    where e."source" = 'ALERT' and e."status" = 'DONE' and e."receivedAt" >= ${state.startedAt}::timestamptz - interval '1 minute'
      and not exists (select 1 from "Alert" a where a."source" = e."payload"->>'source'
        and a."fingerprint" = e."payload"->'alert'->>'fingerprint'
        and a."startsAt" = (e."payload"->'alert'->>'startsAt')::timestamptz)`;
  return rows[0]?.n ?? 0;
}

/** What people see of a storm: counts of its groups. */
export async function stormCounts(
  tx: Tx,
  incident: Pick<Incident, 'id'>,
): Promise<{ readonly alerts: number; readonly firing: number; readonly groups: number }> {
  const totals = await tx.alertGroup.aggregate({
    where: { incidentId: incident.id },
    _sum: { totalCount: true, firingCount: true },
    _count: true,
  });
  return { alerts: totals._sum.totalCount ?? 0, firing: totals._sum.firingCount ?? 0, groups: totals._count };
}
