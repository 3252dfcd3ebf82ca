import { clip } from '../../lib/text.ts';
import type { Tx } from '../db.ts';
import type { Language } from '../incidents/words.ts';
import type { Episode, Group } from './batch-state.ts';
import { dueAt } from './group-state.ts';
import { webAddress } from './ingest.ts';

/** Writes the groups of a batch in two statements: new ones, and changes of known ones. */
export async function storeGroups(tx: Tx, groups: readonly Group[], locale: Language): Promise<void> {
  const rows = groups.map((one) => rowOf(one, locale));
  const added = rows.filter((row) => row.isNew);
  const known = rows.filter((row) => !row.isNew);
  if (added.length > 0)
    await tx.$executeRaw`
      insert into "AlertGroup" ("id", "key", "openKey", "sourceGroupKey", "source", "title", "status", "severity", "commonLabels",
        "summary", "reading", "runbookUrl", "externalUrl", "systemId", "incidentId", "firingCount", "totalCount", "truncatedCount",
        "startedAt", "lastSeenAt", "resolvedAt", "changes", "mutedBy", "pendingUntil", "heldUntil", "dueAt")
      select r."id", r."key", r."openKey", r."sourceGroupKey", r."source", r."title", r."status"::"AlertGroupStatus",
        r."severity"::"Severity", r."commonLabels", r."summary", r."reading", r."runbookUrl", r."externalUrl", r."systemId",
        r."incidentId", r."firing", r."total", coalesce(r."truncated", 0), r."startedAt", r."lastSeenAt", r."resolvedAt",
        r."changes", r."mutedBy", r."pendingUntil", r."heldUntil", r."dueAt"
      from jsonb_to_recordset(${JSON.stringify(added)}::jsonb) as r("id" uuid, "key" text, "openKey" text, "sourceGroupKey" text,
        "source" text, "title" text, "status" text, "severity" text, "commonLabels" jsonb, "summary" text, "reading" text,
        "runbookUrl" text, "externalUrl" text, "systemId" uuid, "incidentId" uuid, "firing" int, "total" int, "truncated" int,
        "startedAt" timestamptz, "lastSeenAt" timestamptz, "resolvedAt" timestamptz, "changes" jsonb, "mutedBy" text,
        "pendingUntil" timestamptz, "heldUntil" timestamptz, "dueAt" timestamptz)`;
  if (known.length > 0)
    await tx.$executeRaw`
      update "AlertGroup" g set "openKey" = r."openKey", "status" = r."status"::"AlertGroupStatus",
        "severity" = r."severity"::"Severity", "commonLabels" = r."commonLabels",
        "sourceGroupKey" = coalesce(r."sourceGroupKey", g."sourceGroupKey"), "summary" = coalesce(r."summary", g."summary"),
        "reading" = coalesce(r."reading", g."reading"), "runbookUrl" = coalesce(r."runbookUrl", g."runbookUrl"),
        "externalUrl" = coalesce(r."externalUrl", g."externalUrl"), "incidentId" = r."incidentId", "firingCount" = r."firing",
        "totalCount" = r."total", "truncatedCount" = coalesce(r."truncated", g."truncatedCount"), "startedAt" = r."startedAt",
        "lastSeenAt" = r."lastSeenAt", "resolvedAt" = r."resolvedAt", "changes" = r."changes", "mutedBy" = r."mutedBy",
        "pendingUntil" = r."pendingUntil", "heldUntil" = r."heldUntil", "dueAt" = r."dueAt"
      from jsonb_to_recordset(${JSON.stringify(known)}::jsonb) as r("id" uuid, "openKey" text, "sourceGroupKey" text, "status" text,
        "severity" text, "commonLabels" jsonb, "summary" text, "reading" text, "runbookUrl" text, "externalUrl" text,
        "incidentId" uuid, "firing" int, "total" int, "truncated" int, "startedAt" timestamptz, "lastSeenAt" timestamptz,
        "resolvedAt" timestamptz, "changes" jsonb, "mutedBy" text, "pendingUntil" timestamptz, "heldUntil" timestamptz,
        "dueAt" timestamptz)
      where g."id" = r."id"`;
}

