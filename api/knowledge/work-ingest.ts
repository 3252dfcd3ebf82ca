import { sha256Hex } from '../../lib/canonical-json.ts';
import type { Actor, Core } from '../context.ts';
import { inTransaction, type ManualIngestFile } from '../db.ts';
import { type ClaimedIngest, holdClaim, keepClaim } from './claim-ingest.ts';
import type { FrontMatterMode, ManualMetadata } from './front-matter.ts';
import { lockManualIndex } from './index-lock.ts';
import { parserVersion } from './parse/parser-version.ts';
import type { PreparedManual } from './parse/prepare.ts';
import type { ManualReaderThread } from './parse/reader.ts';
import { Refusal } from './parse/refusal.ts';
import { storeManual } from './store-manual.ts';
import type { ManualReader } from './visibility-rules.ts';

/** A file that kills its process this often is left alone. */
const mostAttempts = 3;
const storeWithinMs = 60_000;

/** The bytes of one file and what is known about it besides. */
export interface FileContent {
  readonly bytes: Uint8Array;
  readonly mode: FrontMatterMode;
  readonly below: ManualMetadata;
  readonly above: ManualMetadata;
}

/** Where the files of an ingest come from. */
export interface FileSource {
  /** Throws a Refusal for a file that is not there or may not be used. */
  readonly read: (file: ManualIngestFile) => Promise<FileContent>;
  readonly isPresent: (sourceKey: string) => boolean;
  readonly reader: ManualReader | null;
  readonly by: Actor;
}

export interface IngestDeps extends Core {
  readonly reader: ManualReaderThread;
}

/** Called after each file. */
export type OnFile = (file: Pick<ManualIngestFile, 'path' | 'status' | 'reason' | 'detail' | 'byteSize'>) => void;

/**
 * Works off the files of an ingest that are left, in order, each in a transaction of its own: what is done stays done whenever the
 * process dies, and the next one goes on with the file after it. Returns false when it was told to stop before the end.
 */
export async function workFiles(
  deps: IngestDeps,
  claimed: ClaimedIngest,
  source: FileSource,
  options: { readonly onFile?: OnFile; readonly isStopping?: () => boolean } = {},
): Promise<boolean> {
  const claim = keepClaim(deps.db, claimed);
  try {
    for (;;) {
      if (options.isStopping?.() === true) return false;
      const file = await nextFile(deps, claimed);
      if (file === null) return true;
      const done = await workFile(deps, claimed, source, file);
      options.onFile?.(done);
      deps.wake('manuals', claimed.ingest.id);
    }
  } finally {
    claim.stop();
  }
}

/** The first file that is left, counted as begun. */
function nextFile(deps: IngestDeps, claimed: ClaimedIngest): Promise<ManualIngestFile | null> {
  return inTransaction(deps.db, async (tx) => {
    await holdClaim(tx, claimed);
    const file = await tx.manualIngestFile.findFirst({
      where: { ingestId: claimed.ingest.id, status: 'PENDING' },
      orderBy: { seq: 'asc' },
    });
    return file === null
      ? null
      : tx.manualIngestFile.update({ where: { id: file.id }, data: { attempts: { increment: 1 } } });
  });
}

async function workFile(
  deps: IngestDeps,
  claimed: ClaimedIngest,
  source: FileSource,
  file: ManualIngestFile,
): Promise<ManualIngestFile> {
  try {
    if (file.attempts > mostAttempts) throw new Refusal('GAVE_UP', { times: mostAttempts });
    const content = await source.read(file);
    const prepared = await deps.reader.read({
      bytes: content.bytes,
      name: file.path,
      mode: content.mode,
      below: content.below,
      above: content.above,
    });
    return await store(deps, claimed, source, file, content, prepared);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return refuse(deps, claimed, source, file, error);
  }
}

const counters = { ADDED: 'added', CHANGED: 'changed', UNCHANGED: 'unchanged', REFUSED: 'refused' } as const;

function store(
  deps: IngestDeps,
  claimed: ClaimedIngest,
  source: FileSource,
  file: ManualIngestFile,
  content: FileContent,
  prepared: PreparedManual,
): Promise<ManualIngestFile> {
  const sha256 = sha256Hex(content.bytes);
  return inTransaction(
    deps.db,
    async (tx) => {
      await lockManualIndex(tx);
      await holdClaim(tx, claimed);
      const { outcome, manualId, chunks } = await storeManual(deps, tx, {
        prepared,
        bytes: content.bytes,
        sha256,
        metaHash: file.metaHash ?? '',
        sourceKey: sourceKeyOf(file, prepared),
        fileName: file.path,
        by: source.by,
        isPresent: source.isPresent,
        reader: source.reader,
        correlationId: `ingest:${claimed.ingest.number}`,
      });
      const done = await tx.manualIngestFile.update({
        where: { id: file.id },
        data: { status: outcome, manualId, chunks, sha256, parserVersion, doneAt: new Date() },
      });
      await tx.manualIngest.update({
        where: { id: claimed.ingest.id },
        data: { doneFiles: { increment: 1 }, [counters[outcome]]: { increment: 1 } },
      });
      return done;
    },
    { timeoutMs: storeWithinMs },
  );
}

/** An upload is the same manual whenever it says the same code. */
const sourceKeyOf = (file: ManualIngestFile, prepared: PreparedManual): string =>
  file.uploadId !== null && prepared.metadata.code !== undefined ? `upload:${prepared.metadata.code}` : file.sourceKey;

function refuse(
  deps: IngestDeps,
  claimed: ClaimedIngest,
  source: FileSource,
  file: ManualIngestFile,
  refusal: Refusal,
): Promise<ManualIngestFile> {
  deps.log.warn({ file: file.path, reason: refusal.code, ...refusal.detail }, 'a manual was refused');
  return inTransaction(deps.db, async (tx) => {
    await holdClaim(tx, claimed);
    const done = await tx.manualIngestFile.update({
      where: { id: file.id },
      data: {
        status: 'REFUSED',
        reason: refusal.code,
        detail: { ...refusal.detail },
        parserVersion,
        doneAt: new Date(),
      },
    });
    await tx.manualIngest.update({
      where: { id: claimed.ingest.id },
      data: { doneFiles: { increment: 1 }, refused: { increment: 1 } },
    });
    await deps.audit(tx, {
      actor: source.by,
      operation: 'manualIngest',
      subject: { type: 'ManualIngest', id: claimed.ingest.id },
      input: { fileName: file.path, sha256: file.sha256 },
      outcome: 'refused',
      reason: refusal.code,
      correlationId: `ingest:${claimed.ingest.number}`,
    });
    return done;
  });
}
