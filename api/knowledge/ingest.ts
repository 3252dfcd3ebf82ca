import { readFile } from 'node:fs/promises';
import { newId } from '../../lib/ids.ts';
import type { Actor, Core } from '../context.ts';
import { inTransaction, type ManualIngestFile } from '../db.ts';
import { type ClaimedIngest, claimIngest, holdClaim } from './claim-ingest.ts';
import type { FrontMatterMode, ManualMetadata } from './front-matter.ts';
import { lockManualIndex } from './index-lock.ts';
import { type FoundFiles, listFiles } from './list-files.ts';
import { parseLimits } from './parse/limits.ts';
import { createReader, type ManualReaderThread } from './parse/reader.ts';
import { Refusal, type RefusalCode, type RefusalDetail, refusalCodes } from './parse/refusal.ts';
import { detailOf, type FolderPlan, type PlannedFile, planFolder } from './plan-folder.ts';
import { archiveManuals } from './remove.ts';
import { type FileSource, type OnFile, workFiles } from './work-ingest.ts';

/** Removing more than this many manuals, and more than half of a folder's, looks like a folder that is not there. */
const fewManuals = 5;

/** What taking in files did. */
export interface IngestResult {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly removed: number;
  /** Files that could not be used, with the reason. */
  readonly refused: readonly { readonly file: string; readonly reason: RefusalCode; readonly detail: RefusalDetail }[];
  /** Files a person took out, which have not changed since. */
  readonly leftOut: readonly string[];
  /** Manuals whose files are gone and that were kept all the same, since most of the folder is gone. */
  readonly keptMissing: number;
  /** Documents of kinds that are not read. */
  readonly unread: FoundFiles['unread'];
  /** Number of the ingest in the record; null when there was nothing to do. */
  readonly number: number | null;
}

export interface FolderIngestOptions {
  /** Said about every file; wins over what stands in it. */
  readonly above?: ManualMetadata;
  readonly by?: Actor;
  /** Whose front matter it is, when the place of the files does not say it. */
  readonly mode?: FrontMatterMode;
  /** Removes what is gone even when that is most of the folder. */
  readonly prune?: boolean;
  /** Takes in again what a person took out. */
  readonly restore?: boolean;
  /** Shown in pg_stat_activity; the one the database was opened with. */
  readonly program?: string;
  readonly reader?: ManualReaderThread;
  readonly onStart?: (work: { readonly files: number; readonly bytes: number }) => void;
  readonly onFile?: OnFile;
  readonly isStopping?: () => boolean;
}

const manuals: Actor = { type: 'automation', id: null, name: 'manuals' };

/** Takes in one folder of the product's own kind: each file says its code, title and language. */
export function ingestManuals(core: Core, folder: string, options: FolderIngestOptions = {}): Promise<IngestResult> {
  return ingestPaths(core, [folder], { mode: 'own', ...options });
}

/**
 * Takes in the files below these paths as far as they are new: a changed one becomes the next revision, one that is gone is archived,
 * an unchanged one costs nothing. Interrupted at any point, the next run does what is left.
 */
export async function ingestPaths(
  core: Core,
  paths: readonly string[],
  options: FolderIngestOptions = {},
): Promise<IngestResult> {
  const above = options.above ?? {};
  const found = await listFiles(paths, options.mode);
  const plan = await planFolder(core.db, found, { above, restore: options.restore ?? false });
  const gone = mayPrune(plan, options.prune ?? false) ? plan.gone : [];
  const rest = {
    unchanged: plan.unchanged,
    leftOut: plan.leftOut,
    keptMissing: plan.gone.length - gone.length,
    unread: found.unread,
  };
  const before = plan.refused.map(({ path, ...why }) => ({ file: path, ...why }));
  if (plan.work.length === 0 && gone.length === 0)
    return { added: 0, changed: 0, removed: 0, refused: before, number: null, ...rest };

  const by = options.by ?? manuals;
  const claimed = await openIngest(core, {
    found,
    plan,
    gone: gone.length,
    above,
    by,
    program: options.program ?? 'api',
  });
  options.onStart?.({ files: plan.work.length, bytes: plan.work.reduce((sum, file) => sum + file.byteSize, 0) });
  const own = options.reader ?? createReader({ log: core.log });
  try {
    const ended = await workFiles({ ...core, reader: own }, claimed, sourceOf(plan, found, above, by), {
      ...(options.onFile === undefined ? {} : { onFile: options.onFile }),
      ...(options.isStopping === undefined ? {} : { isStopping: options.isStopping }),
    });
    if (ended) await finish(core, claimed, gone, by);
  } finally {
    if (options.reader === undefined) await own.close();
  }
  const done = await core.db.manualIngest.findUniqueOrThrow({
    where: { id: claimed.ingest.id },
    include: { files: { where: { status: 'REFUSED' }, orderBy: { seq: 'asc' } } },
  });
  const now = done.files.map((file) => ({ file: file.path, reason: reasonOf(file), detail: detailOf(file.detail) }));
  return {
    added: done.added,
    changed: done.changed,
    removed: done.removed,
    refused: [...before, ...now],
    number: done.number,
    ...rest,
    unchanged: plan.unchanged + done.unchanged,
  };
}

