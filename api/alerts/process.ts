import { AppError, isAppError } from '../../lib/errors.ts';
import { newId } from '../../lib/ids.ts';
import type { Core } from '../context.ts';
import { inTransaction, type Tx } from '../db.ts';
import { automation } from '../incidents/by.ts';
import { closeQuietIncidentsIn } from '../incidents/resolve.ts';
import { foldBatch, placeAlerts } from './batch-state.ts';
import type { AlertDeps } from './deps.ts';
import { fetchFacts, fetchSystems } from './fetch.ts';
import { attachIncidents } from './incidents.ts';
import { placeScopes } from './scope-locks.ts';
import { storeAlerts, storeGroups } from './store.ts';
import { readStored, type StoredAlert } from './stored-alert.ts';

const usualBatch = 1_000;
const mostAttempts = 3;

interface Done {
  readonly taken: readonly string[];
  readonly incidents: readonly string[];
  readonly started: boolean;
}

/**
 * Takes waiting alerts through the stages until none waits: group, dedupe, silence, inhibit, route, group state, incident. One
 * transaction a batch; several workers share the rows and meet at the lock of the system, so a system has one incident, one card and
 * one investigation. A row that cannot be processed is quarantined with its reason. Answers how many rows were taken.
 */
export async function processAlerts(given: AlertDeps): Promise<number> {
  const deps: AlertDeps = {
    ...given,
    audit: notTheRow(given.audit),
    startTask: notTheRow(given.startTask),
    cancelTasks: notTheRow(given.cancelTasks),
    cancelApprovals: notTheRow(given.cancelApprovals),
  };
  const limit = deps.batchSize ?? usualBatch;
  let total = 0;
  for (;;) {
    let seen: readonly string[] = [];
    try {
      const done = await runBatch(deps, { limit }, (ids) => {
        seen = ids;
      });
      tell(deps, done);
      total += done.taken.length;
      if (done.taken.length < limit) return total;
    } catch (error) {
      // A fault of the product or its database is no fault of the row: it is passed on, and the rows wait.
      if (seen.length === 0 || isAppError(error)) throw error;
      await deps.db.$queryRaw`select 1`;
      deps.log.warn({ err: error, rows: seen.length }, 'a batch of alerts failed, looking for the row');
      const found = await isolate(deps, seen, error);
      if (found.taken === 0 && found.failed.length > 1) throw error;
      for (const one of found.failed) await setAside(deps, one.id, one.cause);
      total += found.taken + found.failed.length;
    }
  }
}

/** What fails in another part of the product is no reason to put an alert aside. */
function notTheRow<A extends readonly unknown[], R>(call: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
  return async (...args) => {
    try {
      return await call(...args);
    } catch (cause) {
      if (isAppError(cause)) throw cause;
      throw new AppError('UNAVAILABLE', 'The alerts cannot be processed now.', { cause, retryable: true });
    }
  };
}

interface Isolated {
  readonly taken: number;
  readonly failed: readonly { readonly id: string; readonly cause: unknown }[];
}

/** Halves a failed batch until the rows that break it stand alone; the others go through. */
async function isolate(deps: AlertDeps, ids: readonly string[], cause: unknown): Promise<Isolated> {
  const [id] = ids;
  if (id === undefined) return { taken: 0, failed: [] };
  if (ids.length === 1) return { taken: 0, failed: [{ id, cause }] };
  const middle = Math.ceil(ids.length / 2);
  let taken = 0;
  const failed: Isolated['failed'][number][] = [];
  for (const half of [ids.slice(0, middle), ids.slice(middle)]) {
    try {
      const done = await runBatch(deps, { ids: half, limit: half.length }, () => undefined);
      tell(deps, done);
      taken += done.taken.length;
    } catch (error) {
      if (isAppError(error)) throw error;
      await deps.db.$queryRaw`select 1`;
      const found = await isolate(deps, half, error);
      taken += found.taken;
      failed.push(...found.failed);
    }
  }
  return { taken, failed };
}