function rowOf(one: Group, locale: Language): Record<string, unknown> & { readonly isNew: boolean } {
  const annotations = one.voice?.alert.annotations ?? {};
  const text = (key: string): string | undefined => (Object.hasOwn(annotations, key) ? annotations[key] : undefined);
  const summary = text('summary') ?? text('description') ?? text('message') ?? null;
  return {
    id: one.id,
    isNew: one.isNew,
    key: one.key,
    openKey: one.state.status === 'RESOLVED' ? null : one.key,
    sourceGroupKey: one.voice?.groupKey ?? null,
    source: one.source,
    title: one.title,
    status: one.state.status,
    severity: one.state.severity,
    commonLabels: one.commonLabels,
    summary: summary === null ? null : clip(summary, 500),
    reading: readingOf(text('value'), text('threshold'), locale),
    runbookUrl: webAddress(text('runbook_url') ?? text('runbookUrl')),
    externalUrl: one.voice?.externalUrl ?? null,
    systemId: one.place.systemId,
    incidentId: one.incidentId,
    firing: one.state.firing,
    total: one.state.total,
    truncated: one.voice?.truncated ?? null,
    startedAt: one.state.startedAt,
    lastSeenAt: one.state.lastSeenAt,
    resolvedAt: one.state.resolvedAt,
    changes: one.state.restarts,
    mutedBy: one.state.mutedBy,
    pendingUntil: one.state.pendingUntil,
    heldUntil: one.state.heldUntil,
    dueAt: dueAt(one.state),
  };
}

/** Value and limit in words. */
export function readingOf(value: string | undefined, limit: string | undefined, locale: Language): string | null {
  if (value === undefined || value.trim() === '') return null;
  const now = clip(value.trim(), 80);
  if (limit === undefined || limit.trim() === '') return now;
  return locale === 'KO' ? `${now} (한도 ${clip(limit.trim(), 80)})` : `${now} (limit ${clip(limit.trim(), 80)})`;
}

/** Writes the episodes of a batch in two statements: those this batch told of, and ends of known ones. */
export async function storeAlerts(tx: Tx, episodes: readonly Episode[]): Promise<void> {
  const told = episodes.flatMap((one) =>
    one.told === null
      ? []
      : [
          {
            id: one.id,
            source: one.source,
            fingerprint: one.fingerprint,
            startsAt: one.startsAt,
            endsAt: one.endsAt,
            name: one.told.alert.name,
            status: one.status,
            severity: one.severity,
            labels: one.told.alert.labels,
            annotations: one.told.alert.annotations,
            generatorUrl: webAddress(one.told.alert.generatorUrl),
            groupId: one.groupId,
          },
        ],
  );
  if (told.length > 0)
    await tx.$executeRaw`
      insert into "Alert" ("id", "source", "fingerprint", "startsAt", "endsAt", "name", "status", "severity", "labels", "annotations",
        "generatorUrl", "groupId")
      select r."id", r."source", r."fingerprint", r."startsAt", r."endsAt", r."name", r."status"::"AlertStatus",
        r."severity"::"Severity", r."labels", r."annotations", r."generatorUrl", r."groupId"
      from jsonb_to_recordset(${JSON.stringify(told)}::jsonb) as r("id" uuid, "source" text, "fingerprint" text,
        "startsAt" timestamptz, "endsAt" timestamptz, "name" text, "status" text, "severity" text, "labels" jsonb,
        "annotations" jsonb, "generatorUrl" text, "groupId" uuid)`;
  const ended = episodes.filter((one) => one.told === null).map(({ id, endsAt }) => ({ id, endsAt }));
  if (ended.length > 0)
    await tx.$executeRaw`
      update "Alert" a set "status" = 'RESOLVED', "endsAt" = r."endsAt", "updatedAt" = clock_timestamp()
      from jsonb_to_recordset(${JSON.stringify(ended)}::jsonb) as r("id" uuid, "endsAt" timestamptz) where a."id" = r."id"`;
}
