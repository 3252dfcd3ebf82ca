import { inTransaction } from '../db.ts';
import { automation } from '../incidents/by.ts';
import { closeQuietIncidentsIn } from '../incidents/resolve.ts';
import type { Group } from './batch-state.ts';
import { fetchMuted, fetchSystems, lockScopes } from './fetch.ts';
import { attachIncidents } from './incidents.ts';
import type { AlertDeps } from './process.ts';
import { route } from './stages/route.ts';
import { silence } from './stages/silence.ts';
import { storeGroups } from './store.ts';

/** Sweep: groups that still fire when their silence has ended become work like any other. Answers how many. */
export async function unmuteGroups(deps: AlertDeps): Promise<number> {
  const waiting = await deps.db.alertGroup.count({ where: { status: 'SILENCED' } });
  if (waiting === 0) return 0;
  const done = await inTransaction(
    deps.db,
    async (tx) => {
      const systems = await fetchSystems(tx);
      const seen = await fetchMuted(tx);
      await lockScopes(
        tx,
        seen.groups.map((one) => one.place.scope),
      );
      // Read again: only what is still muted under the locks counts.
      const { groups, labelsOf, silences, now } = await fetchMuted(tx);
      const known = new Set(seen.groups.map((one) => one.id));
      const free: Group[] = [];
      for (const one of groups) {
        const all = labelsOf.get(one.id) ?? [];
        if (!known.has(one.id) || (all.length > 0 && all.every((labels) => silence(labels, silences).muted))) continue;
        one.state = { ...one.state, status: 'FIRING' };
        one.changed = true;
        one.wantsIncident = route({ severity: one.state.severity, silenced: false, inhibited: false }).incident;
        free.push(one);
      }
      if (free.length === 0) return { count: 0, incidents: [] };
      const by = automation('alerts', `unmute:${free[0]?.id ?? ''}`);
      const attached = await attachIncidents(deps, tx, by, free, systems.byId, now);
      await storeGroups(tx, free, deps.locale);
      const closed = await closeQuietIncidentsIn(deps, tx, by, attached.touched);
      await attached.startInvestigations(new Set(closed));
      await deps.audit(tx, {
        actor: by.actor,
        operation: 'alertsUnmute',
        input: { groups: free.map((one) => one.id).slice(0, 50), opened: attached.opened.slice(0, 50) },
        outcome: 'stored',
        correlationId: by.correlationId,
      });
      return { count: free.length, incidents: attached.touched };
    },
    { timeoutMs: 30_000 },
  );
  if (done.count > 0) {
    deps.wake('notifications');
    deps.wake('tasks');
    for (const id of done.incidents) deps.wake('incident', id);
  }
  return done.count;
}