/** Stored reasons are of the closed list; an older version may have known another. */
const reasonOf = (file: ManualIngestFile): RefusalCode =>
  refusalCodes.find((code) => code === file.reason) ?? 'UNREADABLE';

function mayPrune(plan: FolderPlan, forced: boolean): boolean {
  const kept = plan.work.length + plan.unchanged + plan.refused.length;
  return forced || plan.gone.length <= fewManuals || plan.gone.length <= kept;
}

interface Opening {
  readonly found: FoundFiles;
  readonly plan: FolderPlan;
  readonly gone: number;
  readonly above: ManualMetadata;
  readonly by: Actor;
  readonly program: string;
}

/** Goes on with the ingest of this source that a dead process left, or opens one. What was left of it is planned afresh. */
async function openIngest(core: Core, opening: Opening): Promise<ClaimedIngest> {
  const { found, plan, above, by, program } = opening;
  const source = [...found.folders, ...(found.folders.length === 0 ? found.files.map((file) => file.sourceKey) : [])]
    .join(', ')
    .replaceAll('folder:', '')
    .slice(0, 1_000);
  const left = await core.db.manualIngest.findFirst({
    where: { kind: 'folder', source, status: { in: ['QUEUED', 'RUNNING'] } },
    orderBy: { createdAt: 'asc' },
  });
  const taken = left === null ? null : await claimIngest(core.db, program, left.id);
  const id = taken?.ingest.id ?? newId();
  if (taken === null) {
    await core.db.manualIngest.create({
      data: {
        id,
        kind: 'folder',
        source,
        defaults: { ...above },
        requestedByType: by.type,
        requestedById: by.id,
        requestedByName: by.name,
        idempotencyKey: `folder:${id}`,
      },
    });
  }
  const claimed = taken ?? (await claimIngest(core.db, program, id));
  if (claimed === null) throw new Error('the ingest just opened cannot be claimed');
  await inTransaction(core.db, async (tx) => {
    await holdClaim(tx, claimed);
    await tx.manualIngestFile.deleteMany({ where: { ingestId: id, status: 'PENDING' } });
    const done = await tx.manualIngestFile.aggregate({ where: { ingestId: id }, _max: { seq: true }, _count: true });
    const first = (done._max.seq ?? -1) + 1;
    await tx.manualIngestFile.createMany({ data: plan.work.map((file, index) => rowOf(id, first + index, file)) });
    await tx.manualIngest.update({
      where: { id },
      data: { totalFiles: done._count + plan.work.length + opening.gone },
    });
  });
  return claimed;
}

const rowOf = (ingestId: string, seq: number, file: PlannedFile) => ({
  id: newId(),
  ingestId,
  seq,
  path: file.shown,
  sourceKey: file.sourceKey,
  sha256: file.sha256,
  metaHash: file.metaHash,
  byteSize: file.byteSize,
});

function sourceOf(plan: FolderPlan, found: FoundFiles, above: ManualMetadata, by: Actor): FileSource {
  const planned = new Map(plan.work.map((file) => [file.sourceKey, file]));
  const present = new Set(found.files.map((file) => file.sourceKey));
  return {
    by,
    reader: null,
    isPresent: (sourceKey) => present.has(sourceKey),
    read: async ({ sourceKey }) => {
      const file = planned.get(sourceKey);
      if (file === undefined) throw new Refusal('CHANGED_MEANWHILE');
      if (file.below instanceof Refusal) throw file.below;
      if (file.sha256.startsWith('size:'))
        throw new Refusal('TOO_LARGE', { bytes: file.byteSize, most: parseLimits.bytes });
      try {
        return { bytes: await readFile(file.absolute), mode: file.mode, below: file.below, above };
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
        throw new Refusal('CHANGED_MEANWHILE', { words: code });
      }
    },
  };
}

/** Archives what is gone and closes the ingest, in one transaction. */
async function finish(core: Core, claimed: ClaimedIngest, gone: FolderPlan['gone'], by: Actor): Promise<void> {
  const { ingest } = claimed;
  await inTransaction(
    core.db,
    async (tx) => {
      await lockManualIndex(tx);
      await holdClaim(tx, claimed);
      const removed = await archiveManuals(
        core,
        tx,
        gone.map((one) => one.id),
        { reason: 'missing', by, correlationId: `ingest:${ingest.number}` },
      );
      await tx.manualIngest.update({
        where: { id: ingest.id },
        data: {
          status: 'SUCCEEDED',
          removed: { increment: removed.length },
          doneFiles: { increment: gone.length },
          finishedAt: new Date(),
          claimedBy: null,
          claimedUntil: null,
        },
      });
    },
    { timeoutMs: 60_000 },
  );
  core.wake('manuals', ingest.id);
}
