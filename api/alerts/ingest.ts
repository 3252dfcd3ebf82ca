import { canonicalJson, sha256Hex } from '../../lib/canonical-json.ts';
import { AppError } from '../../lib/errors.ts';
import { newId } from '../../lib/ids.ts';
import { redactSecrets } from '../../lib/redact.ts';
import { clip } from '../../lib/text.ts';
import type { Core } from '../context.ts';
import { databaseNow, inTransaction, type Tx } from '../db.ts';
import { type By, requireAny } from '../incidents/by.ts';
import { parseAlert, storable } from './alert.ts';

/** One delivery of an alert source, as the door parsed it. */
export interface AlertsIngestInput {
  readonly source: string;
  readonly alerts: readonly unknown[];
  readonly groupKey?: string | null;
  readonly externalUrl?: string | null;
  readonly truncatedAlerts?: number | null;
  /** Alerts of the delivery that its source could not read. */
  readonly malformed?: readonly { readonly reason: string; readonly content: string }[];
}

/** Every alert of the delivery is exactly one of these. */
export interface IngestCounts {
  readonly accepted: number;
  readonly duplicates: number;
  readonly quarantined: number;
}

/** What intake bears before it asks the sender to come again. */
export interface IngestLimits {
  readonly maxWaiting: number;
  readonly maxAlerts: number;
}

const usualLimits: IngestLimits = { maxWaiting: 50_000, maxAlerts: 50_000 };
const rowsPerStatement = 1_000;
const retryAfterMs = 10_000;

interface Row {
  readonly id: string;
  readonly key: string;
  readonly status: 'RECEIVED' | 'QUARANTINED';
  readonly error: string | null;
  readonly payload: unknown;
}

/**
 * Commits a delivery whole or not at all, one inbox row per alert and state of its episode. A repeat stores nothing; an odd alert is
 * kept aside with its reason and blocks no other. Throws UNAVAILABLE when too much waits: the sender repeats it.
 */
export async function ingestAlerts(
  core: Core,
  viewer: By,
  input: AlertsIngestInput,
  limits: IngestLimits = usualLimits,
): Promise<IngestCounts> {
  requireAny(viewer, 'ALERT_INGEST');
  if (!/^[a-z][a-z0-9-]{0,63}$/.test(input.source))
    throw new AppError('INVALID_INPUT', 'The source must be a short lower-case name.', { path: ['input', 'source'] });
  if (input.alerts.length + (input.malformed?.length ?? 0) > limits.maxAlerts)
    throw new AppError('INVALID_INPUT', `More than ${limits.maxAlerts} alerts in one delivery.`, {
      path: ['input', 'alerts'],
    });
  const now = await databaseNow(core.db);
  const rows = rowsOf(input, now);
  const counts = await inTransaction(
    core.db,
    async (tx) => {
      await refuseOverload(tx, limits);
      let stored = 0;
      let odd = 0;
      for (let from = 0; from < rows.length; from += rowsPerStatement) {
        const added = await addRows(tx, rows.slice(from, from + rowsPerStatement));
        stored += added.received;
        odd += added.odd;
      }
      const result = { accepted: stored, duplicates: rows.length - stored - odd, quarantined: odd };
      if (stored + odd > 0)
        await core.audit(tx, {
          actor: viewer.actor,
          operation: 'alertsIngest',
          input: { source: input.source, ...result },
          outcome: 'stored',
          correlationId: viewer.correlationId,
        });
      return result;
    },
    { timeoutMs: 30_000 },
  );
  if (counts.accepted > 0) core.wake('alerts');
  return counts;
}

/** In the order of their keys: two deliveries of the same alerts then wait for each other and never block each other. */
function rowsOf(input: AlertsIngestInput, now: Date): Row[] {
  const common = {
    source: input.source,
    groupKey: input.groupKey === undefined || input.groupKey === null ? null : storable(clip(input.groupKey, 500)),
    externalUrl: webAddress(input.externalUrl),
    truncated: Math.min(1_000_000, Math.max(0, Math.trunc(input.truncatedAlerts ?? 0))) || 0,
  };
  const rows = input.alerts.map((raw): Row => {
    const parsed = parseAlert(raw, now);
    if (!parsed.ok) {
      const text = textOf(raw);
      return {
        id: newId(),
        key: `${input.source}:odd:${sha256Hex(text)}`,
        status: 'QUARANTINED',
        error: storable(parsed.reason),
        payload: { ...common, odd: storable(clip(redactSecrets(text), 4_000)) },
      };
    }
    const { alert } = parsed;
    return {
      id: newId(),
      key: `${input.source}:${alert.fingerprint}:${alert.startsAt.toISOString()}:${alert.status}`,
      status: 'RECEIVED',
      error: null,
      payload: {
        ...common,
        alert: { ...alert, labels: redactSecrets(alert.labels), annotations: redactSecrets(alert.annotations) },
      },
    };
  });
  for (const { reason, content } of input.malformed ?? [])
    rows.push({
      id: newId(),
      key: `${input.source}:odd:${sha256Hex(content)}`,
      status: 'QUARANTINED',
      error: storable(`malformed at ${clip(reason, 300)}`),
      payload: { ...common, odd: storable(clip(redactSecrets(content), 4_000)) },
    });
  return rows.sort((one, other) => (one.key < other.key ? -1 : 1));
}

/** A web address or nothing: no other scheme is ever shown as a link. */
export function webAddress(text: string | null | undefined): string | null {
  if (text === null || text === undefined || text.length > 2_048) return null;
  const url = URL.parse(text);
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') ? storable(text) : null;
}

function textOf(raw: unknown): string {
  try {
    return canonicalJson(raw);
  } catch {
    return 'not JSON';
  }
}

/** Counts no further than the limit, so that the check costs the same however much waits. */
async function refuseOverload(tx: Tx, limits: IngestLimits): Promise<void> {
  const rows = await tx.$queryRaw<{ waiting: number }[]>`
    select count(*)::int as waiting from (
      select 1 from "InboxEvent" where "status" in ('RECEIVED', 'CLAIMED') and "source" = 'ALERT' limit ${limits.maxWaiting + 1}) w`;
  if ((rows[0]?.waiting ?? 0) > limits.maxWaiting)
    throw new AppError(
      'UNAVAILABLE',
      `More than ${limits.maxWaiting} alerts wait to be processed. Send these again later.`,
      {
        retryable: true,
        retryAfterMs,
      },
    );
}

async function addRows(tx: Tx, rows: readonly Row[]): Promise<{ readonly received: number; readonly odd: number }> {
  const counts = await tx.$queryRaw<{ received: number; odd: number }[]>`
    with added as (
      insert into "InboxEvent" ("id", "source", "key", "status", "error", "payload", "receivedAt", "doneAt")
      select r."id", 'ALERT', r."key", r."status"::"InboxStatus", r."error", r."payload", clock_timestamp(),
        case when r."status" = 'QUARANTINED' then clock_timestamp() end
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as r("id" uuid, "key" text, "status" text, "error" text, "payload" jsonb)
      on conflict ("source", "key") do nothing
      returning "status")
    select (count(*) filter (where "status" = 'RECEIVED'))::int as received,
      (count(*) filter (where "status" = 'QUARANTINED'))::int as odd from added`;
  return counts[0] ?? { received: 0, odd: 0 };
}
