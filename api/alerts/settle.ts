import { clip } from '../../lib/text.ts';
import { inTransaction } from '../db.ts';
import { automation } from '../incidents/by.ts';
import { changeIncidentIn } from '../incidents/change.ts';
import { closeQuietIncidentsIn } from '../incidents/resolve.ts';
import { sayNotice } from '../incidents/say.ts';
import { wordsOf } from '../incidents/words.ts';
import { apply, type Group, whyMuted } from './batch-state.ts';
import type { AlertDeps } from './deps.ts';
import { fetchDue, fetchSystems } from './fetch.ts';
import { attachIncidents } from './incidents.ts';
import { investigate } from './investigate.ts';
import { placeScopes } from './scope-locks.ts';
import { route } from './stages/route.ts';
import { storeGroups } from './store.ts';

/**
 * Sweep: what time alone changes. A wait is over and the group is told; a flapping group has been quiet and ends, or goes on firing; a
 * silence or an inhibiting alert has gone and the group becomes work like any other. Answers how many groups changed.
 */
export async function settleGroups(deps: AlertDeps): Promise<number> {
  const due = await deps.db.$queryRaw<{ n: number }[]>`
    select count(*)::int as n from (select 1 from "AlertGroup"
      where "dueAt" <= clock_timestamp() or "status" = 'SILENCED' limit 1) g`;
  if ((due[0]?.n ?? 0) === 0) return 0;
  const done = await inTransaction(
    deps.db,
    async (tx) => {
      const systems = await fetchSystems(tx);
      const seen = await fetchDue(tx, deps.settings.inhibition);
      await placeScopes.lock(
        tx,
        seen.due.map((one) => one.group.place.scope),
      );
      // Read again: only what is still due under the locks counts.
      const { due: rows, silences, inhibitors, now } = await fetchDue(tx, deps.settings.inhibition);
      const known = new Set(seen.due.map((one) => one.group.id));
      const changed: Group[] = [];
      for (const { group, firing } of rows) {
        if (!known.has(group.id)) continue;
        const reasons = firing.map((one) =>
          whyMuted(
            one,
            silences,
            [...inhibitors, ...firing].filter((other) => other !== one),
            deps.settings.inhibition,
          ),
        );
        const mutedBy = reasons.length > 0 && reasons.every((one) => one !== null) ? (reasons[0] ?? null) : null;
        const before = group.state;
        apply(group, { type: 'tick', mutedBy }, { now, rules: deps.settings });
        if (group.state.status === before.status && group.state.mutedBy === before.mutedBy && !group.effects.size)
          continue;
        group.wantsIncident =
          group.effects.has('told') && route({ severity: group.state.severity, mutedBy: null }).incident;
        changed.push(group);
      }
      if (changed.length === 0) return { count: 0, incidents: [] };
      const by = automation('alerts', `settle:${changed[0]?.id ?? ''}`);
      const attached = await attachIncidents(deps, tx, by, changed, systems.byId, now);
      await storeGroups(tx, changed, deps.locale);
      const closed = await closeQuietIncidentsIn(deps, tx, by, attached.touched);
      await attached.startInvestigations(new Set(closed));
      await deps.audit(tx, {
        actor: by.actor,
        operation: 'alertsSettle',
        input: {
          groups: changed.map((one) => one.id).slice(0, 50),
          opened: attached.opened.slice(0, 50),
          resolved: closed.slice(0, 50),
        },
        outcome: 'stored',
        correlationId: by.correlationId,
      });
      return { count: changed.length, incidents: attached.touched };
    },
    { timeoutMs: 30_000 },
  );
  if (done.count > 0) {
    deps.wake('notifications');
    deps.wake('tasks');
    deps.wake('decisions');
    for (const id of done.incidents) deps.wake('incident', id);
  }
  return done.count;
}

/**
 * Sweep: an incident that was closed after a verified fix, or by a person, while its alert never stopped firing is opened again. Where
 * nobody verified anything the alert must have been seen firing since. Answers how many.
 */
export async function reopenStillFiring(deps: AlertDeps): Promise<number> {
  const rows = await deps.db.$queryRaw<{ id: string; names: string[] }[]>`
    select i."id", array_agg(distinct g."title") as names from "Incident" i
    join "AlertGroup" g on g."incidentId" = i."id"
    where i."status" = 'RESOLVED' and i."mergedIntoId" is null
      and i."resolvedAt" between clock_timestamp() - interval '1 day' and clock_timestamp() - ${deps.settings.stillFiringMs} * interval '1 ms'
      and g."firingCount" > 0 and g."status" in ('FIRING', 'FLAPPING')
      and (exists (select 1 from "TimelineEntry" t where t."incidentId" = i."id" and t."kind" = 'VERIFICATION'
          and t."at" >= i."resolvedAt" - interval '10 minutes')
        or exists (select 1 from "Alert" a where a."groupId" = g."id" and a."status" = 'FIRING'
          and a."updatedAt" >= i."resolvedAt" + ${deps.settings.stillFiringMs} * interval '1 ms'))
    group by i."id" limit 20`;
  let reopened = 0;
  for (const { id, names } of rows) {
    const by = automation('alerts', `still-firing:${id}`);
    const answer = await inTransaction(deps.db, async (tx) => {
      const changed = await changeIncidentIn(deps, tx, by, id, {
        operation: 'incidentReopen',
        event: () => ({ type: 'reopen' }),
        text: (incident) => wordsOf(incident.locale).stillFires(clip(names.join(', '), 300)),
        data: () => ({ resolvedBy: null, assigneeId: null }),
        urgency: 'NEW_CRITICAL',
        input: { reason: 'still firing', alerts: names.slice(0, 20) },
      });
      if (changed.incident === null || changed.userErrors.length > 0) return changed;
      const entry = await tx.timelineEntry.findFirst({ where: { incidentId: id }, orderBy: { seq: 'desc' } });
      if (entry !== null) await sayNotice(tx, changed.incident, entry);
      await investigate(deps, tx, by, [changed.incident]);
      return changed;
    });
    if (answer.userErrors.length > 0) continue;
    reopened += 1;
    deps.wake('incident', id);
  }
  if (reopened > 0) {
    deps.wake('notifications');
    deps.wake('tasks');
  }
  return reopened;
}
