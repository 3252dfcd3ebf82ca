import { canonicalJson, sha256Hex } from '../../lib/canonical-json.ts';
import { AppError } from '../../lib/errors.ts';
import { newId } from '../../lib/ids.ts';
import { clip, inert } from '../../lib/text.ts';
import type { Core, Viewer } from '../context.ts';
import { databaseNow, inTransaction, type ManualIngest, type ManualUpload, Prisma, type Tx } from '../db.ts';
import type { ManualMetadata } from './front-matter.ts';
import { lockManualIndex } from './index-lock.ts';
import { parseLimits } from './parse/limits.ts';
import { archiveManuals } from './remove.ts';
import { type ManualRefusal, manualRefusal } from './texts.ts';
import { readerOf, visibleWhere } from './visibility-rules.ts';

const openForMs = 3_600_000;
const mostOpen = 100;
const mostFiles = 50;

type Result<Name extends string, Row> = { readonly [K in Name]: Row | null } & {
  readonly userErrors: readonly ManualRefusal[];
};
export type UploadFacts = Omit<ManualUpload, 'bytes'>;

const mayWrite = (viewer: Viewer): boolean => viewer.permissions.has('MANUAL_WRITE');
/** An upload belongs to whoever asked for it: another person finds nothing. */
const ownedBy = ({ actor }: Viewer): { createdByType: string; createdById: string | null; createdByName: string } => ({
  createdByType: actor.type,
  createdById: actor.id,
  createdByName: actor.name,
});

const audit = (
  core: Core,
  tx: Tx,
  viewer: Viewer,
  operation: string,
  subject: { type: string; id: string },
  input: unknown,
) =>
  core.audit(tx, {
    actor: viewer.actor,
    onBehalfOf: viewer.key === null ? null : `key:${viewer.key.name}`,
    operation,
    subject,
    input,
    outcome: 'done',
    correlationId: viewer.correlationId,
  });

/** Makes a place for a file's bytes. What it will be is checked when it is there; its size and digest bind it already. */
export async function createUpload(
  core: Core,
  viewer: Viewer,
  input: { readonly fileName: string; readonly mediaType: string; readonly byteSize: number; readonly sha256: string },
): Promise<Result<'upload', UploadFacts>> {
  const refuse = (...why: Parameters<typeof manualRefusal> extends [unknown, ...infer Rest] ? Rest : never) => ({
    upload: null,
    userErrors: [manualRefusal(viewer.locale, ...why)],
  });
  if (!mayWrite(viewer)) return refuse('FORBIDDEN', 'needsManualWrite');
  const fileName = clip(inert(input.fileName).replaceAll('\\', '/').split('/').at(-1)?.trim() ?? '', 200);
  if (fileName === '' || fileName === '.' || fileName === '..')
    return refuse('INVALID_INPUT', 'fileNameMissing', 'fileName');
  if (!/^[0-9a-f]{64}$/.test(input.sha256)) return refuse('INVALID_INPUT', 'digestInvalid', 'sha256');
  if (input.byteSize < 1) return refuse('INVALID_INPUT', 'fileEmpty', 'byteSize');
  if (input.byteSize > parseLimits.bytes) return refuse('INVALID_INPUT', 'fileTooLarge', 'byteSize');
  return inTransaction(core.db, async (tx) => {
    const now = await databaseNow(tx);
    const open = await tx.manualUpload.count({
      where: { ...ownedBy(viewer), ingestId: null, expiresAt: { gt: now } },
    });
    if (open >= mostOpen) return refuse('INVALID_STATE', 'tooManyUploads');
    const upload = await tx.manualUpload.create({
      data: {
        id: newId(),
        fileName,
        mediaType: input.mediaType.slice(0, 200),
        byteSize: input.byteSize,
        sha256: input.sha256,
        ...ownedBy(viewer),
        expiresAt: new Date(now.getTime() + openForMs),
      },
      omit: { bytes: true },
    });
    await audit(
      core,
      tx,
      viewer,
      'manualUploadCreate',
      { type: 'ManualUpload', id: upload.id },
      {
        fileName,
        byteSize: input.byteSize,
        sha256: input.sha256,
      },
    );
    return { upload, userErrors: [] };
  });
}

/** Takes the bytes of an upload; the same bytes again change nothing. */
export async function receiveUpload(core: Core, viewer: Viewer, id: string, bytes: Uint8Array): Promise<UploadFacts> {
  if (!mayWrite(viewer)) throw new AppError('FORBIDDEN', 'This needs the permission manual:write.');
  const upload = await core.db.manualUpload.findFirst({ where: { id, ...ownedBy(viewer) }, omit: { bytes: true } });
  if (upload === null) throw new AppError('NOT_FOUND', 'There is no such upload.');
  if (bytes.length !== upload.byteSize || sha256Hex(bytes) !== upload.sha256)
    throw new AppError('INVALID_INPUT', 'These are not the bytes that were announced: their size or digest differs.');
  const taken = await core.db.$queryRaw<{ id: string }[]>(Prisma.sql`
    update "ManualUpload" set "bytes" = ${Buffer.from(bytes)}, "receivedAt" = clock_timestamp()
    where "id" = ${id}::uuid and "ingestId" is null and "expiresAt" > clock_timestamp() returning "id"`);
  if (taken.length === 0 && upload.ingestId === null)
    throw new AppError('EXPIRED', 'This upload has expired. Begin again.');
  return core.db.manualUpload.findUniqueOrThrow({ where: { id }, omit: { bytes: true } });
}

