import { readFile, stat } from 'node:fs/promises';
import { canonicalJson, sha256Hex } from '../../lib/canonical-json.ts';
import { type Db, Prisma } from '../db.ts';
import type { ManualMetadata } from './front-matter.ts';
import type { FoundFile, FoundFiles } from './list-files.ts';
import { parseLimits } from './parse/limits.ts';
import { parserVersion } from './parse/parser-version.ts';
import { Refusal, type RefusalCode, type RefusalDetail, refusalCodes } from './parse/refusal.ts';

/** A file that has to be worked on. */
export interface PlannedFile extends FoundFile {
  readonly sha256: string;
  readonly metaHash: string;
  readonly byteSize: number;
}

/** What an ingest of these files would do. */
export interface FolderPlan {
  readonly work: readonly PlannedFile[];
  readonly unchanged: number;
  /** Files that were taken out by a person and have not changed since. */
  readonly leftOut: readonly string[];
  /** The same bytes were refused before for what they are: known without reading them again. */
  readonly refused: readonly { readonly path: string; readonly reason: RefusalCode; readonly detail: RefusalDetail }[];
  /** Manuals whose files are gone. */
  readonly gone: readonly { readonly id: string; readonly path: string }[];
}

interface KnownRow {
  readonly id: string;
  readonly sourceKey: string;
  readonly sha256: string;
  readonly metaHash: string | null;
  readonly parserVersion: number;
  readonly status: string;
  readonly removedReason: string | null;
  readonly fileName: string;
}

/** Reasons that lie in the bytes alone: the same bytes are refused again. */
const lasting = new Set<RefusalCode>(
  refusalCodes.filter(
    (code) =>
      !['TOO_SLOW', 'UNREADABLE', 'CODE_TAKEN', 'CODE_HIDDEN', 'CHANGED_MEANWHILE', 'NOT_RECEIVED', 'GAVE_UP'].includes(
        code,
      ),
  ),
);
const isLasting = (code: string | null): code is RefusalCode =>
  refusalCodes.some((one) => one === code && lasting.has(one));

/** Digest of what folders and people say about a file. */
export function metaHashOf(below: ManualMetadata | Refusal, above: ManualMetadata): string {
  return sha256Hex(canonicalJson(below instanceof Refusal ? { bad: below.detail } : { below, above }));
}

/** Compares the files with the record: one query when nothing has changed. */
export async function planFolder(
  db: Db,
  found: FoundFiles,
  options: { readonly above: ManualMetadata; readonly restore: boolean },
): Promise<FolderPlan> {
  const known = new Map((await knownRows(db, found)).map((row) => [row.sourceKey, row]));
  const work: PlannedFile[] = [];
  const leftOut: string[] = [];
  let unchanged = 0;
  for (const file of found.files) {
    const planned = await digested(file, options.above);
    const row = known.get(file.sourceKey);
    const state = stateOf(row, planned, options.restore);
    if (state === 'work') work.push(planned);
    else if (state === 'left-out') leftOut.push(file.shown);
    else unchanged++;
  }
  const present = new Set(found.files.map((file) => file.sourceKey));
  const gone = [...known.values()]
    .filter((row) => row.status === 'READY' && !present.has(row.sourceKey))
    .map((row) => ({ id: row.id, path: row.fileName }));
  const before = await refusedBefore(db, work);
  return {
    work: work.filter((file) => !before.has(file.sourceKey)),
    unchanged,
    leftOut,
    refused: work.flatMap((file) => before.get(file.sourceKey) ?? []),
    gone,
  };
}

/** What there is to do for a file. One that was replaced from elsewhere or taken out by a person stays so until its bytes change. */
function stateOf(row: KnownRow | undefined, file: PlannedFile, restore: boolean): 'work' | 'unchanged' | 'left-out' {
  if (row === undefined || row.sha256 !== file.sha256) return 'work';
  if (row.status === 'READY')
    return row.metaHash === file.metaHash && row.parserVersion === parserVersion ? 'unchanged' : 'work';
  if (row.removedReason === null) return 'unchanged';
  return row.removedReason === 'person' && !restore ? 'left-out' : 'work';
}

/** The newest row of each file that was ever taken in from here. */
function knownRows(db: Db, found: FoundFiles): Promise<KnownRow[]> {
  const keys = found.files.map((file) => file.sourceKey);
  return db.$queryRaw<KnownRow[]>(Prisma.sql`
    select distinct on ("sourceKey") "id", "sourceKey", "sha256", "metaHash", "parserVersion", "status"::text as status,
      "removedReason", "fileName"
    from "Manual"
    where "sourceKey" = any(${keys}::text[])
      or exists (select 1 from unnest(${[...found.folders]}::text[]) folder where starts_with("sourceKey", folder))
    order by "sourceKey", "id" desc`);
}

async function digested(file: FoundFile, above: ManualMetadata): Promise<PlannedFile> {
  const byteSize = (await stat(file.absolute)).size;
  // A file that is too large is refused by its size: it is not read to be told apart.
  const sha256 = byteSize > parseLimits.bytes ? `size:${byteSize}` : sha256Hex(await readFile(file.absolute));
  return { ...file, sha256, byteSize: Math.min(byteSize, 2_147_483_647), metaHash: metaHashOf(file.below, above) };
}

async function refusedBefore(
  db: Db,
  work: readonly PlannedFile[],
): Promise<ReadonlyMap<string, FolderPlan['refused'][number]>> {
  if (work.length === 0) return new Map();
  const rows = await db.manualIngestFile.findMany({
    where: { sourceKey: { in: work.map((file) => file.sourceKey) }, status: 'REFUSED', parserVersion },
    orderBy: { id: 'asc' },
  });
  const last = new Map(rows.map((row) => [row.sourceKey, row]));
  return new Map(
    work.flatMap((file) => {
      const row = last.get(file.sourceKey);
      if (row === undefined || row.sha256 !== file.sha256 || row.metaHash !== file.metaHash || !isLasting(row.reason))
        return [];
      return [[file.sourceKey, { path: file.shown, reason: row.reason, detail: detailOf(row.detail) }] as const];
    }),
  );
}

/** Stored numbers and names of a refusal. */
export function detailOf(stored: unknown): RefusalDetail {
  if (typeof stored !== 'object' || stored === null) return {};
  return Object.fromEntries(
    Object.entries(stored).filter(
      (entry): entry is [string, string | number] => typeof entry[1] === 'string' || typeof entry[1] === 'number',
    ),
  );
}