/** Keeps a row that alone breaks its batch aside after a few tries. */
async function setAside(deps: Core, id: string, cause: unknown): Promise<void> {
  const reason = (cause instanceof Error ? cause.message : 'unknown')
    .replaceAll('\u0000', '')
    .slice(-500)
    .toWellFormed();
  deps.log.error({ err: cause, inboxEvent: id }, 'an alert could not be processed');
  await deps.db.$executeRaw`
    update "InboxEvent" set "attempts" = "attempts" + 1, "error" = ${reason},
      "status" = (case when "attempts" + 1 >= ${mostAttempts} then 'QUARANTINED' else 'RECEIVED' end)::"InboxStatus",
      "doneAt" = case when "attempts" + 1 >= ${mostAttempts} then clock_timestamp() end
    where "id" = ${id}::uuid and "status" = 'RECEIVED'`;
}

function tell(deps: AlertDeps, done: Done): void {
  if (done.incidents.length === 0) return;
  deps.wake('notifications');
  deps.wake('decisions');
  if (done.started) deps.wake('tasks');
  for (const id of done.incidents) deps.wake('incident', id);
}

async function runBatch(
  deps: AlertDeps,
  wanted: { readonly limit: number; readonly ids?: readonly string[] },
  seen: (ids: readonly string[]) => void,
): Promise<Done> {
  return inTransaction(
    deps.db,
    async (tx) => {
      const rows = await take(tx, wanted);
      seen(rows.map((row) => row.id));
      if (rows.length === 0) return { taken: [], incidents: [], started: false };
      const by = automation('alerts', `alerts:${rows[0]?.id ?? ''}`);
      const alerts: StoredAlert[] = [];
      const bad: { id: string; reason: string }[] = [];
      for (const row of rows) {
        const read = readStored(row);
        if (typeof read === 'string') bad.push({ id: row.id, reason: read });
        else alerts.push(read);
      }

      const systems = await fetchSystems(tx);
      const rules = deps.settings;
      const places = placeAlerts(alerts, systems.index, rules.grouping);
      await placeScopes.lock(
        tx,
        [...places.values()].map((place) => place.scope),
      );
      const facts = await fetchFacts(tx, alerts, places, rules);
      const batch = foldBatch(alerts, { ...facts, systems: systems.index, places, rules, newId });
      const attached = await attachIncidents(deps, tx, by, batch.groups, systems.byId, facts.now);
      await storeGroups(tx, batch.groups, deps.locale);
      await storeAlerts(tx, batch.episodes);
      const closed = await closeQuietIncidentsIn(deps, tx, by, attached.touched);
      const investigated = await attached.startInvestigations(new Set(closed));

      await complete(
        tx,
        alerts.map((one) => one.inboxId),
        bad,
      );
      await deps.audit(tx, {
        actor: by.actor,
        operation: 'alertsProcess',
        input: {
          alerts: rows.length,
          quarantined: bad.length,
          opened: attached.opened.slice(0, 50),
          reopened: attached.reopened.slice(0, 50),
          resolved: closed.slice(0, 50),
        },
        outcome: 'stored',
        correlationId: by.correlationId,
      });
      return { taken: rows.map((row) => row.id), incidents: attached.touched, started: investigated > 0 };
    },
    { timeoutMs: 30_000 },
  );
}

/** The oldest waiting rows that no other worker holds; the transaction is their claim. */
async function take(
  tx: Tx,
  wanted: { readonly limit: number; readonly ids?: readonly string[] },
): Promise<readonly { readonly id: string; readonly payload: unknown }[]> {
  const ids = wanted.ids === undefined ? null : [...wanted.ids];
  return tx.$queryRaw`
    select "id", "payload" from "InboxEvent"
    where "status" = 'RECEIVED' and "source" = 'ALERT' and (${ids}::uuid[] is null or "id" = any(${ids}::uuid[]))
    order by "receivedAt", "id" limit ${wanted.limit} for update skip locked`;
}

async function complete(
  tx: Tx,
  done: readonly string[],
  bad: readonly { id: string; reason: string }[],
): Promise<void> {
  await tx.$executeRaw`
    update "InboxEvent" set "status" = 'DONE', "error" = null, "doneAt" = clock_timestamp() where "id" = any(${[...done]}::uuid[])`;
  if (bad.length === 0) return;
  await tx.$executeRaw`
    update "InboxEvent" e set "status" = 'QUARANTINED', "error" = r."reason", "doneAt" = clock_timestamp()
    from jsonb_to_recordset(${JSON.stringify(bad)}::jsonb) as r("id" uuid, "reason" text) where e."id" = r."id"`;
}