/** Queues uploaded files to be taken in; a worker begins at once. The same key gives the same ingest. */
export async function queueIngest(
  core: Core,
  viewer: Viewer,
  input: { readonly uploadIds: readonly string[]; readonly metadata: ManualMetadata; readonly idempotencyKey: string },
): Promise<Result<'ingest', ManualIngest>> {
  const refuse = (...why: Parameters<typeof manualRefusal> extends [unknown, ...infer Rest] ? Rest : never) => ({
    ingest: null,
    userErrors: [manualRefusal(viewer.locale, ...why)],
  });
  if (!mayWrite(viewer)) return refuse('FORBIDDEN', 'needsManualWrite');
  const ids = [...new Set(input.uploadIds)];
  if (ids.length === 0 || ids.length > mostFiles) return refuse('INVALID_INPUT', 'filesCount', 'uploadIds');
  if (ids.length > 1 && (input.metadata.code !== undefined || input.metadata.title !== undefined))
    return refuse('INVALID_INPUT', 'codeForOne', 'code');
  const idempotencyKey = sha256Hex(
    `${viewer.key?.id ?? ''}:${viewer.actor.id ?? viewer.actor.name}:${input.idempotencyKey}`,
  );
  const result = await inTransaction(core.db, async (tx) => {
    await tx.$queryRaw`select pg_advisory_xact_lock(hashtext(${`ingest:${idempotencyKey}`}))::text`;
    const known = await tx.manualIngest.findUnique({ where: { idempotencyKey } });
    if (known !== null) return { ingest: known, userErrors: [] };
    const uploads = await tx.manualUpload.findMany({
      where: { id: { in: ids }, ...ownedBy(viewer) },
      omit: { bytes: true },
    });
    if (uploads.length < ids.length) return refuse('NOT_FOUND', 'uploadNotFound', 'uploadIds');
    if (uploads.some((upload) => upload.receivedAt === null))
      return refuse('INVALID_STATE', 'bytesMissing', 'uploadIds');
    if (uploads.some((upload) => upload.ingestId !== null)) return refuse('INVALID_STATE', 'uploadUsed', 'uploadIds');
    const id = newId();
    const ingest = await tx.manualIngest.create({
      data: {
        id,
        kind: 'upload',
        source: clip(uploads.map((upload) => upload.fileName).join(', '), 500),
        defaults: {
          metadata: { ...input.metadata },
          reader: { ...readerOf(viewer), teams: [...readerOf(viewer).teams] },
        },
        totalFiles: uploads.length,
        requestedByType: viewer.actor.type,
        requestedById: viewer.actor.id,
        requestedByName: viewer.actor.name,
        idempotencyKey,
      },
    });
    const byId = new Map(uploads.map((upload) => [upload.id, upload]));
    await tx.manualIngestFile.createMany({
      data: ids.map((uploadId, seq) => {
        const upload = byId.get(uploadId);
        return {
          id: newId(),
          ingestId: id,
          seq,
          uploadId,
          path: upload?.fileName ?? '',
          sourceKey: `upload:${sha256Hex(`${viewer.actor.id ?? viewer.actor.name}:${upload?.fileName}`).slice(0, 32)}`,
          sha256: upload?.sha256 ?? null,
          metaHash: sha256Hex(canonicalJson(input.metadata)),
          byteSize: upload?.byteSize ?? null,
        };
      }),
    });
    await tx.manualUpload.updateMany({ where: { id: { in: ids } }, data: { ingestId: id } });
    await audit(
      core,
      tx,
      viewer,
      'manualIngest',
      { type: 'ManualIngest', id },
      {
        files: uploads.map((upload) => ({ fileName: upload.fileName, sha256: upload.sha256 })),
        metadata: input.metadata,
      },
    );
    return { ingest, userErrors: [] };
  });
  core.wake('manuals', result.ingest?.id);
  return result;
}

/** Takes a manual out of what is searched. What was cited from it can still be shown to those who may see it. */
export async function removeManual(
  core: Core,
  viewer: Viewer,
  input: { readonly id: string; readonly reason: string | null },
): Promise<{ readonly manualId: string | null; readonly userErrors: readonly ManualRefusal[] }> {
  if (!mayWrite(viewer))
    return { manualId: null, userErrors: [manualRefusal(viewer.locale, 'FORBIDDEN', 'needsManualWrite')] };
  const result = await inTransaction(core.db, async (tx) => {
    await lockManualIndex(tx);
    const manual = await tx.manual.findFirst({
      where: { id: input.id, ...visibleWhere(readerOf(viewer)) },
      select: { id: true, code: true },
    });
    if (manual === null)
      return { manualId: null, userErrors: [manualRefusal(viewer.locale, 'NOT_FOUND', 'manualNotFound', 'id')] };
    const inUse = await tx.manual.findFirst({
      where: { code: manual.code, status: 'READY', ...visibleWhere(readerOf(viewer)) },
      select: { id: true },
    });
    if (inUse === null)
      return {
        manualId: manual.id,
        userErrors: [manualRefusal(viewer.locale, 'INVALID_STATE', 'alreadyRemoved', 'id')],
      };
    await archiveManuals(core, tx, [inUse.id], {
      reason: 'person',
      by: viewer.actor,
      words: input.reason,
      correlationId: viewer.correlationId,
    });
    return { manualId: inUse.id, userErrors: [] };
  });
  core.wake('manuals', result.manualId ?? undefined);
  return result;
}

/** Forgets uploads nobody used, and the bytes of those that were taken in. Answers how many rows went. */
export async function pruneUploads(core: Pick<Core, 'db'>): Promise<number> {
  return core.db.$executeRaw`delete from "ManualUpload" u where u."expiresAt" < clock_timestamp() - interval '1 hour'
    and (u."ingestId" is null or exists (
      select 1 from "ManualIngest" i where i."id" = u."ingestId" and i."status" in ('SUCCEEDED', 'FAILED', 'CANCELLED')))`;
}
